using System.Text;

namespace Gantry.Api.Cel.Syntax;

/// <summary>String and bytes literals: quoted once or three times, raw (<c>r</c>), bytes (<c>b</c>).</summary>
internal static class CelLiteral
{
    /// <summary>How many letters stand before the quote of a literal that begins here, or -1 when none begins here.</summary>
    public static int PrefixLength(string text, int at)
    {
        var start = at;
        bool raw = false, bytes = false;
        for (; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"' or '\'':
                    return at - start;
                case 'r' or 'R' when !raw:
                    raw = true;
                    break;
                case 'b' or 'B' when !bytes:
                    bytes = true;
                    break;
                default:
                    return -1;
            }
        }
        return -1;
    }

    /// <param name="text">The whole text.</param>
    /// <param name="at">Where the literal begins; afterwards behind it.</param>
    /// <param name="prefix">What <see cref="PrefixLength"/> said.</param>
    /// <param name="value">The text or the bytes.</param>
    /// <returns>False where the literal is not closed or has a wrong escape; <paramref name="at"/> is then behind what was looked at.</returns>
    public static bool Read(string text, ref int at, int prefix, out CelValue value)
    {
        value = default;
        var letters = text.AsSpan(at, prefix);
        var raw = letters.ContainsAny('r', 'R');
        var bytes = letters.ContainsAny('b', 'B');
        at += prefix;
        var quote = text[at];
        var thrice = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote;
        var closing = new string(quote, thrice ? 3 : 1);
        at += closing.Length;
        var characters = new StringBuilder();
        var octets = new MemoryStream();
        while (true)
        {
            if (at >= text.Length || (!thrice && text[at] is ('\n' or '\r')))
            {
                // What cannot belong to it was looked at.
                at = Math.Min(at + 1, text.Length);
                return false;
            }
            if (text.AsSpan(at).StartsWith(closing, StringComparison.Ordinal))
            {
                at += closing.Length;
                value = bytes ? CelValue.Of(octets.ToArray()) : CelValue.Of(characters.ToString());
                return true;
            }
            if (text[at] == '\\' && !raw)
            {
                if (!Escape(text, ref at, bytes, characters, octets))
                {
                    return false;
                }
                continue;
            }
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == quote && !thrice)
            {
                Plain(text, ref at, bytes, characters, octets);
            }
            Plain(text, ref at, bytes, characters, octets);
        }
    }

    private static void Plain(string text, ref int at, bool bytes, StringBuilder characters, MemoryStream octets)
    {
        var length = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        if (bytes)
        {
            octets.Write(Encoding.UTF8.GetBytes(text.Substring(at, length)));
        }
        else
        {
            characters.Append(text, at, length);
        }
        at += length;
    }

    private static bool Escape(string text, ref int at, bool bytes, StringBuilder characters, MemoryStream octets)
    {
        var c = at + 1 < text.Length ? text[at + 1] : '\0';
        at = Math.Min(at + 2, text.Length);
        var simple = "abfnrtv\\?\"'`".IndexOf(c, StringComparison.Ordinal);
        if (simple >= 0 && c != '\0')
        {
            var meant = "\a\b\f\n\r\t\v\\?\"'`"[simple];
            characters.Append(meant);
            octets.WriteByte((byte)meant);
            return true;
        }
        var (digits, radix) = c switch { 'x' or 'X' => (2, 16), 'u' => (4, 16), 'U' => (8, 16), >= '0' and <= '3' => (3, 8), _ => (0, 0) };
        at -= radix == 8 ? 1 : 0;
        if (digits == 0 || at + digits > text.Length || Number(text.AsSpan(at, digits), radix) is not { } number)
        {
            at += digits == 0 ? 0 : Math.Min(Valid(text.AsSpan(at), radix) + 1, text.Length - at);
            return false;
        }
        if (bytes && c is ('u' or 'U'))
        {
            return false;
        }
        at += digits;
        if (bytes)
        {
            octets.WriteByte((byte)number);
            return true;
        }
        if (!Rune.IsValid(number))
        {
            return false;
        }
        characters.Append(new Rune(number).ToString());
        return true;
    }

    private static int Valid(ReadOnlySpan<char> digits, int radix)
    {
        var count = 0;
        while (count < digits.Length && (radix == 16 ? char.IsAsciiHexDigit(digits[count]) : digits[count] is >= '0' and <= '7'))
        {
            count++;
        }
        return count;
    }

    private static int? Number(ReadOnlySpan<char> digits, int radix)
    {
        long number = 0;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return null;
            }
            number = (number * radix) + digit;
        }
        return number > int.MaxValue ? null : (int)number;
    }
}
