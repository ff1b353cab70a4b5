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

    private const string QualifiedRule =
        "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";

    /// <summary>What is wrong with the key (all of it, in one text), or null.</summary>
    public static string? CheckKey(string key)
    {
        var parts = key.Split('/');
        if (parts.Length > 2)
        {
            return QualifiedRule;
        }

        var wrong = new List<string>();
        if (parts is [var prefix, _])
        {
            if (prefix.Length == 0)
            {
                wrong.Add("prefix part must be non-empty");
            }
            else
            {
                if (prefix.Length > 253)
                {
                    wrong.Add("prefix part must be no more than 253 characters");
                }

                if (!IsSubdomain(prefix))
                {
                    wrong.Add(PrefixRule);
                }
            }
        }

        var name = parts[^1];
        if (name.Length is 0 or > 63)
        {
            wrong.Add(name.Length == 0 ? "name part must be non-empty" : "name part must be no more than 63 characters");
        }

        if (name.Length == 0 || !IsName(name))
        {
            wrong.Add(NameRule);
        }

        return wrong.Count == 0 ? null : string.Join("; ", wrong);
    }

    /// <summary>What is wrong with the value (all of it, in one text), or null.</summary>
    public static string? CheckValue(string value) => (value.Length > 63, value.Length > 0 && !IsName(value)) switch
    {
        (true, true) => "must be no more than 63 characters; " + ValueRule,
        (true, _) => "must be no more than 63 characters",
        (_, true) => ValueRule,
        _ => null,
    };

    private static bool IsName(string text) =>
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsSubdomain(string text) =>
        text.Split('.').All(part => part.Length > 0 && part[0] != '-' && part[^1] != '-'
            && part.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterLower(c) || c == '-'));
}
