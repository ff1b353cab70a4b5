using System.Globalization;
using System.Text;

namespace Gantry.Server.Http;

/// <summary>
/// Warnings as headers (RFC 7234, section 5.5, code 299). Each is told once; when all together are longer than clients' headers can be, each is cut
/// short, and what is still too much is left out. Input may be in them, so nothing stays that a header cannot hold.
/// </summary>
internal static class WarningHeaders
{
    private const int TotalRunes = 4096;
    private const int ItemRunes = 256;

    /// <summary>The values of the header, one a warning, in order.</summary>
    public static string[] Of(IEnumerable<string> warnings)
    {
        var distinct = warnings.Where(w => w.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Sum(Runes) > TotalRunes)
        {
            var told = 0;
            distinct = [.. distinct.Select(Short).TakeWhile(w => told < TotalRunes && (told += Runes(w)) > 0)];
        }

        return [.. distinct.Select(w => $"299 - {Quoted(w)}")];
    }

    private static int Runes(string text) => text.EnumerateRunes().Count();

    private static string Short(string text) => string.Concat(text.EnumerateRunes().Take(ItemRunes));

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\r' or '\n')
            {
                quoted.Append(' ');
            }
            else if (rune.Value is '"' or '\\')
            {
                quoted.Append('\\').Append(rune);
            }
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Control)
            {
                quoted.Append(rune);
            }
        }

        return quoted.Append('"').ToString();
    }
}
