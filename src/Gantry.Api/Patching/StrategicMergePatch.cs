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
            return new PatchResult.Refused(e.Message, e.Fault);
        }
    }

    internal static TreeMap Merge(TreeMap original, TreeMap patch, MergeShape shape)
    {
        var commands = false;
        for (var i = 0; i < patch.Count; i++)
        {
            commands |= patch.KeyAt(i).StartsWith('$');
        }
        if (commands && patch[Directives.Patch] is { } directive)
        {
            return Directives.Whole(directive, patch);
        }
        var result = original.ShallowCopy(patch.Count);
        if (commands)
        {
            patch = Commanded(result, patch, shape);
        }
        for (var i = 0; i < patch.Count; i++)
        {
            var key = patch.KeyAt(i);
            if (commands && Directives.Is(key, Directives.DeleteFromPrimitiveList))
            {
                Deletion(result, Directives.Target(key, Directives.DeleteFromPrimitiveList), patch.ValueAt(i), shape);
            }
            else
            {
                Member(result, key, patch.ValueAt(i), shape);
            }
        }
        return result;
    }

    // Carries out what speaks about the whole object and about the order of its lists; returns what is left of the patch.
    private static TreeMap Commanded(TreeMap result, TreeMap patch, MergeShape shape)
    {
        var left = patch.ShallowCopy();
        if (patch[Directives.RetainKeys] is { } retained)
        {
            left.Remove(Directives.RetainKeys);
            RetainKeys(result, left, retained);
        }
        for (var i = 0; i < patch.Count; i++)
        {
            var key = patch.KeyAt(i);
            if (Directives.Is(key, Directives.SetElementOrder))
            {
                left.Remove(key);
                OrderedList(result, left, key, patch.ValueAt(i), shape);
            }
        }
        return left;
    }

    private static void Member(TreeMap result, string key, Tree change, MergeShape shape)
    {
        if (change is TreeNull)
        {
            result.Remove(key);
            return;
        }
        switch (result[key])
        {
            case TreeMap map when change is TreeMap changes:
                var field = shape.Field(key);
                result[key] = field.PatchReplaces ? changes : Merge(map, changes, MergeShape.Below(field));
                break;
            case TreeList list when change is TreeList changes:
                result[key] = Lists(list, changes, shape.Field(key), deletes: false);
                break;
            default:
                result[key] = Directives.Dropped(change);
                break;
        }
    }

    // A deletion of nothing is passed over; of a list that does not merge it is the new list, as in the Go server.
    private static void Deletion(TreeMap result, string key, Tree items, MergeShape shape)
    {
        if (items is TreeNull)
        {
            result.Remove(key);
        }
        else if (result[key] is TreeList list && items is TreeList deleted)
        {
            result[key] = Lists(list, deleted, shape.Field(key), deletes: true);
        }
    }

    private static void RetainKeys(TreeMap result, TreeMap patch, Tree retained)
    {
        if (retained is not TreeList list)
        {
            throw BadRetainKeys();
        }
        var keep = list.OfType<TreeString>().Select(k => k.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in patch)
        {
            if (value is not TreeNull && !Directives.Is(key, Directives.DeleteFromPrimitiveList) && !Directives.Is(key, Directives.SetElementOrder) && !keep.Contains(key))
            {
                throw BadRetainKeys();
            }
        }
        foreach (var key in result.Keys.Where(k => !keep.Contains(k)).ToList())
        {
            result.Remove(key);
        }

        static PatchException BadRetainKeys() => new("invalid patch format of retainKeys", PatchFault.Malformed);
    }

    private static TreeList Lists(TreeList original, TreeList patch, FieldSchema field, bool deletes) =>
        field.PatchMerges ? ListMerge.Merge(original, patch, field.PatchMergeKey, MergeShape.Below(field), deletes) : patch;

    private static void OrderedList(TreeMap result, TreeMap patch, string directive, Tree order, MergeShape shape)
    {
        if (order is not TreeList wanted)
        {
            throw Directives.WrongType("[]interface {}", order);
        }
        var key = Directives.Target(directive, Directives.SetElementOrder);
        var original = List(result[key]);
        var changes = List(patch[key]);
        var field = shape.Field(key);
        ListMerge.CheckOrder(changes ?? new TreeList(), wanted, field.PatchMergeKey);
        if (original is null && changes is null)
        {
            return;
        }
        var merged = original is null ? (TreeList)Directives.Dropped(changes!)!
            : changes is null ? original
            : Lists(original, changes, field, deletes: false);
        result[key] = ListMerge.Ordered(merged, wanted, original ?? new TreeList(), changes ?? new TreeList(), field.PatchMergeKey);
        patch.Remove(key);
    }

    private static TreeList? List(Tree? value) => value is null ? null : value as TreeList ?? throw Directives.WrongType("[]interface {}", value);
}
