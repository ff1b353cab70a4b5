using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>
/// The simple paths that columns and scale subresources use: members (<c>.spec.x</c>, <c>['x']</c>), indexes (<c>[0]</c>), and the first item of a list with
/// a member of a value (<c>[?(@.type=="Ready")]</c>).
/// </summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Step> _steps;

    private JsonPath(IReadOnlyList<Step> steps)
    {
        _steps = steps;
    }

    /// <summary>Reads a path; what cannot be read finds nothing.</summary>
    public static JsonPath Parse(string text)
    {
        var steps = new List<Step>();
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '.')
            {
                var end = text.AsSpan(at + 1).IndexOfAny('.', '[');
                var name = end < 0 ? text[(at + 1)..] : text.Substring(at + 1, end);
                at += 1 + name.Length;
                if (name.Length > 0)
                {
                    steps.Add(new Step(name, null, "", ""));
                }

                continue;
            }

            var close = text[at] == '[' ? Close(text, at) : -1;
            if (close < 0 || Bracket(text[(at + 1)..close]) is not { } step)
            {
                return new JsonPath([new Step("\0", null, "", "")]);
            }

            steps.Add(step);
            at = close + 1;
        }

        return new JsonPath(steps);
    }

    /// <summary>What the path leads to, or null.</summary>
    public Tree? Find(Tree root)
    {
        Tree? at = root;
        foreach (var step in _steps)
        {
            at = step switch
            {
                { Name.Length: > 0 } => (at as TreeMap)?[step.Name],
                { Index: { } index } => at is TreeList list && index < list.Count && index >= 0 ? list[index] : null,
                _ => (at as TreeList)?.OfType<TreeMap>().FirstOrDefault(m => m.Text(step.Member) == step.Value),
            };
            if (at is null)
            {
                return null;
            }
        }

        return at;
    }

    private static Step? Bracket(string inside)
    {
        if (inside.Length > 1 && inside[0] is '\'' or '"')
        {
            return new Step(inside[1..^1], null, "", "");
        }

        if (int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return new Step("", index, "", "");
        }

        if (!inside.StartsWith("?(@.", StringComparison.Ordinal) || !inside.EndsWith(')'))
        {
            return null;
        }

        var condition = inside[4..^1].Split("==", 2);
        return condition.Length == 2 ? new Step("", null, condition[0].Trim(), condition[1].Trim().Trim('"', '\'')) : null;
    }

    // The bracket that closes, past any in quotes.
    private static int Close(string text, int open)
    {
        var quote = '\0';
        for (var i = open + 1; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                quote = text[i] == quote ? '\0' : quote;
            }
            else if (text[i] is '"' or '\'')
            {
                quote = text[i];
            }
            else if (text[i] == ']')
            {
                return i;
            }
        }

        return -1;
    }

    private sealed record Step(string Name, int? Index, string Member, string Value);
}
