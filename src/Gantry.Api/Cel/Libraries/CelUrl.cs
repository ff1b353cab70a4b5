using System.Globalization;
using System.Text;

namespace Gantry.Api.Cel.Libraries;

/// <summary>A URL as Go's net/url reads it: an absolute URI or an absolute path.</summary>
internal sealed class CelUrl : CelObject
{
    private const string Unreserved = "-_.~";
    private const string HostCharacters = "!$&'()*+,;=:[]<>\"";
    private const string PathCharacters = "$&+,/:;=@";
    private const string KeptInPath = "!$&'()*+,;=:@[]/%";

    private readonly string _path;
    private readonly string _opaque;
    private readonly string _user;
    private readonly string _query;
    private readonly string _fragment;

    private CelUrl(string scheme, string opaque, string user, string host, string path, string query, string fragment) =>
        (Scheme, _opaque, _user, Host, _path, _query, _fragment) = (scheme, opaque, user, host, path, query, fragment);

    public static CelType UrlType { get; } = CelType.Struct("kubernetes.URL", static () => new Dictionary<string, CelField>());

    public override CelType Type => UrlType;

    public string Scheme { get; }

    /// <summary>Host and port.</summary>
    public string Host { get; }

    public string Hostname
    {
        get
        {
            var host = Port.Length > 0 || Host.EndsWith(':') ? Host[..Host.LastIndexOf(':')] : Host;
            return host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        }
    }

    public string Port
    {
        get
        {
            var colon = Host.LastIndexOf(':');
            return colon >= 0 && Host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? Host[(colon + 1)..] : "";
        }
    }

    /// <summary>The path with the escapes it was written with, and those it needs.</summary>
    public string EscapedPath => _path.All(c => char.IsAsciiLetterOrDigit(c) || Unreserved.Contains(c) || KeptInPath.Contains(c)) ? _path
        : string.Concat(Encoding.UTF8.GetBytes(Unescape(_path)!).Select(Escaped));

    /// <summary>Keys and values in the order of the text; what cannot be unescaped is left out.</summary>
    public IEnumerable<(string Key, string Value)> Query => _query.Split('&').Where(p => p.Length > 0 && !p.Contains(';')).Select(p =>
    {
        var equals = p.IndexOf('=', StringComparison.Ordinal);
        return (Key: Unescape((equals < 0 ? p : p[..equals]).Replace('+', ' ')), Value: Unescape((equals < 0 ? "" : p[(equals + 1)..]).Replace('+', ' ')));
    }).Where(p => p.Key is not null && p.Value is not null).Select(p => (p.Key!, p.Value!));

    /// <summary>What is wrong with a text as the address of a request, in Go's words; null for a good one.</summary>
    public static string? ProblemOfRequest(string text) => Read(text, text, "", true, out _) is { } problem ? $"parse {Quoted(text)}: {problem}" : null;

    /// <summary>Reads a text that is good as the address of a request, this time with its fragment.</summary>
    public static string? Parse(string text, out CelUrl? url)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var problem = Read(text, hash < 0 ? text : text[..hash], hash < 0 ? "" : text[(hash + 1)..], false, out url);
        return problem is null ? null : $"parse {Quoted(text)}: {problem}";
    }

    public override bool Same(CelObject other) => other is CelUrl url && url.ToString() == ToString();

    public override string ToString() =>
        (Scheme.Length > 0 ? Scheme + ":" : "") + (_opaque.Length > 0 ? _opaque : (Host.Length > 0 || _user.Length > 0 ? "//" + (_user.Length > 0 ? _user + "@" : "") + Host : "") + EscapedPath)
        + (_query.Length > 0 ? "?" + _query : "") + (_fragment.Length > 0 ? "#" + _fragment : "");

    private static string? Read(string whole, string text, string fragment, bool request, out CelUrl? url)
    {
        url = null;
        if (whole.Any(c => c is < ' ' or '\x7f'))
        {
            return "net/url: invalid control character in URL";
        }
        if (text.Length == 0 && request)
        {
            return "empty url";
        }
        if (SchemeOf(text, out var scheme, out var rest) is { } problem)
        {
            return problem;
        }
        var query = "";
        if (rest.IndexOf('?', StringComparison.Ordinal) is var mark and >= 0)
        {
            (rest, query) = (rest[..mark], rest[(mark + 1)..]);
        }
        if (!rest.StartsWith('/') && text != "*")
        {
            if (scheme.Length > 0)
            {
                url = new CelUrl(scheme, rest, "", "", "", query, fragment);
                return null;
            }
            if (request)
            {
                return "invalid URI for request";
            }
            if (rest.Split('/')[0].Contains(':', StringComparison.Ordinal))
            {
                return "first path segment in URL cannot contain colon";
            }
        }
        var (user, host) = ("", "");
        if ((scheme.Length > 0 || (!request && !rest.StartsWith("///", StringComparison.Ordinal))) && rest.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = rest.IndexOf('/', 2);
            var authority = slash < 0 ? rest[2..] : rest[2..slash];
            rest = slash < 0 ? "" : rest[slash..];
            var at = authority.LastIndexOf('@');
            (user, host) = at < 0 ? ("", authority) : (authority[..at], authority[(at + 1)..]);
            if (HostProblem(ref host) is { } wrong)
            {
                return wrong;
            }
            if (!user.All(c => char.IsAsciiLetterOrDigit(c) || "-._:~!$&'()*+,;=%@".Contains(c)))
            {
                return "net/url: invalid userinfo";
            }
        }
        if (BadEscape(rest) is { } escape)
        {
            return $"invalid URL escape {Quoted(escape)}";
        }
        url = new CelUrl(scheme, "", user, host, rest, query, fragment);
        return null;
    }

    private static string? SchemeOf(string text, out string scheme, out string rest)
    {
        (scheme, rest) = ("", text);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == ':')
            {
                if (i == 0)
                {
                    return "missing protocol scheme";
                }
                (scheme, rest) = (text[..i].ToLowerInvariant(), text[(i + 1)..]);
                return null;
            }
            if (!char.IsAsciiLetter(c) && (i == 0 || !(char.IsAsciiDigit(c) || c is '+' or '-' or '.')))
            {
                return null;
            }
        }
        return null;
    }

    private static string? HostProblem(ref string host)
    {
        var port = "";
        if (host.StartsWith('['))
        {
            var end = host.LastIndexOf(']');
            if (end < 0)
            {
                return "missing ']' in host";
            }
            port = host[(end + 1)..];
        }
        else if (host.LastIndexOf(':') is var colon and >= 0)
        {
            port = host[colon..];
        }
        if (port.Length > 0 && (port[0] != ':' || port.AsSpan(1).IndexOfAnyExceptInRange('0', '9') >= 0))
        {
            return $"invalid port {Quoted(port)} after host";
        }
        if (BadEscape(host) is { } escape)
        {
            return $"invalid URL escape {Quoted(escape)}";
        }
        foreach (var c in host)
        {
            if (c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c != '%' && !Unreserved.Contains(c) && !HostCharacters.Contains(c))
            {
                return $"invalid character {Quoted(c.ToString())} in host name";
            }
        }
        host = Unescape(host)!;
        return null;
    }

    private static string? BadEscape(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return text.Substring(i, Math.Min(3, text.Length - i));
            }
        }
        return null;
    }

    private static string? Unescape(string text) =>
        !text.Contains('%', StringComparison.Ordinal) ? text : BadEscape(text) is null ? Uri.UnescapeDataString(text) : null;

    private static string Escaped(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || Unreserved.Contains((char)value) || PathCharacters.Contains((char)value) ? ((char)value).ToString() : "%" + value.ToString("X2", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => Trees.GoSyntax.Quoted(text);
}
