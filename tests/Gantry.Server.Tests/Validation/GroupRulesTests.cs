using System.Text;
using System.Text.Json.Nodes;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Validation;

namespace Gantry.Server.Tests.Validation;

/// <summary>What is told of bad objects of the groups, by the tables in <c>GroupCases</c>.</summary>
public class GroupRulesTests
{
    private static readonly ObjectValidator Validator = new();

    public static TheoryData<string, string> Names
    {
        get
        {
            var names = new TheoryData<string, string>();
            foreach (var file in RuleCases.Files)
            {
                foreach (var name in RuleCases.Read(file).Cases.Keys)
                {
                    names.Add(file, name);
                }
            }

            return names;
        }
    }

    public static TheoryData<string> Files => [.. RuleCases.Files];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_broken_rule_is_told_and_nothing_else(string file, string name)
    {
        var cases = RuleCases.Read(file);
        var found = cases.Cases[name];
        var (type, good) = cases.Bases[found.Kind];
        var errors = Find(type, Patched(good, found.Patch), found.Was is { } was ? Patched(good, was) : null, found.Subresource);
        Assert.Equal(found.Findings, errors.Select((e, i) => i < found.Findings.Count ? Shortened(e, found.Findings[i]) : e));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_objects_that_the_cases_start_from_are_good(string file) =>
        Assert.All(RuleCases.Read(file).Bases.Values, b => Assert.Empty(Find(b.Type, b.Object, null, "")));

    [Theory]
    [MemberData(nameof(Files))]
    public void An_update_that_changes_nothing_is_good(string file) =>
        Assert.All(RuleCases.Read(file).Bases.Values, b => Assert.Empty(Find(b.Type, b.Object, b.Object, "")));

    private static string Shortened(string error, string expected) =>
        expected.EndsWith("...", StringComparison.Ordinal) && error.StartsWith(expected[..^3], StringComparison.Ordinal) ? expected : error;

    private static List<string> Find(ResourceType type, JsonObject value, JsonObject? old, string subresource) =>
        [.. Validator.Validate(type, Decode(type, value), old is null ? null : Decode(type, old), subresource).Select(e => e.ToString())];

    private static IApiObject Decode(ResourceType type, JsonObject value) =>
        Assert.IsAssignableFrom<IApiObject>(ApiModels.Decode(type, Encoding.UTF8.GetBytes(value.ToJsonString())));

    private static JsonObject Patched(JsonObject value, JsonObject patch)
    {
        var result = (JsonObject)value.DeepClone();
        Merge(result, patch);
        return result;
    }

    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is JsonObject inner && into[key] is JsonObject there)
            {
                Merge(there, inner);
            }
            else if (value is null)
            {
                into.Remove(key);
            }
            else
            {
                into[key] = value.DeepClone();
            }
        }
    }
}
