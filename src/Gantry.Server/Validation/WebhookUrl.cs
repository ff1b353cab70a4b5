namespace Gantry.Server.Validation;

/// <summary>The parts of a URL as Kubernetes reads them, who takes apart what is there and judges little.</summary>
/// <param name="Scheme">In lower case; empty where there is none.</param>
/// <param name="User">What stands before the host; null where nothing does.</param>
/// <param name="Host">The host with its port.</param>
/// <param name="Query">Without the question mark.</param>
/// <param name="Fragment">Without the hash.</param>
internal sealed record WebhookUrl(string Scheme, string? User, string Host, string Query, string Fragment)
{
    /// <summary>Takes a URL apart.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="fault">Why it is none, when null is returned.</param>
    public static WebhookUrl? Parse(string url, out string fault)
    {
        fault = Fault(url) is { } found ? $"parse {Authorization.GoText.Quote(url)}: {found}" : "";
        if (fault.Length > 0)
        {
            return null;
        }

        var (rest, fragment) = Cut(url, '#');
        (rest, var query) = Cut(rest, '?');
        var scheme = SchemeOf(rest);
        rest = scheme.Length > 0 ? rest[(scheme.Length + 1)..] : rest;
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return new WebhookUrl(scheme.ToLowerInvariant(), null, "", query, fragment);
        }

        var (authority, _) = Cut(rest[2..], '/');
        var at = authority.LastIndexOf('@');
        return new WebhookUrl(scheme.ToLowerInvariant(), at < 0 ? null : authority[..at], authority[(at + 1)..], query, fragment);
    }

    private static string? Fault(string url)
    {
        if (url.Any(c => c is < ' ' or '\x7f'))
        {
            return "net/url: invalid control character in URL";
        }

        if (url.StartsWith(':'))
        {
            return "missing protocol scheme";
        }

        var (rest, _) = Cut(Cut(url, '#').Head, '?');
        var scheme = SchemeOf(rest);
        rest = scheme.Length > 0 ? rest[(scheme.Length + 1)..] : rest;
        if (scheme.Length == 0 && !rest.StartsWith('/') && Cut(rest, '/').Head.Contains(':', StringComparison.Ordinal))
        {
            return "first path segment in URL cannot contain colon";
        }

        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }

        var authority = Cut(rest[2..], '/').Head;
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        return HostFault(host);
    }

    private static string? HostFault(string host)
    {
        if (host.StartsWith('['))
        {
            var end = host.LastIndexOf(']');
            return end < 0 ? "missing ']' in host" : PortFault(host[(end + 1)..]);
        }

        var bad = host.IndexOfAny([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']);
        if (bad >= 0)
        {
            return $"invalid character {Authorization.GoText.Quote(host[bad].ToString())} in host name";
        }

        var colon = host.LastIndexOf(':');
        return colon < 0 ? null : PortFault(host[colon..]);
    }

    private static string? PortFault(string port) =>
        port.Length == 0 || port[0] == ':' && port.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? null : $"invalid port {Authorization.GoText.Quote(port)} after host";

    // A letter, then letters, digits and a few signs, up to a colon.
    private static string SchemeOf(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0 ? url[..colon] : "";
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    private static (string Head, string Tail) Cut(string text, char at)
    {
        var i = text.IndexOf(at, StringComparison.Ordinal);
        return i < 0 ? (text, "") : (text[..i], text[(i + 1)..]);
    }
}
