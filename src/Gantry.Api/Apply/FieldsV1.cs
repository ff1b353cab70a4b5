using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>The form in which managed fields write a set of fields.</summary>
public static class FieldsV1
{
    private const string Self = ".";

    // Deeper sets than any object could have given rise to are refused before they exhaust the stack.
    private const int MaxDepth = TreeJson.MaxDepth;

    private static readonly TreeMap Nothing = new();

    public static TreeMap Encode(FieldSet set) => Encode(set, self: false);

    /// <summary>Reads a set; elements of unknown kinds are left out.</summary>
    /// <exception cref="TreeException">It is not a set of fields.</exception>
    public static FieldSet Decode(Tree tree) => Decode(tree, 0, out _) ?? FieldSet.Empty;

    private static TreeMap Encode(FieldSet set, bool self)
    {
        var nodes = set.Nodes;
        var map = new TreeMap(nodes.Count + (self ? 1 : 0));
        if (self)
        {
            map.Add(Self, Nothing);
        }
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            map.Add(node.Element.Text, node.Children is null ? Nothing : Encode(node.Children, node.Member));
        }
        return map;
    }

    private static FieldSet? Decode(Tree tree, int depth, out bool member)
    {
        if (tree is not TreeMap map)
        {
            throw new TreeException($"expected an object in fields, got {tree.KindName}");
        }
        if (depth > MaxDepth)
        {
            throw new TreeException("fields are nested too deeply");
        }
        member = map.Count == 0;
        if (member)
        {
            return null;
        }
        var nodes = new List<FieldNode>(map.Count);
        for (var i = 0; i < map.Count; i++)
        {
            if (map.KeyAt(i) == Self)
            {
                member = true;
            }
            else if (PathElement.Parse(map.KeyAt(i)) is { } element)
            {
                var children = Decode(map.ValueAt(i), depth + 1, out var isMember);
                FieldSet.Add(nodes, new(element, isMember, children));
            }
        }
        return FieldSet.Used(FieldSet.Made(nodes));
    }
}
