using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>The set of fields that an applied configuration states.</summary>
public static class FieldExtraction
{
    public static FieldSet Of(ApplyShape shape, TreeMap value) => FieldSet.Made(Below(shape, value, out _));

    // The nodes below a place, and whether the place itself is a field of its own.
    private static List<FieldNode>? Below(ApplyShape shape, Tree value, out bool member)
    {
        shape = shape.For(value);
        member = false;
        switch (shape)
        {
            case MapShape map when !map.Atomic:
                return value is TreeMap members ? Members(map, members) : null;
            case ListShape list when list.Merging != ListMerging.Atomic:
                return value is TreeList items ? Items(list, items) : null;
            default:
                member = true;
                return null;
        }
    }

    private static List<FieldNode> Members(MapShape shape, TreeMap members)
    {
        var nodes = new List<FieldNode>(members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var value = members.ValueAt(i);
            var below = shape.Member(members.KeyAt(i), out var element, out var described);
            var children = Below(below, value, out var member);
            member |= !described || value is TreeNull or TreeMap { Count: 0 };
            FieldSet.Add(nodes, new(element, member, FieldSet.Used(FieldSet.Made(children))));
        }
        return nodes;
    }

    private static List<FieldNode> Items(ListShape shape, TreeList items)
    {
        var index = ListIndex.Of(shape, items);
        var nodes = new List<FieldNode>(items.Count);
        foreach (var element in index.Order)
        {
            var same = index.At(element);
            // Items that stand twice are owned as a whole.
            nodes.Add(new(element, true, same.Count > 1 ? null : FieldSet.Used(FieldSet.Made(Below(shape.Item, same[0], out _)))));
        }
        return nodes;
    }
}
