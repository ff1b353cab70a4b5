namespace Gantry.Api.Apply;

/// <summary>
/// Applied sets leave out described objects that hold further fields. When fields are taken away those objects must go too, so for removal they are put in.
/// </summary>
internal static class NamedFields
{
    public static FieldSet Added(ApplyShape? shape, FieldSet set)
    {
        var nodes = new List<FieldNode>(set.Nodes.Count);
        foreach (var node in set.Nodes)
        {
            if (node.Children is null)
            {
                nodes.Add(node);
                continue;
            }
            ApplyShape? below = null;
            var described = false;
            if (node.Element.IsField && shape is MapShape map)
            {
                below = map.Member(node.Element.Name, out _, out described);
            }
            else if (!node.Element.IsField && shape is ListShape list)
            {
                below = list.Item;
            }
            nodes.Add(node with { Member = node.Member || described, Children = Added(below, node.Children) });
        }
        return new([.. nodes]);
    }
}
