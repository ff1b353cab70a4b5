using System.Text;

namespace Gantry.Api.Cel.Syntax;

/// <summary>Kubernetes' way of writing property names that are no identifiers: <c>__dot__</c>, <c>__dash__</c>, <c>__slash__</c>, <c>__underscores__</c>, and keywords.</summary>
internal static class CelNames
{
    private static readonly HashSet<string> Keywords =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while",
    ];

    /// <summary>The name by which expressions select a property, or null where none can be made of it.</summary>
    public static string? Escape(string property)
    {
        if (property.Length == 0 || char.IsAsciiDigit(property[0]))
        {
            return null;
        }
        if (Keywords.Contains(property))
        {
            return $"__{property}__";
        }
        var text = new StringBuilder(property.Length);
        for (var at = 0; at < property.Length; at++)
        {
            var c = property[at];
            if (c == '_' && at + 1 < property.Length && property[at + 1] == '_')
            {
                text.Append("__underscores__");
                at++;
                continue;
            }
            switch (c)
            {
                case '.':
                    text.Append("__dot__");
                    break;
                case '-':
                    text.Append("__dash__");
                    break;
                case '/':
                    text.Append("__slash__");
                    break;
                case '_':
                    text.Append(c);
                    break;
                default:
                    if (!char.IsAsciiLetterOrDigit(c))
                    {
                        return null;
                    }
                    text.Append(c);
                    break;
            }
        }
        return text.ToString();
    }
}
