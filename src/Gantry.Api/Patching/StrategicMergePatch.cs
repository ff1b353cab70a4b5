using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>
/// Strategic merge patch: a JSON merge patch in which lists merge by the key their schema names, with the directives <c>$patch</c>, <c>$retainKeys</c>,
/// <c>$setElementOrder/x</c> and <c>$deleteFromPrimitiveList/x</c>.
/// </summary>
public static class StrategicMergePatch
{
    /// <param name="schema">The type of the patched object.</param>
    /// <param name="original">What is patched; it is not changed.</param>
    /// <param name="patch">The patch; it is not changed.</param>
    public static PatchResult Apply(TypeSchema schema, TreeMap original, TreeMap patch)
    {
        try
        {
            return new PatchResult.Patched(Merge(original, patch, MergeShape.Of(schema)));
        }
        catch (PatchException e)
        {
            return new PatchResult.Refused(e.Message);
        }
    }

    internal static TreeMap Merge(TreeMap original, TreeMap patch, MergeShape shape)
    {
        if (patch[Directives.Patch] is { } directive)
        {
            return Directives.Whole(directive, patch);
        }
        var result = original.ShallowCopy(patch.Count);
        if (patch[Directives.RetainKeys] is { } retained)
        {
            RetainKeys(result, patch, retained);
        }
        // Lists with an order directive go first, together with their directive.
        HashSet<string>? done = null;
        for (var i = 0; i < patch.Count; i++)
        {
            if (Directives.Target(patch.KeyAt(i), Directives.SetElementOrder) is { } ordered)
            {
                OrderedList(result, patch, ordered, patch.ValueAt(i), shape);
                (done ??= new(StringComparer.Ordinal)).Add(ordered);
            }
        }
        for (var i = 0; i < patch.Count; i++)
        {
            var key = patch.KeyAt(i);
            if (key != Directives.RetainKeys && !key.StartsWith(Directives.SetElementOrder, StringComparison.Ordinal) && done?.Contains(key) != true)
            {
                Member(result, key, patch.ValueAt(i), shape);
            }
        }
        return result;
    }

    private static void Member(TreeMap result, string key, Tree change, MergeShape shape)
    {
        var target = Directives.Target(key, Directives.DeleteFromPrimitiveList);
        if (target is not null)
        {
            if (change is not TreeList)
            {
                throw new PatchException(Directives.BadPrimitiveList);
            }
            if (result[target] is TreeList from)
            {
                result[target] = Deleted(from, (TreeList)change);
            }
            return;
        }
        if (change is TreeNull)
        {
            result.Remove(key);
            return;
        }
        switch (result[key])
        {
            case TreeMap map when change is TreeMap changes && shape.Field(key) is not { PatchReplaces: true }:
                result[key] = Merge(map, changes, shape.Below(key));
                break;
            case TreeList list when change is TreeList changes:
                result[key] = Lists(list, changes, shape.Field(key), shape.Below(key));
                break;
            default:
                result[key] = Directives.Dropped(change) ?? TreeNull.Instance;
                break;
        }
    }

    private static void RetainKeys(TreeMap result, TreeMap patch, Tree retained)
    {
        if (retained is not TreeList list)
        {
            throw new PatchException(Directives.BadRetainKeys);
        }
        var keep = list.OfType<TreeString>().Select(k => k.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in patch)
        {
            if (value is not TreeNull && key[0] != '$' && !keep.Contains(key))
            {
                throw new PatchException(Directives.BadRetainKeys);
            }
        }
        foreach (var key in result.Keys.Where(k => !keep.Contains(k)).ToList())
        {
            result.Remove(key);
        }
    }

    private static TreeList Deleted(TreeList from, TreeList items) => new(from.Where(item => !items.Contains(item)));

    private static TreeList Lists(TreeList original, TreeList patch, FieldSchema? field, MergeShape items)
    {
        if (field is not { PatchMerges: true })
        {
            return (TreeList)Directives.Dropped(patch)!;
        }
        return ListMerge.Merge(original, patch, field.PatchMergeKey, items);
    }

    private static void OrderedList(TreeMap result, TreeMap patch, string key, Tree order, MergeShape shape)
    {
        if (order is not TreeList wanted)
        {
            throw new PatchException(Directives.BadOrder);
        }
        var original = result[key] as TreeList;
        var changes = patch[key] as TreeList;
        if (original is null && changes is null)
        {
            if (patch[key] is TreeNull)
            {
                result.Remove(key);
            }
            return;
        }
        var field = shape.Field(key);
        var mergeKey = field?.PatchMergeKey ?? "";
        if (changes is not null)
        {
            ListMerge.CheckOrder(changes, wanted, mergeKey);
        }
        if (patch[key] is TreeNull)
        {
            result.Remove(key);
            return;
        }
        var merged = original is null ? (TreeList)Directives.Dropped(changes!)!
            : changes is null ? original
            : Lists(original, changes, field, shape.Below(key));
        result[key] = ListMerge.Ordered(merged, wanted, original ?? new TreeList(), mergeKey);
    }
}
