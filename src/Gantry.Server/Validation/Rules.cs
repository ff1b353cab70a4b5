using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gantry.Server.Validation;

/// <summary>The formats of names and values that all kinds share, with the words in which Kubernetes refuses them. Each returns what is wrong; nothing when all is well.</summary>
public static class Rules
{
    public const string NotNegative = "must be greater than or equal to 0";
    public const string Immutable = "field is immutable";

    private const string Label1123 = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
    private const string Subdomain1123 = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    private const string Label1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
    private const string QualifiedPart = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private const string LabelText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private const string ConfigKeyText = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static string TooLong(int maximum) => string.Create(CultureInfo.InvariantCulture, $"must be no more than {maximum} characters");

    public static string Between(int low, int high) => string.Create(CultureInfo.InvariantCulture, $"must be between {low} and {high}, inclusive");

    // Examples are joined with a comma, two blanks and "or": one of Kubernetes' own oddities, kept for those who match on it.
    private static string Pattern(string text, string pattern, params string[] examples) =>
        $"{text} (e.g. {string.Join(" or ", examples.Select(e => $"'{e}', "))}regex used for validation is '{pattern}')";

    /// <summary>RFC 1123 label: at most 63 characters.</summary>
    public static IEnumerable<string> DnsLabel(string value)
    {
        if (value.Length > 63)
        {
            yield return TooLong(63);
        }

        if (!IsLabel(value, false))
        {
            yield return IsSubdomain(value) ? "must not contain dots" : Pattern(Label1123, "[a-z0-9]([-a-z0-9]*[a-z0-9])?", "my-name", "123-abc");
        }
    }

    /// <summary>RFC 1123 subdomain: at most 253 characters.</summary>
    public static IEnumerable<string> DnsSubdomain(string value)
    {
        if (value.Length > 253)
        {
            yield return TooLong(253);
        }

        if (!IsSubdomain(value))
        {
            yield return Pattern(Subdomain1123, @"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", "example.com");
        }
    }

    /// <summary>RFC 1035 label.</summary>
    public static IEnumerable<string> Dns1035Label(string value)
    {
        if (value.Length > 63)
        {
            yield return TooLong(63);
        }

        if (!IsLabel(value, true))
        {
            yield return Pattern(Label1035, "[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123");
        }
    }

    /// <summary>A name that is one segment of a path.</summary>
    public static IEnumerable<string> PathSegment(string value)
    {
        if (value is "." or "..")
        {
            yield return $"may not be '{value}'";
        }

        foreach (var bad in "/%")
        {
            if (value.Contains(bad))
            {
                yield return $"may not contain '{bad}'";
            }
        }
    }

    /// <summary>A label or annotation key: an optional DNS prefix, a slash, and a name of at most 63 characters.</summary>
    public static IEnumerable<string> QualifiedName(string value)
    {
        var parts = value.Split('/');
        var name = parts[^1];
        switch (parts.Length)
        {
            case 1:
                break;
            case 2:
                if (parts[0].Length == 0)
                {
                    yield return "prefix part must be non-empty";
                }
                else
                {
                    foreach (var error in DnsSubdomain(parts[0]))
                    {
                        yield return "prefix part " + error;
                    }
                }

                break;
            default:
                yield return "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
                    + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') "
                    + "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
                yield break;
        }

        if (name.Length == 0)
        {
            yield return "name part must be non-empty";
        }
        else if (name.Length > 63)
        {
            yield return "name part " + TooLong(63);
        }

        if (!IsQualifiedPart(name))
        {
            yield return Pattern(QualifiedPart, "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", "MyName", "my.name", "123-abc");
        }
    }

    public static IEnumerable<string> LabelValue(string value)
    {
        if (value.Length > 63)
        {
            yield return TooLong(63);
        }

        if (value.Length > 0 && !IsQualifiedPart(value))
        {
            yield return Pattern(LabelText, "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", "MyValue", "my_value", "12345");
        }
    }

    /// <summary>A key of a ConfigMap or Secret.</summary>
    public static IEnumerable<string> ConfigKey(string value)
    {
        if (value.Length > 253)
        {
            yield return TooLong(253);
        }

        if (value.Length == 0 || !value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            yield return Pattern(ConfigKeyText, "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");
        }

        if (value == "." || value == ".." || value.StartsWith("..", StringComparison.Ordinal))
        {
            yield return value is "." or ".." ? $"must not be '{value}'" : "must not start with '..'";
        }
    }

    /// <summary>The name of an environment variable (relaxed, as of 1.32).</summary>
    public static IEnumerable<string> EnvName(string value)
    {
        if (value.Length == 0)
        {
            yield return "environment variable name must be non-empty";
        }

        if (value.Any(c => c is < ' ' or > '~' or '='))
        {
            yield return "a valid environment variable name must consist only of printable ASCII characters other than '='";
        }
    }

    /// <summary>An IANA service name: a port's name.</summary>
    public static IEnumerable<string> PortName(string value)
    {
        if (value.Length > 15)
        {
            yield return TooLong(15);
        }

        if (!value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || value.Length == 0)
        {
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        }

        if (!value.Any(char.IsAsciiLetterLower))
        {
            yield return "must contain at least one letter (a-z)";
        }

        if (value.Contains("--", StringComparison.Ordinal))
        {
            yield return "must not contain consecutive hyphens";
        }

        if (value.Length > 0 && (value[0] == '-' || value[^1] == '-'))
        {
            yield return "must not begin or end with a hyphen";
        }
    }

    public static IEnumerable<string> PortNumber(int value) => value is < 1 or > 65535 ? [Between(1, 65535)] : [];

    public static bool IsIp(string value) => IPAddress.TryParse(value, out var address) &&
        (address.AddressFamily == AddressFamily.InterNetworkV6 || value.Count(c => c == '.') == 3 && value.Split('.').All(p => p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0')));

    public static IEnumerable<string> Ip(string value) => IsIp(value) ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];

    /// <summary>Addresses that mean something only to the machine that uses them, or to a whole group, are nobody's.</summary>
    public static IEnumerable<string> OrdinaryIp(string value)
    {
        var address = IPAddress.Parse(value);
        var bytes = address.GetAddressBytes();
        if (bytes.All(b => b == 0))
        {
            yield return $"may not be unspecified ({(bytes.Length == 4 ? "0.0.0.0" : "::")})";
        }

        if (IPAddress.IsLoopback(address))
        {
            yield return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        }

        if (address.IsIPv6LinkLocal || bytes is [169, 254, _, _])
        {
            yield return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        }

        if (bytes is [224, 0, 0, _] or [0xFF, 0x02, ..])
        {
            yield return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        }
    }

    public static bool IsCidr(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IsIp(value[..slash]) && int.TryParse(value.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            && bits <= (value.Contains(':', StringComparison.Ordinal) ? 128 : 32);
    }

    public static IEnumerable<string> Cidr(string value) => IsCidr(value) ? [] : ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];

    public static bool IsLabel(string value, bool startsWithLetter)
    {
        if (value.Length is 0 or > 63 || value[0] == '-' || value[^1] == '-' || startsWithLetter && !char.IsAsciiLetterLower(value[0]))
        {
            return value.Length > 63 && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        }

        foreach (var c in value)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsSubdomain(string value)
    {
        foreach (var part in value.AsSpan().Split('.'))
        {
            var label = value.AsSpan(part);
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(LabelCharacters))
            {
                return false;
            }
        }

        return value.Length > 0;
    }

    private static bool IsQualifiedPart(string value)
    {
        if (value.Length == 0 || !char.IsAsciiLetterOrDigit(value[0]) || !char.IsAsciiLetterOrDigit(value[^1]))
        {
            return false;
        }

        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>*.example.com</c></summary>
    public static IEnumerable<string> WildcardSubdomain(string value)
    {
        if (value.Length > 253)
        {
            yield return TooLong(253);
        }

        if (!value.StartsWith("*.", StringComparison.Ordinal) || !IsSubdomain(value[2..]))
        {
            yield return Pattern("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
                @"\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", "*.example.com");
        }
    }
}
