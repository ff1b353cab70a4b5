using System.Text.RegularExpressions;

namespace Gantry.Api.Cel;

/// <summary>Regular expressions in expressions: <see cref="GoPattern"/>.</summary>
internal static class CelPattern
{
    /// <summary>Whether a pattern is found in a text; an error for a bad pattern or one that takes too long.</summary>
    public static CelValue Matches(string text, string pattern, int at)
    {
        var (compiled, error) = GoPattern.Compile(pattern);
        try
        {
            return compiled is null ? CelValue.Error(error!, at) : CelValue.Of(compiled.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return CelValue.Error("regular expression took too long", at);
        }
    }
}
