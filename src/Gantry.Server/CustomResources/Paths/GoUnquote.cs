using System.Globalization;
using System.Text;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>Text in quotes as Go reads it.</summary>
internal static class GoUnquote
{
    /// <param name="inside">What stands between the quotes.</param>
    /// <param name="quote">The quote.</param>
    /// <exception cref="FormatException">It holds an escape that Go does not know.</exception>
    public static string Read(string inside, char quote)
    {
        if (!inside.Contains('\\', StringComparison.Ordinal))
        {
            return inside;
        }

        var text = new StringBuilder(inside.Length);
        for (var at = 0; at < inside.Length; at++)
        {
            if (inside[at] != '\\')
            {
                text.Append(inside[at]);
                continue;
            }

            at++;
            var escape = at < inside.Length ? inside[at] : '\0';
            var (digits, based) = escape switch { 'x' => (2, 16), 'u' => (4, 16), 'U' => (8, 16), >= '0' and <= '7' => (3, 8), _ => (0, 0) };
            if (digits == 0)
            {
                text.Append(Simple(escape, quote));
                continue;
            }

            at += based == 16 ? 1 : 0;
            text.Append(Character(inside, at, digits, based));
            at += digits - 1;
        }

        return text.ToString();
    }

    private static char Simple(char escape, char quote) => escape switch
    {
        'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', '\\' => '\\',
        '"' or '\'' when escape == quote => quote,
        _ => throw new FormatException("invalid syntax"),
    };

    private static string Character(string inside, int at, int digits, int based)
    {
        var value = 0L;
        for (var i = at; i < at + digits; i++)
        {
            var digit = i < inside.Length && char.IsAsciiHexDigit(inside[i]) ? int.Parse(inside.AsSpan(i, 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : based;
            value = digit < based ? (value * based) + digit : throw new FormatException("invalid syntax");
        }

        return Rune.IsValid((uint)Math.Min(value, uint.MaxValue)) && (based == 16 || value < 256) ? new Rune((uint)value).ToString() : throw new FormatException("invalid syntax");
    }
}
