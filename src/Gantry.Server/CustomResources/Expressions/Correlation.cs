using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Expressions;

/// <summary>
/// A value beside the old one at the same place. What has not changed is not refused although it breaks a rule, for the rule may be newer than the object
/// (CRDValidationRatcheting). Items of a list have an old value only where keys tell which one it is.
/// </summary>
public sealed class Correlation
{
    private readonly Tree _value;
    private readonly Tree _old;
    private readonly StructuralSchema _schema;
    private Dictionary<Tree, Tree>? _oldItems;
    private bool? _same;

    public Correlation(Tree value, Tree old, StructuralSchema schema) => (_value, _old, _schema) = (value, old, schema);

    /// <summary>Whether the two are equal; sets and lists with keys in any order.</summary>
    public bool IsSame => _same ??= Same(_schema, _value, _old);

    /// <summary>The member of an object or a map; null where it was not there before.</summary>
    public Correlation? Key(string name) =>
        _value is TreeMap map && _old is TreeMap old && map[name] is { } value && old[name] is { } before && _schema.Member(name) is { } schema
            ? new Correlation(value, before, schema) : null;

    /// <summary>The item of a list with keys; null where it was not there before.</summary>
    public Correlation? Index(int index)
    {
        if (_schema.ListType != "map" || _schema.Items is not { } items || _value is not TreeList list || _old is not TreeList old || list[index] is not TreeMap item)
        {
            return null;
        }

        _oldItems ??= ByKeys(_schema, old);
        return _oldItems.TryGetValue(Keys(_schema, item), out var before) ? new Correlation(item, before, items) : null;
    }

    /// <summary>The items of a list by their keys; of two with the same keys the first.</summary>
    public static Dictionary<Tree, Tree> ByKeys(StructuralSchema schema, TreeList list)
    {
        var items = new Dictionary<Tree, Tree>(list.Count);
        foreach (var item in list.OfType<TreeMap>())
        {
            items.TryAdd(Keys(schema, item), item);
        }

        return items;
    }

    /// <summary>What identifies an item of a list with keys.</summary>
    public static Tree Keys(StructuralSchema schema, TreeMap item) => new TreeList(schema.ListKeys.Select(k => item[k] ?? TreeNull.Instance));

    private static bool Same(StructuralSchema schema, Tree value, Tree old)
    {
        switch (value, old)
        {
            case (TreeMap map, TreeMap before):
                return map.Count == before.Count && map.All(p => before[p.Key] is { } other && (schema.Member(p.Key) is { } member ? Same(member, p.Value, other) : p.Value.Equals(other)));
            case (TreeList list, TreeList before) when list.Count != before.Count:
                return false;
            case (TreeList list, TreeList before) when schema.ListType == "set":
                return list.ToHashSet().SetEquals(before);
            case (TreeList list, TreeList before) when schema is { ListType: "map", Items: { } items }:
                var known = ByKeys(schema, before);
                return list.All(i => i is TreeMap item && known.TryGetValue(Keys(schema, item), out var other) && Same(items, item, other));
            case (TreeList list, TreeList before) when schema.Items is { } items:
                return list.Zip(before).All(p => Same(items, p.First, p.Second));
            default:
                return value.Equals(old);
        }
    }
}
