using System.Globalization;

namespace Gantry.Api;

/// <summary>Decimal integers as Go's <c>strconv</c> reads them, with its words where a text is none.</summary>
public static class GoInteger
{
    /// <param name="text">Digits, perhaps with a sign.</param>
    /// <param name="function">What Go would have been asked: <c>ParseInt</c> or <c>Atoi</c>.</param>
    /// <param name="value">The number.</param>
    /// <param name="error">Go's words for what is wrong, or null.</param>
    public static bool TryParse(string text, string function, out long value, out string? error)
    {
        error = null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var digits = text.AsSpan().TrimStart("+-");
        var tooLarge = digits.Length > 0 && text.Length - digits.Length <= 1 && !digits.ContainsAnyExceptInRange('0', '9');
        error = $"strconv.{function}: parsing {Trees.GoSyntax.Quoted(text)}: {(tooLarge ? "value out of range" : "invalid syntax")}";
        return false;
    }
}
