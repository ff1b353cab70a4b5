using System.Buffers;
using System.Globalization;

namespace Gantry.Api;

/// <summary>The formats of names that all kinds share, with the words in which Kubernetes refuses them. Each returns what is wrong; nothing when all is well.</summary>
public static class NameFormats
{
    private const string Label1123 = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
    private const string Subdomain1123 = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    private const string Label1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
    private const string QualifiedPart = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private const string LabelText = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static string TooLong(int maximum) => string.Create(CultureInfo.InvariantCulture, $"must be no more than {maximum} characters");

    /// <summary>A rule with examples and the pattern. They are joined with a comma, two blanks and "or": one of Kubernetes' own oddities, kept for those who match on it.</summary>
    public static string Pattern(string text, string pattern, params string[] examples) =>
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

    public static bool IsLabel(string value, bool startsWithLetter)
    {
        // How long a label may be is another rule.
        return value.Length > 0 && value[0] != '-' && value[^1] != '-' && (!startsWithLetter || char.IsAsciiLetterLower(value[0]))
            && !value.AsSpan().ContainsAnyExcept(LabelCharacters);
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
}
