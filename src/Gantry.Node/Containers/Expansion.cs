using System.Text;

namespace Gantry.Node.Containers;

/// <summary>$(NAME) in commands, arguments, environment values and sub-paths.</summary>
public static class Expansion
{
    /// <summary>
    /// Replaces every $(NAME) that is known; an unknown one and an unclosed "$(" stay as they are; "$$" is one dollar and starts nothing.
    /// </summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables) =>
        Expand(text, name => variables.TryGetValue(name, out var value) ? value : null, null);

    /// <param name="text">What may hold references.</param>
    /// <param name="variables">Where the names are looked up.</param>
    /// <param name="missing">Gets the names that were not found.</param>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables, ICollection<string> missing) =>
        Expand(text, name => variables.TryGetValue(name, out var value) ? value : null, missing);

    private static string Expand(string text, Func<string, string?> lookup, ICollection<string>? missing)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var next = text[i + 1];
            var end = next == '(' ? text.IndexOf(')', i + 2) : -1;
            if (end >= 0)
            {
                var name = text[(i + 2)..end];
                var value = lookup(name);
                if (value is null)
                {
                    missing?.Add(name);
                }

                result.Append(value ?? text[i..(end + 1)]);
                i = end;
            }
            else if (next == '$')
            {
                result.Append('$');
                i++;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }
}
