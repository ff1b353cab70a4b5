using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gantry.Conformance.Tests.Exchanges;

/// <summary>
/// Takes out of an answer what may differ between two right ones: ids, times, revisions, addresses given out, values printed in a server's own
/// language, and the names of this run.
/// </summary>
internal sealed partial class Normal
{
    // In milliseconds; far more than any answer takes.
    private const int Limit = 10_000;

    private readonly string _namespace;
    private readonly string _number;

    /// <param name="ns">The scenario's namespace.</param>
    /// <param name="number">The scenario's number, which is in the names it makes.</param>
    public Normal(string ns, string number)
    {
        _namespace = ns;
        _number = number;
    }

    public JsonNode? Of(JsonNode? value) => Of(value, "");

    public string Text(string text) => Text(text, "");

    private JsonNode? Of(JsonNode? value, string key) => value switch
    {
        JsonObject map => Map(map),
        JsonArray list => List(list, key),
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => JsonValue.Create(Text(text, key)),
        _ => value?.DeepClone(),
    };

    private JsonObject Map(JsonObject map)
    {
        var definition = (map["kind"] as JsonValue)?.TryGetValue<string>(out var kind) == true && kind == "CustomResourceDefinition";
        var made = new JsonObject();
        foreach (var (key, value) in map)
        {
            var text = value is JsonValue scalar && scalar.TryGetValue<string>(out var t) ? t : null;
            var number = value is JsonValue && text is null && value.GetValueKind() == System.Text.Json.JsonValueKind.Number;
            if (key is "resourceVersion" or "uid" && text?.Length > 0)
            {
                made[key] = $"<{key}>";
            }
            else if (key == "selfLink" || (key == "description" && map.ContainsKey("priority") && map.ContainsKey("format")))
            {
                // The description of a column is each server's own.
                continue;
            }
            else if (key == "storageVersionHash")
            {
                made[key] = "<hash>";
            }
            else if ((key is "conditions" or "managedFields" && definition) || (key == "status" && value is JsonObject status && status.ContainsKey("acceptedNames")))
            {
                // The server fills these in later.
                continue;
            }
            else if (key == "nodePort" && number)
            {
                made[key] = "<port>";
            }
            else if (key == "continue" && text?.Length > 0)
            {
                made[key] = "<continue>";
            }
            else
            {
                made[Text(key, "")] = Of(value, key);
            }
        }

        return made;
    }

    private JsonArray List(JsonArray list, string key)
    {
        var items = list.Select(item => Of(item, key)).ToList();
        return key is "causes" or "managedFields"
            ? [.. items.OrderBy(Difference.Sorted, StringComparer.Ordinal)]
            : [.. items];
    }

    private string Text(string text, string key)
    {
        var s = Projected().Replace(Uid().Replace(Time().Replace(text, "<time>"), "<uid>"), "kube-api-access-<id>");
        s = Current().Replace(Dump().Replace(s, "Invalid value: <dump>"), "current: <rv>");
        if (key == "message")
        {
            s = GoDiff().Replace(s, "<dump>");
            s = Causes().Replace(s, "is invalid: [<causes>]");
        }

        if (key is "clusterIP" or "clusterIPs" or "ip" && Address().IsMatch(s))
        {
            return "<ip>";
        }

        s = s.Replace(_namespace, "@NS", StringComparison.Ordinal);
        s = s.Replace("-" + _number, "-@I", StringComparison.Ordinal).Replace("r" + _number, "r@I", StringComparison.Ordinal)
            .Replace("x" + _number + ".", "x@I.", StringComparison.Ordinal).Replace("agg" + _number + ".", "agg@I.", StringComparison.Ordinal);
        return key == "cells" && (Cell().IsMatch(s) || Address().IsMatch(s)) ? "<cell>" : s;
    }

    [GeneratedRegex(@"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", RegexOptions.None, Limit)]
    private static partial Regex Uid();

    [GeneratedRegex(@"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b", RegexOptions.None, Limit)]
    private static partial Regex Time();

    [GeneratedRegex("""Invalid value: (?:[\[\]*&\w]+\.\w+\{.*\}|"\{.*\}"|map\[.*\])(?=: |$)""", RegexOptions.Singleline, Limit)]
    private static partial Regex Dump();

    [GeneratedRegex("kube-api-access-[a-z0-9]{5}", RegexOptions.None, Limit)]
    private static partial Regex Projected();

    [GeneratedRegex(@"current: \d+", RegexOptions.None, Limit)]
    private static partial Regex Current();

    [GeneratedRegex(@"\n\s*(strings\.Join|&?core\.).*$", RegexOptions.Singleline, Limit)]
    private static partial Regex GoDiff();

    [GeneratedRegex(@"is invalid: \[.*\]$", RegexOptions.Singleline, Limit)]
    private static partial Regex Causes();

    [GeneratedRegex(@"^10\.\d+\.\d+\.\d+$", RegexOptions.None, Limit)]
    private static partial Regex Address();

    [GeneratedRegex("^(?:[0-9]+[smhd]|<unknown>|<invalid>)$", RegexOptions.None, Limit)]
    private static partial Regex Cell();
}
