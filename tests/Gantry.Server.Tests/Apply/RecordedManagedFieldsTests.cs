using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Api.Apply;
using Gantry.Api.Defaults;
using Gantry.Api.Patching;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;
using Gantry.Testing;

namespace Gantry.Server.Tests.Apply;

/// <summary>Walks recorded creates, updates, patches and applies, and computes the managed fields of each from the answer before it.</summary>
public class RecordedManagedFieldsTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);

    private static readonly Regex ObjectPath = new(
        "^/api(?:s/(?<group>[^/]+))?/(?<version>v[^/]+)(?:/namespaces/(?<ns>[^/]+))?/(?<plural>[^/?]+)(?:/(?<name>[^/?]+))?(?:/(?<sub>[^/?]+))?$",
        RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [Fact]
    public void Managed_fields_are_those_that_were_recorded()
    {
        if (Reference.Folder is not { } folder)
        {
            Console.WriteLine("left out: no recorded reference beside the project (GANTRY_REFERENCE names its folder)");
            return;
        }

        var different = new List<string>();
        var compared = 0;
        foreach (var scenario in JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "exchanges", "api.json")))!["scenarios"]!.AsArray())
        {
            var stored = new Dictionary<string, TreeMap>(StringComparer.Ordinal);
            foreach (var step in scenario!["steps"]!.AsArray())
            {
                if (step!["answer"]?["body"] is { } answer && Difference(step, answer, stored) is { } found)
                {
                    compared++;
                    if (found.Length > 0)
                    {
                        different.Add($"{scenario["name"]} / {step["name"]}: {found}");
                    }
                }
            }
        }

        Assert.True(different.Count == 0, $"{different.Count} of {compared}:\n{string.Join('\n', different)}");
        Assert.True(compared > 200, $"only {compared} were compared");
    }

    // Null where there is nothing to compare; empty where it is the same.
    private static string? Difference(JsonNode step, JsonNode answer, Dictionary<string, TreeMap> stored)
    {
        var path = step["path"]!.GetValue<string>();
        var query = path.Contains('?', StringComparison.Ordinal) ? path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
        var match = ObjectPath.Match(path.Split('?')[0]);
        if (!match.Success || ApiCatalog.Find(match.Groups["group"].Value, match.Groups["version"].Value, match.Groups["plural"].Value) is not { } resource)
        {
            return null;
        }

        var subresource = match.Groups["sub"].Value;
        var isObject = answer["metadata"]?["uid"] is not null && answer["kind"]!.GetValue<string>() == resource.Kind;
        var key = $"{resource.Group}/{resource.Plural}/{(isObject ? answer["metadata"]!["name"]!.GetValue<string>() : match.Groups["name"].Value)}";
        if (step["method"]!.GetValue<string>() is not ("POST" or "PUT" or "PATCH") || step["body"] is not { } sent)
        {
            // Reads and deletions show what the server itself changed in between.
            if (isObject && !query.Contains("dryRun", StringComparison.Ordinal) && answer["metadata"]!["managedFields"] is not null)
            {
                stored[key] = Read(resource, Tree(answer));
            }

            return null;
        }

        var operation = new FieldOperation
        {
            Type = ManagedType.Of(resource),
            Subresource = subresource,
            Manager = FieldManager.NameOf(Option(query, "fieldManager"), "exchange/1"),
            Now = Now,
            Filter = ResetFields.Of(resource, subresource),
        };
        if (!isObject)
        {
            return answer["details"]?["causes"]?[0]?["reason"]?.GetValue<string>() == "FieldManagerConflict" && stored.TryGetValue(key, out var conflicting)
                ? Conflict(operation, conflicting, Tree(sent), answer)
                : null;
        }

        var recorded = Read(resource, Tree(answer));
        stored.TryGetValue(key, out var live);
        if (!query.Contains("dryRun", StringComparison.Ordinal))
        {
            stored[key] = recorded;
        }

        return Compare(operation, resource, step, live, Tree(sent), recorded);
    }

    private static string Compare(FieldOperation operation, ResourceType resource, JsonNode step, TreeMap? live, TreeMap sent, TreeMap recorded)
    {
        TreeMap tracked;
        switch (step["headers"]?["Content-Type"]?.GetValue<string>())
        {
            case "application/apply-patch+yaml":
                var result = FieldManager.Apply(operation, live, sent, step["path"]!.GetValue<string>().Contains("force=true", StringComparison.Ordinal));
                if (result is not ApplyResult.Applied applied)
                {
                    return result.ToString();
                }

                tracked = Read(resource, applied.Value);
                if (!Entries(Labels(tracked)).SetEquals(Entries(Labels(recorded))))
                {
                    return $"labels {Labels(tracked)} instead of {Labels(recorded)}";
                }

                break;
            case "application/merge-patch+json":
                tracked = FieldManager.Update(operation, live, Read(resource, JsonMergePatch.Apply(live!, sent)));
                break;
            case "application/strategic-merge-patch+json":
                var patched = Assert.IsType<PatchResult.Patched>(StrategicMergePatch.Apply(resource.Schema, live!, sent));
                tracked = FieldManager.Update(operation, live, Read(resource, patched.Value));
                break;
            case "application/json-patch+json":
                var changed = Assert.IsType<PatchResult.Patched>(JsonPatch.Apply(live!, TreeJson.Parse(step["body"]!.ToJsonString())));
                tracked = FieldManager.Update(operation, live, Read(resource, changed.Value));
                break;
            default:
                tracked = FieldManager.Update(operation, live, Read(resource, sent));
                break;
        }

        var (mine, theirs) = (Managed(tracked), Managed(recorded));
        return mine.SetEquals(theirs) ? "" : $"\n  mine {string.Join("\n       ", mine.Except(theirs))}\n  real {string.Join("\n       ", theirs.Except(mine))}";
    }

    private static string Conflict(FieldOperation operation, TreeMap live, TreeMap sent, JsonNode answer)
    {
        var result = FieldManager.Apply(operation, live, sent, force: false);
        if (result is not ApplyResult.Conflicted conflicted)
        {
            return result.ToString();
        }

        var mine = conflicted.Message + string.Concat(conflicted.Conflicts.Select(c => $"\n{c.Message} {c.Field}"));
        var theirs = answer["message"] + string.Concat(answer["details"]!["causes"]!.AsArray().Select(c => $"\n{c!["message"]} {c["field"]}"));
        return mine == theirs ? "" : $"{mine} instead of {theirs}";
    }

    private static TreeMap Read(ResourceType resource, Tree tree)
    {
        var decoded = TreeDecoder.Decode(resource.Schema, tree, FieldValidation.Ignore);
        Assert.Null(decoded.Error);
        var value = (TreeMap)Defaulter.Apply(resource.Schema, decoded.Object!).DeepClone();
        KindDefaults.Apply(resource, value);
        return Canonical.Of(resource.Schema, value);
    }

    // Placeholders of the recording give way to values of the right kind.
    private static TreeMap Tree(JsonNode node) => TreeJson.Parse(Encoding.UTF8.GetBytes(node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        .Replace("\"eventTime\":\"<time>\"", "\"eventTime\":\"2024-01-01T00:00:00.000000Z\"", StringComparison.Ordinal)
        .Replace("<uid>", "u-1", StringComparison.Ordinal).Replace("@UID", "u-1", StringComparison.Ordinal)
        .Replace("<time>", "2024-01-01T00:00:00Z", StringComparison.Ordinal).Replace("\"<port>\"", "30000", StringComparison.Ordinal))) as TreeMap ?? new TreeMap();

    private static Tree Labels(TreeMap value) => value.Map("metadata")!["labels"] ?? new TreeMap();

    private static HashSet<string> Entries(Tree map) => [.. ((TreeMap)map).Select(e => $"{e.Key}={e.Value}")];

    private static HashSet<string> Managed(TreeMap value) =>
        [.. (value.Map("metadata")!.List("managedFields") ?? new TreeList()).Select(e => ((TreeMap)e).With("time", null).ToString())];

    private static string? Option(string query, string name) => query.Split('&').Where(o => o.StartsWith(name + "=", StringComparison.Ordinal)).Select(o => o[(name.Length + 1)..]).FirstOrDefault();
}
