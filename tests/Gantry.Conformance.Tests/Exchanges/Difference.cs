using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Exchanges;

/// <summary>Where two normalised answers differ.</summary>
internal static class Difference
{
    /// <summary>One line a difference: path, what was wanted, what came.</summary>
    public static IEnumerable<string> Between(JsonNode? wanted, JsonNode? got, string path = "")
    {
        switch (wanted, got)
        {
            case (JsonObject a, JsonObject b):
                return a.Select(p => p.Key).Union(b.Select(p => p.Key)).Order(StringComparer.Ordinal).SelectMany(key =>
                    !a.ContainsKey(key) ? [$"{path}.{key}: is {Short(b[key])}, and should not be there"]
                    : !b.ContainsKey(key) ? [$"{path}.{key}: is missing, should be {Short(a[key])}"]
                    : Between(a[key], b[key], $"{path}.{key}"));
            case (JsonArray a, JsonArray b):
                return a.Count == b.Count
                    ? a.Zip(b).SelectMany((pair, i) => Between(pair.First, pair.Second, $"{path}[{i}]"))
                    : [$"{path}: has {b.Count} items, should have {a.Count}: {Short(b)} instead of {Short(a)}"];
            default:
                return Same(wanted, got) ? [] : [$"{path}: is {Short(got)}, should be {Short(wanted)}"];
        }
    }

    /// <summary>The JSON with sorted keys, to order lists by.</summary>
    public static string Sorted(JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(",", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{Sorted(p.Value)}")) + "}",
        JsonArray list => "[" + string.Join(",", list.Select(Sorted)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };

    private static bool Same(JsonNode? a, JsonNode? b)
    {
        if (a is null || b is null)
        {
            return a is null && b is null;
        }

        return a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number
            ? (double)a == (double)b
            : JsonNode.DeepEquals(a, b);
    }

    private static string Short(JsonNode? node) => (node?.ToJsonString() ?? "null") is { Length: > 300 } text ? text[..300] + "…" : node?.ToJsonString() ?? "null";
}
