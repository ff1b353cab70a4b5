using System.Globalization;
using System.Text;

namespace Gantry.Api.Cel.Libraries;

/// <summary>The strings extension, version 2. Places in texts are code points.</summary>
internal static class CelStringLibrary
{
    private static readonly CelType Text = CelType.String;
    private static readonly CelType Texts = CelType.List(CelType.String);

    /// <summary>The longest text that functions make; more than the budget of an evaluation pays for.</summary>
    public const int LongestText = 1 << 25;

    /// <summary>The error of a text that would be longer.</summary>
    public static CelValue TooLong => CelValue.Error("text is too long");

    public static void Declare(CelFunctionTable table)
    {
        table.Member("charAt", "string_char_at_int", [Text, CelType.Int], Text, static a => CharAt(a[0].Text, a[1].Int));
        table.Member("format", "string_format", [Text, CelType.List(CelType.Dyn)], Text, static a => CelFormatting.Format(a[0].Text, a[1]));
        table.Member("indexOf", "string_index_of_string", [Text, Text], CelType.Int, static a => IndexOf(a[0].Text, a[1].Text, 0));
        table.Member("indexOf", "string_index_of_string_int", [Text, Text, CelType.Int], CelType.Int, static a => IndexOf(a[0].Text, a[1].Text, a[2].Int));
        table.Member("join", "list_join", [Texts], Text, static a => Join(a[0], ""));
        table.Member("join", "list_join_string", [Texts, Text], Text, static a => Join(a[0], a[1].Text));
        table.Member("lastIndexOf", "string_last_index_of_string", [Text, Text], CelType.Int, static a => LastIndexOf(a[0].Text, a[1].Text, long.MaxValue));
        table.Member("lastIndexOf", "string_last_index_of_string_int", [Text, Text, CelType.Int], CelType.Int, static a => LastIndexOf(a[0].Text, a[1].Text, a[2].Int));
        table.Member("lowerAscii", "string_lower_ascii", [Text], Text, static a => Mapped(a[0].Text, char.IsAsciiLetterUpper, c => (char)(c | 0x20)));
        table.Member("upperAscii", "string_upper_ascii", [Text], Text, static a => Mapped(a[0].Text, char.IsAsciiLetterLower, c => (char)(c & ~0x20)));
        table.Member("replace", "string_replace_string_string", [Text, Text, Text], Text, static a => Replace(a[0].Text, a[1].Text, a[2].Text, -1));
        table.Member("replace", "string_replace_string_string_int", [Text, Text, Text, CelType.Int], Text, static a => Replace(a[0].Text, a[1].Text, a[2].Text, a[3].Int));
        table.Member("split", "string_split_string", [Text, Text], Texts, static a => Split(a[0].Text, a[1].Text, -1));
        table.Member("split", "string_split_string_int", [Text, Text, CelType.Int], Texts, static a => Split(a[0].Text, a[1].Text, a[2].Int));
        table.Member("substring", "string_substring_int", [Text, CelType.Int], Text, static a => Substring(a[0].Text, a[1].Int, CelText.Length(a[0].Text)));
        table.Member("substring", "string_substring_int_int", [Text, CelType.Int, CelType.Int], Text, static a => Substring(a[0].Text, a[1].Int, a[2].Int));
        table.Member("trim", "string_trim", [Text], Text, static a => CelValue.Of(a[0].Text.Trim()));
        table.Global("strings.quote", "strings_quote", [Text], Text, static a => CelValue.Of(Quote(a[0].Text)));
    }

    /// <summary>The strings of a list, or an error.</summary>
    public static CelValue Join(CelValue list, string separator)
    {
        var text = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            var item = list.ItemAt(i);
            if (item.Kind != CelKind.String)
            {
                return item.IsError ? item : CelValue.Error($"join: invalid input: {item}");
            }
            text.Append(i == 0 ? "" : separator).Append(item.Text);
            if (text.Length > LongestText)
            {
                return TooLong;
            }
        }
        return CelValue.Of(text.ToString());
    }

    private static CelValue OutOfRange(long index) => CelValue.Error(string.Create(CultureInfo.InvariantCulture, $"index out of range: {index}"));

    private static CelValue CharAt(string text, long index)
    {
        var at = CelText.Unit(text, index);
        if (at < 0)
        {
            return OutOfRange(index);
        }
        var length = at == text.Length ? 0 : at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        return CelValue.Of(text.Substring(at, length));
    }

    private static CelValue IndexOf(string text, string part, long from)
    {
        if (part.Length == 0)
        {
            return CelValue.Of(from);
        }
        var at = CelText.Unit(text, from);
        return at < 0 ? OutOfRange(from) : CelValue.Of(CelText.Point(text, text.IndexOf(part, at, StringComparison.Ordinal)));
    }

    private static CelValue LastIndexOf(string text, string part, long until)
    {
        var length = CelText.Length(text);
        if (part.Length == 0)
        {
            return CelValue.Of(until == long.MaxValue ? length : until);
        }
        if (until != long.MaxValue && (until < 0 || until > length))
        {
            return OutOfRange(until);
        }
        var last = until == long.MaxValue || until >= length - CelText.Length(part) ? text.Length : CelText.Unit(text, until) + part.Length;
        var at = last < part.Length ? -1 : text[..Math.Min(last, text.Length)].LastIndexOf(part, StringComparison.Ordinal);
        return CelValue.Of(CelText.Point(text, at));
    }

    private static CelValue Mapped(string text, Func<char, bool> which, Func<char, char> to) =>
        CelValue.Of(string.Create(text.Length, (text, which, to), static (span, s) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = s.which(s.text[i]) ? s.to(s.text[i]) : s.text[i];
            }
        }));

    private static CelValue Replace(string text, string part, string with, long times)
    {
        if (times == 0 || part == with)
        {
            return CelValue.Of(text);
        }
        // At most one replacement for each character, one before and one behind.
        if ((text.Length + 1L) * with.Length > LongestText && Occurrences(text, part) * (long)with.Length > LongestText)
        {
            return TooLong;
        }
        if (times < 0 && part.Length > 0)
        {
            return CelValue.Of(text.Replace(part, with, StringComparison.Ordinal));
        }
        var output = new StringBuilder();
        var at = 0;
        for (var n = 0L; times < 0 || n < times; n++)
        {
            var step = n > 0 && part.Length == 0 ? NextLength(text, at) : 0;
            if (part.Length == 0 && n > 0 && step == 0)
            {
                break;
            }
            var found = part.Length == 0 ? at + step : text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }
            output.Append(text, at, found - at).Append(with);
            at = found + part.Length;
        }
        return CelValue.Of(output.Append(text, at, text.Length - at).ToString());
    }

    private static int Occurrences(string text, string part)
    {
        if (part.Length == 0)
        {
            return text.Length + 1;
        }
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }
        return count;
    }

    private static int NextLength(string text, int at) => at >= text.Length ? 0 : at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static CelValue Split(string text, string separator, long most)
    {
        if (most == 0)
        {
            return CelValue.Of(Array.Empty<CelValue>());
        }
        var parts = new List<CelValue>();
        var at = 0;
        while (most < 0 || parts.Count < most - 1)
        {
            var next = separator.Length == 0 ? at + NextLength(text, at) : text.IndexOf(separator, at, StringComparison.Ordinal);
            if (next < 0 || (separator.Length == 0 && next >= text.Length))
            {
                break;
            }
            parts.Add(CelValue.Of(text[at..next]));
            at = next + separator.Length;
        }
        if (separator.Length > 0 || text.Length > 0)
        {
            parts.Add(CelValue.Of(text[at..]));
        }
        return CelValue.Of(parts.ToArray());
    }

    private static CelValue Substring(string text, long start, long end)
    {
        if (start > end)
        {
            return CelValue.Error(string.Create(CultureInfo.InvariantCulture, $"invalid substring range. start: {start}, end: {end}"));
        }
        var (from, to) = (CelText.Unit(text, start), CelText.Unit(text, end));
        return from < 0 ? OutOfRange(start) : to < 0 ? OutOfRange(end) : CelValue.Of(text[from..to]);
    }

    private static string Quote(string text)
    {
        var output = new StringBuilder("\"");
        foreach (var c in text)
        {
            var at = "\a\b\f\n\r\t\v\\\"".IndexOf(c, StringComparison.Ordinal);
            _ = at < 0 ? output.Append(c) : output.Append('\\').Append("abfnrtv\\\""[at]);
        }
        return output.Append('"').ToString();
    }
}
