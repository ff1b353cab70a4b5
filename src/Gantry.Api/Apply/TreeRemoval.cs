using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Takes the fields of a set out of an object.</summary>
internal static class TreeRemoval
{
    public static TreeMap Remove(ApplyShape shape, TreeMap from, FieldSet fields) =>
        fields.IsEmpty ? from : Value(shape, from, fields) as TreeMap ?? new TreeMap();

    private static Tree Value(ApplyShape shape, Tree value, FieldSet fields)
    {
        switch (shape.For(value))
        {
            case MapShape map:
                return map.Atomic || value is not TreeMap members ? TreeNull.Instance : Members(map, members, fields);
            case ListShape list:
                return list.Merging == ListMerging.Atomic || value is not TreeList items ? TreeNull.Instance : Items(list, items, fields);
            default:
                return value;
        }
    }

    private static Tree Members(MapShape shape, TreeMap members, FieldSet fields)
    {
        var left = new TreeMap(members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var below = shape.Member(members.KeyAt(i), out var element, out _);
            var found = fields.Find(element, out var node);
            if (!found || !node.Member)
            {
                left.Add(members.KeyAt(i), found && node.Children is not null ? Value(below, members.ValueAt(i), node.Children) : members.ValueAt(i));
            }
        }
        return left.Count > 0 ? left : TreeNull.Instance;
    }

    private static Tree Items(ListShape shape, TreeList items, FieldSet fields)
    {
        var left = new TreeList(items.Count);
        foreach (var item in items)
        {
            var node = default(FieldNode);
            var found = shape.ElementOf(item, out _) is { } element && fields.Find(element, out node);
            if (!found || !node.Member)
            {
                left.Add(found && node.Children is not null ? Value(shape.Item, item, node.Children) : item);
            }
        }
        return left.Count > 0 ? left : TreeNull.Instance;
    }
}
