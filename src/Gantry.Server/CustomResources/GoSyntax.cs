using System.Globalization;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Authorization;

namespace Gantry.Server.CustomResources;

/// <summary>Values without a type as messages of the API print them: scalars as they are, texts quoted, the rest as Go source.</summary>
internal static class GoSyntax
{
    /// <summary>A refused value in a message.</summary>
    public static string Value(Tree? value) => value switch
    {
        null or TreeNull => "\"null\"",
        TreeString text => GoText.Quote(text.Value),
        TreeInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        TreeFloat real => Number(real.Value),
        TreeBool flag => flag.Value ? "true" : "false",
        _ => Source(value),
    };

    /// <summary>Go's name of the type that a value of that kind is read into.</summary>
    public static string TypeOf(Tree? value) => value switch
    {
        TreeString => "string",
        TreeInteger => "int64",
        TreeFloat => "float64",
        TreeBool => "bool",
        TreeMap => "map[string]interface {}",
        TreeList => "[]interface {}",
        _ => "<nil>",
    };

    /// <summary>The value as Go prints it without quotes: <c>map[a:1 b:[x y]]</c>.</summary>
    public static string Plain(Tree? value) => value switch
    {
        null or TreeNull => "<nil>",
        TreeString text => text.Value,
        TreeMap map => "map[" + string.Join(' ', map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Key + ":" + Plain(m.Value))) + "]",
        TreeList list => "[" + string.Join(' ', list.Select(Plain)) + "]",
        _ => Value(value),
    };

    private static string Source(Tree value) => value switch
    {
        TreeNull => "interface {}(nil)",
        TreeMap map => "map[string]interface {}{"
            + string.Join(", ", map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => GoText.Quote(m.Key) + ":" + Source(m.Value))) + "}",
        TreeList list => "[]interface {}{" + string.Join(", ", list.Select(Source)) + "}",
        _ => Value(value),
    };

    /// <summary>A number as Go prints it: with an exponent where it is very small or has more than six digits before the point.</summary>
    public static string Number(double value)
    {
        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        var exponent = int.Parse(shortest.AsSpan(shortest.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        if (value.Equals(0d) || (exponent >= -4 && exponent < 6))
        {
            return text.Contains('E', StringComparison.Ordinal) ? ((decimal)value).ToString(CultureInfo.InvariantCulture) : text;
        }

        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = new StringBuilder(mark < 0 ? Mantissa(text) : text[..mark]);
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    // 1250000 is 1.25e+06.
    private static string Mantissa(string text)
    {
        var sign = text.StartsWith('-') ? "-" : "";
        var digits = text.TrimStart('-').Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        return sign + (digits.Length > 1 ? digits[..1] + "." + digits[1..] : digits);
    }
}
