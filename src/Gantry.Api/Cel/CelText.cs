namespace Gantry.Api.Cel;

/// <summary>Texts by code points, as expressions count and cut them.</summary>
internal static class CelText
{
    public static int Length(string text)
    {
        var pairs = 0;
        foreach (var c in text)
        {
            pairs += char.IsLowSurrogate(c) ? 1 : 0;
        }
        return text.Length - pairs;
    }

    /// <summary>The place in UTF-16 units of a code point; the end for one past the last; -1 outside the text.</summary>
    public static int Unit(string text, long point)
    {
        if (point < 0 || point > text.Length)
        {
            return -1;
        }
        var at = 0;
        for (; point > 0; point--)
        {
            if (at >= text.Length)
            {
                return -1;
            }
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }
        return at;
    }

    /// <summary>The code point that begins at a place in UTF-16 units.</summary>
    public static long Point(string text, int unit) => unit < 0 ? -1 : Length(text[..unit]);
}
