using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Server.Authorization;

/// <summary>Texts as Go's <c>%q</c> prints them, which messages of the API contain.</summary>
public static class GoText
{
    public static string Quote(string text) => GoSyntax.Quoted(text);

    /// <summary>A list such as <c>["a" "b"]</c>.</summary>
    public static string List(IEnumerable<string> texts) => "[" + string.Join(' ', texts.Select(Quote)) + "]";

    /// <summary>What Go says of a text that is no unsigned number of 64 bits, or null.</summary>
    public static string? NotUnsigned(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null
        : $"strconv.ParseUint: parsing {Quote(text)}: {(text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') ? "value out of range" : "invalid syntax")}";

    /// <summary>Several errors as one text: each once, in brackets where there are several.</summary>
    public static string Aggregate(IEnumerable<string> errors)
    {
        var distinct = errors.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count == 1 ? distinct[0] : "[" + string.Join(", ", distinct) + "]";
    }
}
