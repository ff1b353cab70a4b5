namespace Gantry.Api.Apply;

/// <summary>
/// Field sets after the description of their type has changed, as structured-merge-diff reconciles them: whoever owned anything within what has become
/// one value owns that value. The other way nothing is to be done: who owned the one value goes on to own that place, as if it had always had parts.
/// </summary>
public static class Reconciliation
{
    /// <summary>The set as it is by this shape; the same instance where nothing changes.</summary>
    /// <param name="shape">Of the whole object.</param>
    /// <param name="fields">What one manager owns of it.</param>
    public static FieldSet Of(ApplyShape shape, FieldSet fields)
    {
        List<FieldNode>? changed = null;
        var nodes = fields.Nodes;
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            var now = node.Children is { } children && Member(shape, node.Element) is { } member ? Of(member, node, children) : node;
            if (changed is null && !ReferenceEquals(now.Children, node.Children))
            {
                changed = [.. nodes.Take(i)];
            }

            changed?.Add(now);
        }

        return changed is null ? fields : FieldSet.Made(changed);
    }

    private static FieldNode Of(ApplyShape shape, FieldNode node, FieldSet children)
    {
        if (IsWhole(shape))
        {
            return new FieldNode(node.Element, Member: true, Children: null);
        }

        var below = Of(shape, children);
        return ReferenceEquals(below, children) ? node : node with { Children = below };
    }

    // What is deduced of values that nothing describes is never one value.
    private static bool IsWhole(ApplyShape shape) => shape switch
    {
        MapShape map => map.Atomic && !map.IsFree,
        ListShape list => list.Merging == ListMerging.Atomic,
        _ => ReferenceEquals(shape, ApplyShape.Whole),
    };

    private static ApplyShape? Member(ApplyShape shape, PathElement element) => shape switch
    {
        MapShape { IsFree: false } map => (element.IsField ? map.Find(element.Name)?.Shape : null) ?? map.Others,
        ListShape list => list.Item,
        _ => null,
    };
}
