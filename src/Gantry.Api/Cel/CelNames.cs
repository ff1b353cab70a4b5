namespace Gantry.Api.Cel;

/// <summary>Kubernetes' way of writing property names that are no identifiers: <c>__dot__</c>, <c>__dash__</c>, <c>__slash__</c>, <c>__underscores__</c>, and keywords.</summary>
internal static class CelNames
{
    private static readonly (string Escape, string Meaning)[] Escapes = [("__underscores__", "__"), ("__dot__", "."), ("__dash__", "-"), ("__slash__", "/")];

    private static readonly HashSet<string> Keywords =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return",
    ];

    /// <summary>The property that a name stands for, or null when the name has no escapes.</summary>
    public static string? Unescape(string name)
    {
        if (!name.Contains("__", StringComparison.Ordinal))
        {
            return null;
        }
        if (name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && Keywords.Contains(name[2..^2]))
        {
            return name[2..^2];
        }
        var text = new System.Text.StringBuilder();
        for (var at = 0; at < name.Length;)
        {
            var rest = name.AsSpan(at);
            var length = 1;
            foreach (var (escape, meaning) in Escapes)
            {
                if (rest.StartsWith(escape, StringComparison.Ordinal))
                {
                    text.Append(meaning);
                    length = escape.Length;
                    break;
                }
            }
            if (length == 1)
            {
                text.Append(name[at]);
            }
            at += length;
        }
        var meant = text.ToString();
        return meant == name ? null : meant;
    }
}
