using System.Collections;
using System.Text;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Prints a structured value inside an error message. Kubernetes prints Go syntax there, which no client reads; maps look the same, objects are shown as JSON.</summary>
public static class GoDump
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        IReadOnlyDictionary<string, string> map => Map(map),
        IApiModel model => Encoding.UTF8.GetString(ApiJson.Encode(model)),
        string text => "\"" + text + "\"",
        IEnumerable items => "[" + string.Join(",", items.Cast<object?>().Select(Of)) + "]",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };

    /// <summary><c>map[string]string{"a":"b", "c":"d"}</c></summary>
    public static string Map(IReadOnlyDictionary<string, string> map) =>
        map.Count == 0 ? "map[string]string(nil)"
            : "map[string]string{" + string.Join(", ", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":\"{p.Value}\"")) + "}";
}
