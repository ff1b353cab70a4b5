using System.Text;
using System.Text.RegularExpressions;

namespace Gantry.Api.Cel;

/// <summary>
/// Regular expressions as RE2 has them: no look-around, no references back, time linear in the text. Classes such as <c>\d</c> are ASCII, and <c>$</c> is the
/// end of the text.
/// </summary>
internal static class CelPattern
{
    private const int LongestPattern = 10_000;
    private const int MostRepeats = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether a pattern is found in a text; an error for a bad pattern or one that takes too long.</summary>
    public static CelValue Matches(string text, string pattern, int at)
    {
        try
        {
            var translated = Translate(pattern);
            return translated is null
                ? CelValue.Error($"error parsing regexp: not supported: {pattern[..Math.Min(64, pattern.Length)]}", at)
                : CelValue.Of(Regex.IsMatch(text, translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout));
        }
        catch (RegexMatchTimeoutException)
        {
            return CelValue.Error("regular expression took too long", at);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return CelValue.Error($"error parsing regexp: {pattern[..Math.Min(64, pattern.Length)]}", at);
        }
    }

    // Null for what RE2 refuses though .NET would take it, and for what .NET's linear engine cannot say.
    private static string? Translate(string pattern)
    {
        if (pattern.Length > LongestPattern)
        {
            return null;
        }
        var output = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\')
            {
                if (++i == pattern.Length || Escape(pattern[i], inClass) is not { } escaped)
                {
                    return null;
                }
                output.Append(escaped);
                continue;
            }
            if (inClass)
            {
                inClass = c != ']';
                if (c == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':')
                {
                    return null;
                }
                output.Append(c == '[' ? "\\[" : c.ToString());
                continue;
            }
            if (c == '[')
            {
                inClass = true;
                output.Append(c);
                i += Append(pattern, i + 1, '^', output);
                i += i + 1 < pattern.Length && pattern[i + 1] == ']' ? Append("\\]", output) : 0;
                continue;
            }
            if (c == '{' && TooOften(pattern, i + 1))
            {
                return null;
            }
            if (c == '(' && pattern.AsSpan(i).StartsWith("(?P<", StringComparison.Ordinal))
            {
                output.Append("(?<");
                i += 3;
                continue;
            }
            output.Append(c == '$' ? "\\z" : c.ToString());
        }
        return pattern.Contains("(?m", StringComparison.Ordinal) || pattern.Contains("(?#", StringComparison.Ordinal) ? null : output.ToString();
    }

    private static int Append(string pattern, int at, char wanted, StringBuilder output)
    {
        if (at >= pattern.Length || pattern[at] != wanted)
        {
            return 0;
        }
        output.Append(wanted);
        return 1;
    }

    private static int Append(string text, StringBuilder output)
    {
        output.Append(text);
        return 1;
    }

    private static string? Escape(char c, bool inClass) => c switch
    {
        'd' => inClass ? "0-9" : "[0-9]",
        'w' => inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]",
        's' => inClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]",
        'D' => inClass ? null : "[^0-9]",
        'W' => inClass ? null : "[^0-9A-Za-z_]",
        'S' => inClass ? null : "[^\\t\\n\\f\\r ]",
        'a' or 'f' or 't' or 'n' or 'r' or 'v' or 'x' or 'p' or 'P' => "\\" + c,
        'A' or 'z' or 'b' or 'B' when !inClass => "\\" + c,
        _ => char.IsAsciiLetterOrDigit(c) ? null : "\\" + c,
    };

    private static bool TooOften(string pattern, int at)
    {
        var number = 0;
        for (; at < pattern.Length && (char.IsAsciiDigit(pattern[at]) || pattern[at] == ','); at++)
        {
            number = pattern[at] == ',' ? 0 : (number * 10) + (pattern[at] - '0');
            if (number > MostRepeats)
            {
                return true;
            }
        }
        return false;
    }
}
