using System.Globalization;
using System.Text;

namespace Gantry.Api.Trees;

/// <summary>Values as Go's formatted printing shows them, which messages of the API hold. Keys of objects come in order.</summary>
public static class GoSyntax
{
    /// <summary>A refused value in a message: scalars as they are, texts quoted, the rest as Go source.</summary>
    public static string Value(Tree? value) => value switch
    {
        null or TreeNull => "\"null\"",
        _ => Source(value),
    };

    /// <summary>As <c>%v</c>: <c>map[a:1 b:[x y]]</c>, texts as they are, nothing as <c>&lt;nil&gt;</c>.</summary>
    public static string Plain(Tree? value) => value switch
    {
        null or TreeNull => "<nil>",
        TreeString text => text.Value,
        TreeMap map => "map[" + string.Join(' ', MapOrder.Sorted(map).Select(m => m.Key + ":" + Plain(m.Value))) + "]",
        TreeList list => "[" + string.Join(' ', list.Select(Plain)) + "]",
        _ => Value(value),
    };

    /// <summary>As <c>%#v</c>: <c>map[string]interface {}{"a":1, "b":[]interface {}{"x"}}</c>.</summary>
    public static string Source(Tree value) => value switch
    {
        TreeNull => "interface {}(nil)",
        TreeString text => Quoted(text.Value),
        TreeInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        TreeFloat real => Number(real.Value),
        TreeBool flag => flag.Value ? "true" : "false",
        TreeMap map => "map[string]interface {}{" + string.Join(", ", MapOrder.Sorted(map).Select(m => Quoted(m.Key) + ":" + Source(m.Value))) + "}",
        TreeList list => "[]interface {}{" + string.Join(", ", list.Select(Source)) + "}",
        _ => value.ToString(),
    };

    /// <summary>Go's name of the type that a value of that kind is read into, as <c>%T</c> has it.</summary>
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

    /// <summary>A number as Go prints it: with an exponent where it is very small or has more than six digits before the point.</summary>
    public static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var sign = text[0] == '-' ? "-" : "";
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = text[sign.Length..(mark < 0 ? text.Length : mark)];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var written = mantissa.Replace(".", "", StringComparison.Ordinal);
        var digits = written.TrimStart('0');
        if (digits.Length == 0 || !double.IsFinite(value))
        {
            return text;
        }

        // The power of ten of the first digit that counts.
        var exponent = (point < 0 ? mantissa.Length : point) - 1 - (written.Length - digits.Length)
            + (mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        digits = digits.TrimEnd('0');
        return exponent is < -4 or >= 6
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}")
            : exponent < 0 ? sign + "0." + new string('0', -exponent - 1) + digits
            : digits.Length <= exponent + 1 ? sign + digits.PadRight(exponent + 1, '0')
            : sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>As <c>%q</c>.</summary>
    public static string Quoted(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.AsSpan().ContainsAny('"', '\\'))
        {
            return $"\"{text}\"";
        }
        var quoted = new StringBuilder(text.Length + 8).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            Quote(quoted, rune);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>Whether Go prints a character as it is.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static void Quote(StringBuilder text, Rune rune)
    {
        switch (rune.Value)
        {
            case '"' or '\\':
                text.Append('\\').Append((char)rune.Value);
                break;
            case >= 7 and <= 13:
                text.Append('\\').Append("abtnvfr"[rune.Value - 7]);
                break;
            case < ' ' or 0x7f:
                text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                break;
            default:
                _ = IsPrintable(rune) ? text.Append(rune.ToString())
                    : rune.IsBmp ? text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}") : text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
                break;
        }
    }
}
