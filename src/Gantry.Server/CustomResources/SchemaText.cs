using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>What a schema tells people, which is half of most schemas and means nothing to values.</summary>
internal static class SchemaText
{
    /// <summary>The schema without it. The tree is the caller's own.</summary>
    public static TreeMap Cut(TreeMap schema)
    {
        foreach (var key in (ReadOnlySpan<string>)["description", "title", "example", "externalDocs"])
        {
            schema.Remove(key);
        }

        // Members may have such names themselves.
        foreach (var member in (schema.Map("properties") ?? new TreeMap()).Select(p => p.Value).OfType<TreeMap>())
        {
            Cut(member);
        }

        foreach (var key in (ReadOnlySpan<string>)["items", "additionalProperties"])
        {
            if (schema.Map(key) is { } inner)
            {
                Cut(inner);
            }
        }

        return schema;
    }
}
