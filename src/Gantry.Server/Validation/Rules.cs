using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gantry.Api;

namespace Gantry.Server.Validation;

/// <summary>The formats of names and values that all kinds share, with the words in which Kubernetes refuses them. Each returns what is wrong; nothing when all is well.</summary>
public static class Rules
{
    public const string NotNegative = "must be greater than or equal to 0";
    public const string Immutable = "field is immutable";

    private const string ConfigKeyText = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";

    public static string TooLong(int maximum) => NameFormats.TooLong(maximum);

    public static string Between(int low, int high) => string.Create(CultureInfo.InvariantCulture, $"must be between {low} and {high}, inclusive");

    private static string Pattern(string text, string pattern, params string[] examples) => NameFormats.Pattern(text, pattern, examples);

    /// <summary>RFC 1123 label: at most 63 characters.</summary>
    public static IEnumerable<string> DnsLabel(string value) => NameFormats.DnsLabel(value);

    /// <summary>RFC 1123 subdomain: at most 253 characters.</summary>
    public static IEnumerable<string> DnsSubdomain(string value) => NameFormats.DnsSubdomain(value);

    /// <summary>RFC 1035 label.</summary>
    public static IEnumerable<string> Dns1035Label(string value) => NameFormats.Dns1035Label(value);

    /// <summary>The beginning of a name as it is checked: it may end in a dash, since something follows it. Kubernetes leaves out what stands before the dash, too.</summary>
    public static string AsBeginning(string name) => name.Length > 1 && name[^1] == '-' ? name[..^2] + "a" : name;

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
    public static IEnumerable<string> QualifiedName(string value) => NameFormats.QualifiedName(value);

    public static IEnumerable<string> LabelValue(string value) => NameFormats.LabelValue(value);

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

    /// <summary>Whether it is an address; numbers of IPv4 may begin with zeros.</summary>
    public static bool IsIp(string value) => GoAddress.Parse(value, true, out _) is null;

    /// <summary><c>IPv4</c> or <c>IPv6</c>, of an address or of a range; an address of IPv4 may be written as one of IPv6.</summary>
    public static string FamilyOf(string ip) =>
        ip.Contains(':', StringComparison.Ordinal) && GoAddress.Find(ip.Split('/')[0])?.AddressFamily != AddressFamily.InterNetwork ? "IPv6" : "IPv4";

    public static IEnumerable<string> Ip(string value) => IsIp(value) ? [] : ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];

    /// <summary>Addresses that mean something only to the machine that uses them, or to a whole group, are nobody's.</summary>
    public static IEnumerable<string> OrdinaryIp(string value)
    {
        if (GoAddress.Find(value) is not { } address)
        {
            yield return "must be a valid IP address";
            yield break;
        }

        var bytes = address.GetAddressBytes();
        if (bytes.All(b => b == 0))
        {
            yield return $"may not be unspecified ({value})";
        }

        if (IPAddress.IsLoopback(address))
        {
            yield return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        }

        if (address.IsIPv6LinkLocal || bytes is [169, 254, _, _])
        {
            yield return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        }

        if (bytes is [224, 0, 0, _] || (bytes is [0xFF, var scope, ..] && bytes.Length > 4 && (scope & 0xF) == 2))
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

    public static bool IsLabel(string value, bool startsWithLetter) => NameFormats.IsLabel(value, startsWithLetter);

    public static bool IsSubdomain(string value) => NameFormats.IsSubdomain(value);

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
