using System.Text.RegularExpressions;

namespace Gantry.Api;

/// <summary>
/// Regular expressions as Go has them (the syntax of RE2): no look-around, no references back, time linear in the text; classes such as <c>\d</c> are
/// ASCII, and <c>$</c> is the end of the text.
/// </summary>
public static class GoPattern
{
    private const int LongestPattern = 10_000;

    // Patterns come from users, and the engine is linear in the text: the limit is for a machine that stands still, not for a busy one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads a pattern.</summary>
    /// <returns>The expression, or Go's words for what is wrong with the pattern.</returns>
    public static (Regex? Pattern, string? Error) Compile(string pattern)
    {
        if (pattern.Length > LongestPattern)
        {
            return (null, "error parsing regexp: expression too large");
        }

        var reading = new GoPatternReader(pattern);
        if (reading.Translate() is not { } translated)
        {
            return (null, "error parsing regexp: " + reading.Error);
        }

        try
        {
            return (new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture, Patience), null);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return (null, $"error parsing regexp: expression too large: `{pattern}`");
        }
    }
}
