using System.Globalization;

namespace Gantry.Api;

/// <summary>What an escape stands for, in the words of .NET: alone, and inside of a class.</summary>
/// <param name="Outside">Alone.</param>
/// <param name="Inside">As a part of a class.</param>
/// <param name="Character">The one character that it is, or -1 where it is a class.</param>
/// <param name="Length">How long it is in the pattern.</param>
/// <param name="Error">What is wrong with it, in Go's words, or null.</param>
internal readonly record struct GoPatternEscape(string Outside, string Inside, int Character, int Length, string? Error)
{
    // Each with its complement.
    private static readonly Dictionary<char, (string With, string Without)> Classes = new()
    {
        ['d'] = ("0-9", "\\0-/:-\\uFFFF"),
        ['s'] = ("\\t\\n\\f\\r ", "\\0-\\x08\\x0B\\x0E-\\x1F!-\\uFFFF"),
        ['w'] = ("0-9A-Za-z_", "\\0-/:-@\\[-\\^`\\{-\\uFFFF"),
    };

    // Scripts by their main ranges; .NET knows blocks and general categories only.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["Latin"] = "A-Za-z\\u00AA\\u00BA\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02B8\\u1E00-\\u1EFF",
        ["Greek"] = "\\u0370-\\u03E1\\u03F0-\\u03FF\\u1F00-\\u1FFF",
        ["Cyrillic"] = "\\u0400-\\u052F\\u1C80-\\u1C88\\u2DE0-\\u2DFF",
        ["Han"] = "\\u2E80-\\u2FD5\\u3005\\u3007\\u3021-\\u3029\\u3038-\\u303B\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uF900-\\uFAD9",
        ["Hiragana"] = "\\u3041-\\u3096\\u309D-\\u309F",
        ["Katakana"] = "\\u30A1-\\u30FA\\u30FD-\\u30FF\\u31F0-\\u31FF",
        ["Hebrew"] = "\\u0591-\\u05F4",
        ["Arabic"] = "\\u0600-\\u06FF\\u0750-\\u077F",
    };

    private static readonly HashSet<string> Categories = new(
        [
            "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk",
            "Sm", "So", "Z", "Zl", "Zp", "Zs", "C", "Cc", "Cf", "Co", "Cs",
        ], StringComparer.Ordinal);

    /// <summary>Reads the escape that begins at a backslash, of which there is one more character.</summary>
    public static GoPatternEscape Read(string pattern, int at)
    {
        var c = pattern[at + 1];
        if (Classes.TryGetValue(char.ToLowerInvariant(c), out var known))
        {
            var inside = char.IsLower(c) ? known.With : known.Without;
            return new GoPatternEscape("[" + inside + "]", inside, -1, 2, null);
        }

        return c switch
        {
            'p' or 'P' => Property(pattern, at),
            'x' => Hexadecimal(pattern, at),
            '0' or (>= '1' and <= '7') => Octal(pattern, at),
            'a' => Single('\a', 2),
            'f' => Single('\f', 2),
            'n' => Single('\n', 2),
            'r' => Single('\r', 2),
            't' => Single('\t', 2),
            'v' => Single('\v', 2),
            _ => c < 0x80 && !char.IsAsciiLetterOrDigit(c) ? Single(c, 2) : Bad(pattern, at, 2),
        };
    }

    /// <summary>A character as .NET takes it anywhere in a pattern.</summary>
    public static string Text(int character) => character > 0xFFFF ? char.ConvertFromUtf32(character)
        : character is >= '0' and <= '9' or >= 'A' and <= 'Z' or >= 'a' and <= 'z' ? ((char)character).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"\\u{character:X4}");

    private static GoPatternEscape Single(int character, int length) => new(Text(character), Text(character), character, length, null);

    private static GoPatternEscape Bad(string pattern, int at, int length) =>
        new("", "", -1, length, $"invalid escape sequence: `{pattern[at..Math.Min(at + length, pattern.Length)]}`");

    private static GoPatternEscape Property(string pattern, int at)
    {
        var length = 3;
        var name = at + 2 < pattern.Length ? pattern.Substring(at + 2, 1) : "";
        if (name == "{")
        {
            var end = pattern.IndexOf('}', at);
            if (end < 0)
            {
                return new GoPatternEscape("", "", -1, length, $"invalid character class range: `{pattern[at..]}`");
            }

            name = pattern[(at + 3)..end];
            length = end + 1 - at;
        }

        var negative = (pattern[at + 1] == 'P') != name.StartsWith('^');
        name = name.TrimStart('^');
        if (Categories.Contains(name))
        {
            var inside = $"\\{(negative ? 'P' : 'p')}{{{name}}}";
            return new GoPatternEscape(inside, inside, -1, length, null);
        }

        return Scripts.TryGetValue(name, out var ranges) && !negative
            ? new GoPatternEscape("[" + ranges + "]", ranges, -1, length, null)
            : new GoPatternEscape("", "", -1, length, $"invalid character class range: `{pattern[at..Math.Min(at + length, pattern.Length)]}`");
    }

    private static GoPatternEscape Hexadecimal(string pattern, int at)
    {
        var braces = at + 2 < pattern.Length && pattern[at + 2] == '{';
        var end = braces ? pattern.IndexOf('}', at) : at + 4;
        if (end < 0 || end > pattern.Length)
        {
            return Bad(pattern, at, pattern.Length - at);
        }

        var digits = pattern.AsSpan(braces ? at + 3 : at + 2, end - (braces ? at + 3 : at + 2));
        var length = end - at + (braces ? 1 : 0);
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF)
            ? Single(value, length) : Bad(pattern, at, length);
    }

    // One digit alone would be a reference back, which there is none of.
    private static GoPatternEscape Octal(string pattern, int at)
    {
        var end = at + 1;
        var value = 0;
        while (end < pattern.Length && end < at + 4 && pattern[end] is >= '0' and <= '7')
        {
            value = (value * 8) + (pattern[end++] - '0');
        }

        return pattern[at + 1] != '0' && end == at + 2 ? Bad(pattern, at, 2) : Single(value, end - at);
    }
}
