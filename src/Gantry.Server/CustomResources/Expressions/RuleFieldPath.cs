using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.CustomResources.Expressions;

/// <summary>Paths to fields as definitions write them: <c>.spec.replicas</c> or <c>.spec['a.b']</c>.</summary>
internal static class RuleFieldPath
{
    private const string NoField = "does not refer to a valid field";

    /// <summary>Follows a path.</summary>
    /// <param name="schema">Where it begins.</param>
    /// <param name="text">The path.</param>
    /// <param name="brackets">Whether names may stand in brackets.</param>
    /// <param name="path">The path as errors write it.</param>
    /// <param name="found">The schema at its end.</param>
    /// <returns>What is wrong with it, in Kubernetes' words, or null.</returns>
    public static string? Resolve(TreeMap schema, string text, bool brackets, out string path, out TreeMap found)
    {
        (path, found) = ("", schema);
        var tokens = Tokens(text);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] is not ("." or "["))
            {
                return "expected [ or . but got: " + tokens[i];
            }

            var bracket = tokens[i] == "[";
            if (bracket && !brackets)
            {
                return "array notation is not allowed";
            }

            if (++i == tokens.Count)
            {
                return "unexpected end of JSON path";
            }

            var name = tokens[i];
            if (bracket && Unquoted(ref name) is { } problem)
            {
                return problem;
            }

            if (Step(ref path, ref found, name) is { } wrong)
            {
                return wrong;
            }

            if (bracket && ++i == tokens.Count)
            {
                return "unexpected end of JSON path";
            }

            if (bracket && tokens[i] != "]")
            {
                return "expected ] but got " + tokens[i];
            }
        }

        return null;
    }

    private static string? Step(ref string path, ref TreeMap found, string name)
    {
        if (found.Map("properties") is { Count: > 0 } members)
        {
            path = path.Length == 0 ? name : path + "." + name;
            if (members.Map(name) is not { } member)
            {
                return NoField;
            }

            found = member;
            return null;
        }

        path = $"{path}[{name}]";
        if (found.Map("additionalProperties") is not { } value)
        {
            return NoField;
        }

        found = value;
        return null;
    }

    // Delimiters one by one, what stands between them, and quoted texts as a whole.
    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = at + 1;
            if (text[at] == '\'')
            {
                while (end < text.Length && !(text[end] == '\'' && text[end - 1] != '\\'))
                {
                    end++;
                }

                end = Math.Min(end + 1, text.Length);
            }
            else if (text[at] is not ('.' or '[' or ']'))
            {
                var next = text.AsSpan(at).IndexOfAny('.', '[', ']');
                end = next < 0 ? text.Length : at + next;
            }

            tokens.Add(text[at..end]);
            at = end;
        }

        return tokens;
    }

    private static string? Unquoted(ref string token)
    {
        if (token.Length < 2 || token[0] != '\'' || token[^1] != '\'')
        {
            return "expected single quoted string but got " + token;
        }

        var name = new StringBuilder();
        for (var i = 1; i < token.Length - 1; i++)
        {
            if (token[i] != '\\' || i + 1 == token.Length - 1)
            {
                name.Append(token[i]);
                continue;
            }

            var at = "abfnrtv'\\".IndexOf(token[++i], StringComparison.Ordinal);
            if (at < 0)
            {
                return $"invalid string literal: invalid escape char \\{token[i]}";
            }

            name.Append("\a\b\f\n\r\t\v'\\"[at]);
        }

        token = name.ToString();
        return null;
    }
}
