using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>Drops what a schema does not describe, and fills in its defaults. Trees are changed in place.</summary>
internal static class StructuralFields
{
    /// <summary>Removes unknown fields.</summary>
    /// <param name="schema">The value's schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="isObject">Whether it is a whole object, whose apiVersion, kind and metadata stay.</param>
    /// <param name="dropped">Takes the path of each removed field, such as <c>spec.items[0].x</c>, in no order.</param>
    public static void Prune(StructuralSchema schema, Tree value, bool isObject, List<string>? dropped) => Prune(schema, value, isObject, "", dropped);

    /// <summary>Fills in defaults where there is no value, and where there is null but may not be; null that may not be and has no default goes.</summary>
    public static void Default(StructuralSchema schema, Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                foreach (var (key, property) in schema.Properties)
                {
                    if (property.Default is { } made && !map.Contains(key))
                    {
                        map[key] = made.DeepClone();
                    }
                }

                Members(schema, map);
                break;
            case TreeList list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is TreeNull && items is { Nullable: false, Default: { } made })
                    {
                        list[i] = made.DeepClone();
                    }

                    Default(items, list[i]);
                }

                break;
        }
    }

    private static void Members(StructuralSchema schema, TreeMap map)
    {
        for (var i = 0; i < map.Count; i++)
        {
            if (schema.Member(map.KeyAt(i)) is not { } child)
            {
                continue;
            }

            if (map.ValueAt(i) is TreeNull && !child.Nullable)
            {
                if (child.Default is not { } made)
                {
                    map.Remove(map.KeyAt(i));
                    i--;
                    continue;
                }

                map.SetAt(i, made.DeepClone());
            }

            Default(child, map.ValueAt(i));
        }
    }

    private static void Prune(StructuralSchema schema, Tree value, bool isObject, string path, List<string>? dropped)
    {
        isObject |= schema.IsEmbedded;
        switch (value)
        {
            case TreeMap map:
                Members(schema, map, isObject, path, dropped);
                break;
            case TreeList list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (schema.Items is { } items)
                    {
                        Prune(items, list[i], false, dropped is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), dropped);
                    }
                }

                break;
        }
    }

    private static void Members(StructuralSchema schema, TreeMap map, bool isObject, string path, List<string>? dropped)
    {
        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            if (isObject && key is "apiVersion" or "kind" or "metadata")
            {
                continue;
            }

            var at = dropped is null ? "" : path.Length == 0 ? key : path + "." + key;
            if (schema.Member(key) is { } child)
            {
                Prune(child, map.ValueAt(i), false, at, dropped);
            }
            else if (!schema.PreservesUnknown && !schema.AllowsAdditional)
            {
                map.Remove(key);
                i--;
                dropped?.Add(at);
            }
        }
    }
}
