namespace Gantry.Server.CustomResources;

/// <summary>URIs as Go reads those of requests: an absolute path, or anything after a scheme.</summary>
internal static class UriText
{
    public static bool IsRequestUri(string text)
    {
        if (text.Length == 0 || text.Any(c => c < ' ' || c == 0x7F))
        {
            return false;
        }

        if (text == "*")
        {
            return true;
        }

        var scheme = Scheme(text);
        if (scheme < 0)
        {
            return false;
        }

        var rest = text[scheme..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        rest = query < 0 ? rest : rest[..query];
        if (!rest.StartsWith('/'))
        {
            // Opaque: mailto:x@example.com
            return scheme > 0;
        }

        if (!rest.StartsWith("//", StringComparison.Ordinal) || (scheme == 0 && rest.StartsWith("///", StringComparison.Ordinal)))
        {
            return IsEscaped(rest);
        }

        var slash = rest.IndexOf('/', 2);
        return IsAuthority(slash < 0 ? rest[2..] : rest[2..slash]) && (slash < 0 || IsEscaped(rest[slash..]));
    }

    // The length of the scheme and its colon; 0 without one, -1 where a colon stands where a scheme should.
    private static int Scheme(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiLetter(c) || (i > 0 && (char.IsAsciiDigit(c) || c is '+' or '-' or '.')))
            {
                continue;
            }

            return c == ':' ? (i == 0 ? -1 : i + 1) : 0;
        }

        return 0;
    }

    private static bool IsAuthority(string text)
    {
        var host = text[(text.LastIndexOf('@') + 1)..];
        var port = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : host.LastIndexOf(':');
        if (host.StartsWith('[') && port == 0)
        {
            return false;
        }

        var name = port < 0 ? host : host[..port];
        var number = port < 0 ? "" : host[port..];
        return (number.Length == 0 || (number[0] == ':' && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0))
            && !name.Any(c => c is ' ' or '"' or '\\' or '^' or '`' or '{' or '|' or '}') && IsEscaped(name);
    }

    private static bool IsEscaped(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
            {
                return false;
            }
        }

        return true;
    }
}
