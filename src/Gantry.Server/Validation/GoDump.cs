using System.Collections;
using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Validation;

/// <summary>Prints a structured value inside an error message as Kubernetes does: in Go's own syntax (<c>%#v</c>).</summary>
public static class GoDump
{
    private static readonly string[] Suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    public static string Of(object? value) => value switch
    {
        // What is not there is the word "null", quoted like every text.
        null => "\"null\"",
        IReadOnlyDictionary<string, string> map => Map(map),
        IntOrString either => Of(either),
        Quantity amount => Of(amount),
        // Of kinds that no error shows, the members are JSON.
        IApiModel model => GoStructs.Of(model) ?? TypeOf(model) + Encoding.UTF8.GetString(ApiJson.Encode(model)),
        string text => GoSyntax.Quoted(text),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss '+0000 UTC'", System.Globalization.CultureInfo.InvariantCulture),
        IReadOnlyList<string> texts => Texts("string", texts),
        IEnumerable<IApiModel> models when models.FirstOrDefault() is { } first =>
            "[]" + TypeOf(first) + "{" + string.Join(", ", models.Select(Of)) + "}",
        IEnumerable items => "[" + string.Join(",", items.Cast<object?>().Select(Of)) + "]",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };

    // intstr.IntOrString{Type:0, IntVal:1, StrVal:""}
    private static string Of(IntOrString value)
    {
        return value.IsInt
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"intstr.IntOrString{{Type:0, IntVal:{value.IntValue}, StrVal:\"\"}}")
            : $"intstr.IntOrString{{Type:1, IntVal:0, StrVal:{GoSyntax.Quoted(value.StringValue)}}}";
    }

    // Models are named by version and kind.
    private static string TypeOf(IApiModel model) => GoStructs.TypeOf(model) ?? "v1." + model.GetType().Name[2..];

    // resource.Quantity{i:resource.int64Amount{value:15, scale:-1}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1.5", Format:"DecimalSI"}
    private static string Of(Quantity amount)
    {
        var text = amount.ToString();
        var number = text.TrimEnd("EinumkKMGTP".ToCharArray());
        var point = number.IndexOf('.', StringComparison.Ordinal);
        var scale = Array.IndexOf(Suffixes, text[number.Length..]) is >= 0 and var at ? (at * 3) - 9 : 0;
        // With a decimal suffix the figures stay as they were written; everything else has been computed.
        var (value, exponent) = Array.IndexOf(Suffixes, text[number.Length..]) >= 0
            && long.TryParse(number.Replace(".", "", StringComparison.Ordinal), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var figures)
            ? (figures, scale - (point < 0 ? 0 : number.Length - point - 1)) : (amount.Value, 0);
        return $"resource.Quantity{{i:resource.int64Amount{{value:{value}, scale:{exponent}}}, d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:\"{amount.Written}\", Format:\"{amount.Format}\"}}";
    }

    /// <summary>A member that is a pointer: nothing, or an address that says nothing.</summary>
    public static string Pointer(object? value, string type) => value is null ? $"(*{type})(nil)" : $"(*{type})(0xc000000000)";

    /// <summary><c>[]string{"a", "b"}</c></summary>
    /// <param name="type">The Go type of the items: most lists of texts are plain strings there, some are not.</param>
    /// <param name="texts">The items.</param>
    public static string Texts(string type, IReadOnlyList<string> texts) =>
        texts.Count == 0 ? $"[]{type}(nil)" : $"[]{type}{{" + string.Join(", ", texts.Select(GoSyntax.Quoted)) + "}";

    /// <summary><c>[]byte{0x1, 0xff}</c></summary>
    public static string Bytes(byte[] bytes) =>
        bytes.Length == 0 ? "[]byte(nil)" : "[]byte{" + string.Join(", ", bytes.Select(b => "0x" + b.ToString("x", System.Globalization.CultureInfo.InvariantCulture))) + "}";

    /// <summary><c>map[string]string{"a":"b", "c":"d"}</c></summary>
    public static string Map(IReadOnlyDictionary<string, string> map) =>
        map.Count == 0 ? "map[string]string(nil)"
            : "map[string]string{" + string.Join(", ", map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{GoSyntax.Quoted(p.Key)}:{GoSyntax.Quoted(p.Value)}")) + "}";
}
