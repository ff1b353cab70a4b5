namespace Gantry.Client.Selectors;

/// <summary>The syntax of label keys and values (the API conventions' qualified names).</summary>
public static class LabelNames
{
    private const string NameRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string PrefixRule =
        "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>What is wrong with the key, or null.</summary>
    public static string? CheckKey(string key)
    {
        var slash = key.IndexOf('/');
        var name = slash < 0 ? key : key[(slash + 1)..];
        if (slash >= 0)
        {
            var prefix = key[..slash];
            if (prefix.Length == 0)
            {
                return "prefix part must be non-empty";
            }

            if (prefix.Length > 253)
            {
                return "prefix part must be no more than 253 bytes";
            }

            if (!IsSubdomain(prefix))
            {
                return PrefixRule;
            }
        }

        return name.Length == 0 ? "name part must be non-empty"
            : name.Length > 63 ? "name part must be no more than 63 bytes"
            : IsName(name) ? null
            : NameRule;
    }

    /// <summary>What is wrong with the value, or null.</summary>
    public static string? CheckValue(string value) =>
        value.Length > 63 ? "must be no more than 63 bytes" : value.Length == 0 || IsName(value) ? null : ValueRule;

    private static bool IsName(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsSubdomain(string text) =>
        text.Split('.').All(part => part.Length > 0 && part[0] != '-' && part[^1] != '-'
            && part.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c == '-'));
}
