using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Validation.Definitions;

/// <summary>Ways through a schema as a tree.</summary>
internal static class Schemas
{
    /// <summary>Every schema directly inside of a schema that Kubernetes knows the meaning of.</summary>
    public static IEnumerable<TreeMap> Below(TreeMap schema)
    {
        foreach (var key in (string[])["allOf", "anyOf", "oneOf"])
        {
            foreach (var part in schema.Items(key))
            {
                yield return part;
            }
        }

        foreach (var key in (string[])["not", "items", "additionalProperties"])
        {
            if (schema.Map(key) is { } part)
            {
                yield return part;
            }
        }

        foreach (var (_, member) in Members(schema))
        {
            yield return member;
        }
    }

    /// <summary>The described members, by name.</summary>
    public static IEnumerable<(string Name, TreeMap Schema)> Members(TreeMap schema) =>
        schema.Map("properties") is { } members ? members.Where(m => m.Value is TreeMap).Select(m => (m.Key, (TreeMap)m.Value)) : [];

    public static string Type(TreeMap schema) => schema.Text("type") ?? "";

    public static bool Is(TreeMap schema, string flag) => schema[flag] is TreeBool { Value: true };

    public static IReadOnlyList<string> Texts(TreeMap schema, string key) => schema.List(key) is { } list ? [.. list.OfType<TreeString>().Select(t => t.Value)] : [];
}
