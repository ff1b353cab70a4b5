using System.Globalization;
using System.Text;

namespace Gantry.Api.Cel;

/// <summary>Why a text is no program.</summary>
/// <param name="Message">What is wrong, without the place.</param>
/// <param name="Line">The line in the text, from 1.</param>
/// <param name="Column">The column in that line, in code points from 0.</param>
public sealed record CelError(string Message, int Line, int Column)
{
    internal static CelError At(string message, string text, int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        var column = 0;
        foreach (var _ in before[(before.LastIndexOf('\n') + 1)..].EnumerateRunes())
        {
            column++;
        }
        return new(message, before.Count('\n') + 1, column);
    }

    /// <summary>The error as clients see it: with its place (the column from 1), the line it is in, and a mark below it.</summary>
    /// <param name="text">The expression.</param>
    public string Display(string text)
    {
        var line = text.Split('\n')[Math.Min(Line - 1, text.Count(c => c == '\n'))].Replace('\t', ' ');
        var output = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"ERROR: <input>:{Line}:{Column + 1}: {Message}\n | {line}\n | "));
        var at = 0;
        var wide = false;
        foreach (var rune in line.EnumerateRunes())
        {
            // Characters outside ASCII are marked with characters of their width.
            wide = rune.Utf8SequenceLength > 1;
            if (at == Column)
            {
                break;
            }
            output.Append(wide ? '．' : '.');
            (at, wide) = (at + 1, false);
        }
        return output.Append(wide ? '＾' : '^').ToString();
    }
}
