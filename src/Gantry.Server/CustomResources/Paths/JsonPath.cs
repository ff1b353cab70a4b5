using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>
/// A path of a printer column, in the language of kubectl's JSONPath templates (Kubernetes documentation, "JSONPath Support"): members, indexes, slices,
/// unions, filters, wildcards, and descent.
/// </summary>
public sealed class JsonPath
{
    private readonly IReadOnlyList<JsonPathNode> _parts;

    private JsonPath(IReadOnlyList<JsonPathNode> parts)
    {
        _parts = parts;
    }

    /// <summary>Reads a path as a column states it, without the braces of a template.</summary>
    /// <returns>Null where it is not one.</returns>
    public static JsonPath? Parse(string text)
    {
        try
        {
            return new JsonPath(JsonPathParser.Template("{" + text + "}"));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The first of what the path leads to; null where it leads nowhere or cannot be followed.</summary>
    public Tree? First(Tree root)
    {
        try
        {
            Tree? first = null;
            for (var i = 0; i < _parts.Count; i++)
            {
                var found = JsonPathRun.Walk([root], _parts[i]);
                first = i == 0 && found.Count > 0 ? found[0] : first;
            }

            return first;
        }
        catch (JsonPathException)
        {
            return null;
        }
    }
}
