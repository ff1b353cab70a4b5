namespace Gantry.Api.Trees;

/// <summary>Checks base64 as Go's standard encoding does (padding required, line breaks skipped), and names the byte at which it fails.</summary>
internal static class Base64Text
{
    public static TreeString? Read(string text, out string? error)
    {
        error = null;
        var clean = text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        if (clean.Length % 4 == 0 && System.Buffers.Text.Base64.IsValid(clean))
        {
            return clean.Length == 0 ? TreeString.Empty : new TreeString(clean);
        }
        error = $"illegal base64 data at input byte {Fault(text)}";
        return null;
    }

    private static int Fault(string text)
    {
        var inGroup = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\r' or '\n')
            {
                continue;
            }
            if (char.IsAsciiLetterOrDigit(c) || c is '+' or '/')
            {
                inGroup = (inGroup + 1) % 4;
                continue;
            }
            if (c != '=' || inGroup < 2)
            {
                return i;
            }
            var next = NextOf(text, i);
            if (inGroup == 2)
            {
                if (next == text.Length)
                {
                    return text.Length;
                }
                if (text[next] != '=')
                {
                    return next;
                }
                next = NextOf(text, next);
            }
            return next;
        }
        return text.Length - inGroup;
    }

    private static int NextOf(string text, int at)
    {
        for (at++; at < text.Length && (text[at] is '\r' or '\n'); at++)
        {
        }
        return Math.Min(at, text.Length);
    }
}
