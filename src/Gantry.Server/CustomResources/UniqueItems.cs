using System.Globalization;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.CustomResources;

/// <summary>Lists that are sets or maps hold every item, or every key, once.</summary>
internal static class UniqueItems
{
    /// <summary>Every item that stands there before.</summary>
    public static IReadOnlyList<FieldError> Check(StructuralSchema schema, TreeMap root)
    {
        if (!schema.HoldsKeyed)
        {
            return [];
        }

        var errors = new List<FieldError>();
        Map(schema, root, "", errors);
        return errors;
    }

    private static void Map(StructuralSchema schema, TreeMap map, string path, List<FieldError> errors)
    {
        for (var i = 0; i < map.Count; i++)
        {
            var key = map.KeyAt(i);
            if (schema.Properties.GetValueOrDefault(key) is { } described)
            {
                Value(described, map.ValueAt(i), path.Length == 0 ? key : path + "." + key, errors);
            }
            else if (schema.Additional is { } other)
            {
                Value(other, map.ValueAt(i), $"{path}[{key}]", errors);
            }
        }
    }

    private static void Value(StructuralSchema schema, Tree value, string path, List<FieldError> errors)
    {
        if (!schema.HoldsKeyed)
        {
            return;
        }

        if (value is TreeMap map)
        {
            Map(schema, map, path, errors);
        }
        else if (value is TreeList list)
        {
            switch (schema.ListType)
            {
                case "set":
                    Once(list, path, errors);
                    break;
                case "map":
                    Keys(schema.ListKeys, list, path, errors);
                    break;
            }

            for (var i = 0; schema.Items is { } items && i < list.Count; i++)
            {
                Value(items, list[i], At(path, i), errors);
            }
        }
    }

    private static void Keys(IReadOnlyList<string> names, TreeList list, string path, List<FieldError> errors)
    {
        var keys = new TreeList(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not (TreeMap or TreeNull))
            {
                errors.Add(FieldError.Invalid(At(path, i), null, "must be an object for an array of list-type map") with { Value = GoSyntax.Value(list[i]) });
                return;
            }

            var key = new TreeMap(names.Count);
            foreach (var name in names)
            {
                key[name] = (list[i] as TreeMap)?[name];
            }

            keys.Add(key);
        }

        Once(keys, path, errors);
    }

    // An item that stands there three times is told of once.
    private static void Once(TreeList items, string path, List<FieldError> errors)
    {
        if (items.Count < 2)
        {
            return;
        }

        var seen = new Dictionary<Tree, int>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var times = seen[items[i]] = seen.GetValueOrDefault(items[i]) + 1;
            if (times == 2)
            {
                errors.Add(new FieldError(FieldErrorType.Duplicate, At(path, i), GoSyntax.Value(items[i]), ""));
            }
        }
    }

    private static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
