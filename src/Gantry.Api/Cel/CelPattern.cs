using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Gantry.Api.Cel;

/// <summary>Regular expressions in expressions: <see cref="GoPattern"/>.</summary>
internal static class CelPattern
{
    private const int MostKept = 512;

    // Loops ask for the same few again and again.
    private static readonly ConcurrentDictionary<string, Regex> Kept = new(StringComparer.Ordinal);

    /// <summary>Whether a pattern is found in a text; an error for a bad pattern or one that takes too long.</summary>
    public static CelValue Matches(string text, string pattern) => With(pattern, r => CelValue.Of(r.IsMatch(text)));

    /// <summary>The first part of a text that a pattern matches, or nothing.</summary>
    public static CelValue Find(string text, string pattern) => With(pattern, r => CelValue.Of(r.Match(text).Value));

    /// <summary>All parts of a text that a pattern matches.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="most">How many at most; any number below zero for all.</param>
    public static CelValue FindAll(string text, string pattern, long most) => With(pattern, r =>
    {
        var found = new List<CelValue>();
        var end = -1;
        for (var match = r.Match(text); match.Success && (most < 0 || found.Count < most); match = match.NextMatch())
        {
            // Go passes over an empty match right behind another.
            if (match.Length > 0 || match.Index != end)
            {
                found.Add(CelValue.Of(match.Value));
            }
            end = match.Index + match.Length;
        }
        return CelValue.Of(found.ToArray());
    });

    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? Problem(string pattern) => GoPattern.Compile(pattern).Error;

    private static CelValue With(string pattern, Func<Regex, CelValue> use)
    {
        string? error = null;
        if (!Kept.TryGetValue(pattern, out var compiled))
        {
            (compiled, error) = GoPattern.Compile(pattern);
            if (Kept.Count >= MostKept)
            {
                Kept.Clear();
            }
            if (compiled is not null)
            {
                Kept[pattern] = compiled;
            }
        }
        try
        {
            return compiled is null ? CelValue.Error(error!) : use(compiled);
        }
        catch (RegexMatchTimeoutException)
        {
            return CelValue.Error("regular expression took too long");
        }
    }
}
