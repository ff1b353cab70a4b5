using System.Text.Json;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Says in one line a field where two objects differ, for the error that refuses the change.</summary>
public static class SpecDifference
{
    private const int Limit = 10;

    /// <summary>Lines such as <c>  core.PodSpec.containers[0].env: [] to [{"name":"A"}]</c>; at most ten.</summary>
    /// <param name="old">The object as it was.</param>
    /// <param name="now">The object as it is to be.</param>
    /// <param name="type">The Go type of both, which starts each line.</param>
    public static string Between(IApiModel old, IApiModel now, string type = "core.PodSpec")
    {
        var lines = new List<string>();
        using var a = JsonDocument.Parse(ApiJson.Encode(old));
        using var b = JsonDocument.Parse(ApiJson.Encode(now));
        Compare("", a.RootElement, b.RootElement, lines);
        return string.Join('\n', lines.Take(Limit).Select(l => "  " + type + "." + l));
    }

    private static void Compare(string path, JsonElement? a, JsonElement? b, List<string> lines)
    {
        if (a is { ValueKind: JsonValueKind.Object } x && b is { ValueKind: JsonValueKind.Object } y)
        {
            foreach (var name in x.EnumerateObject().Select(p => p.Name).Union(y.EnumerateObject().Select(p => p.Name)))
            {
                Compare(path.Length == 0 ? name : path + "." + name, Get(x, name), Get(y, name), lines);
            }
        }
        else if (a is { ValueKind: JsonValueKind.Array } l && b is { ValueKind: JsonValueKind.Array } r && l.GetArrayLength() == r.GetArrayLength())
        {
            for (var i = 0; i < l.GetArrayLength(); i++)
            {
                Compare(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}[{i}]"), l[i], r[i], lines);
            }
        }
        else if (a is null || b is null || !JsonElement.DeepEquals(a.Value, b.Value))
        {
            lines.Add($"{path}: {Show(a)} to {Show(b)}");
        }
    }

    private static JsonElement? Get(JsonElement o, string name) => o.TryGetProperty(name, out var v) ? v : null;

    private static string Show(JsonElement? e) => e?.GetRawText() ?? "nothing";
}
