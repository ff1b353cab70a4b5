using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>Drops what a schema does not describe, and fills in its defaults. Trees are changed in place.</summary>
internal static class StructuralFields
{
    /// <summary>Removes unknown fields below the root, whose apiVersion, kind and metadata stay.</summary>
    /// <param name="schema">The root's schema.</param>
    /// <param name="root">The object.</param>
    /// <param name="dropped">Takes the path of each removed field, such as <c>spec.items[0].x</c>.</param>
    public static void Prune(StructuralSchema schema, TreeMap root, List<string>? dropped) => Prune(schema, root, isObject: true, "", dropped);

    /// <summary>Fills in defaults.</summary>
    public static void Default(StructuralSchema schema, TreeMap root) => Fill(schema, root);

    private static void Prune(StructuralSchema schema, TreeMap map, bool isObject, string path, List<string>? dropped)
    {
        foreach (var key in map.Keys.ToList())
        {
            if (isObject && key is "apiVersion" or "kind" or "metadata")
            {
                continue;
            }

            var child = schema.Properties.GetValueOrDefault(key) ?? schema.Additional;
            var at = path.Length == 0 ? key : path + "." + key;
            if (child is not null)
            {
                Value(child, map[key]!, at, dropped);
            }
            else if (!schema.PreservesUnknown && !schema.AllowsAdditional)
            {
                map.Remove(key);
                dropped?.Add(at);
            }
        }
    }

    private static void Value(StructuralSchema schema, Tree value, string path, List<string>? dropped)
    {
        switch (value)
        {
            case TreeMap map:
                Prune(schema, map, schema.IsEmbedded, path, dropped);
                break;
            case TreeList list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    Value(items, list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), dropped);
                }

                break;
        }
    }

    private static void Fill(StructuralSchema schema, Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                foreach (var (key, property) in schema.Properties)
                {
                    var given = map[key];
                    if ((given is null || (given is TreeNull && !property.Nullable)) && property.Default is { } made)
                    {
                        map[key] = made.DeepClone();
                    }
                }

                for (var i = 0; i < map.Count; i++)
                {
                    if ((schema.Properties.GetValueOrDefault(map.KeyAt(i)) ?? schema.Additional) is { } child)
                    {
                        Fill(child, map.ValueAt(i));
                    }
                }

                break;
            case TreeList list when schema.Items is { } items:
                foreach (var item in list)
                {
                    Fill(items, item);
                }

                break;
        }
    }
}
