using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>Merges the lists of a strategic merge patch, and puts them in order.</summary>
internal static class ListMerge
{
    /// <param name="original">The list as it is.</param>
    /// <param name="patch">The items to merge in.</param>
    /// <param name="mergeKey">The field by which items that are objects are known.</param>
    /// <param name="items">What is known about the items.</param>
    /// <param name="deletes">Whether the patch names scalars to take away.</param>
    public static TreeList Merge(TreeList original, TreeList patch, string mergeKey, MergeShape items, bool deletes)
    {
        if (original.Count == 0 && patch.Count == 0)
        {
            return original;
        }
        if (!AreObjects(original, patch))
        {
            if (deletes)
            {
                return new TreeList(original.Where(item => !patch.Contains(item)));
            }
            var both = new TreeList(original.Count + patch.Count);
            foreach (var item in original.Concat(patch))
            {
                if (!both.Contains(item))
                {
                    both.Add(item);
                }
            }
            return Normal(both, patch, original, mergeKey, objects: false);
        }
        if (mergeKey.Length == 0)
        {
            throw Directives.Unmergeable("cannot merge lists without merge key for struct");
        }
        var (kept, changes) = Commands(original, patch, mergeKey);
        var merged = kept.ShallowCopy();
        foreach (var item in changes)
        {
            var change = (TreeMap)item;
            var at = Find(merged, mergeKey, Key(change, mergeKey));
            if (at >= 0)
            {
                merged[at] = StrategicMergePatch.Merge((TreeMap)merged[at], change, items);
            }
            else
            {
                merged.Add(change);
            }
        }
        return Normal(merged, changes, kept, mergeKey, objects: true);
    }

    /// <summary>Items that the order names stand as it says; the others keep their place among them where the original says so.</summary>
    /// <param name="merged">What is to be put in order.</param>
    /// <param name="order">The order.</param>
    /// <param name="original">The list before the patch.</param>
    /// <param name="patch">The patch's list.</param>
    /// <param name="mergeKey">The field by which objects are known.</param>
    public static TreeList Ordered(TreeList merged, TreeList order, TreeList original, TreeList patch, string mergeKey) =>
        Normal(merged, order, original, mergeKey, AreObjects(original, patch));

    /// <summary>The items of a patch must stand in the order that its own directive demands.</summary>
    public static void CheckOrder(TreeList patch, TreeList order, string mergeKey)
    {
        if (patch.Count == 0 || order.Count == 0)
        {
            return;
        }
        var checks = new TreeList(patch.Where(item => item is not TreeMap map || !map.Contains(Directives.Patch)));
        int p = 0, o = 0;
        while (p < checks.Count && o < order.Count)
        {
            if (mergeKey.Length == 0 ? checks[p].Equals(order[o]) : Key(checks[p], mergeKey).Equals(Key(order[o], mergeKey)))
            {
                p++;
            }
            o++;
        }
        if (p < checks.Count)
        {
            throw Directives.Unmergeable($"The order in patch list:\n{GoSyntax.Plain(patch)}\n doesn't match {Directives.SetElementOrder} list:\n{GoSyntax.Plain(order)}\n");
        }
    }

    private static TreeList Normal(TreeList merged, TreeList order, TreeList original, string mergeKey, bool objects)
    {
        var named = new List<(Tree Item, int Place)>();
        var others = new List<(Tree Item, int Place)>();
        foreach (var item in merged)
        {
            var place = Place(order, item, mergeKey);
            if (place >= 0)
            {
                named.Add((item, place));
            }
            else
            {
                others.Add((item, Place(original, item, mergeKey)));
            }
        }
        if (objects)
        {
            Check(order, mergeKey);
        }
        var result = new TreeList(merged.Count);
        using var left = others.OrderBy(o => o.Place).GetEnumerator();
        using var right = named.OrderBy(n => n.Place).GetEnumerator();
        var hasLeft = left.MoveNext();
        var hasRight = right.MoveNext();
        while (hasLeft || hasRight)
        {
            var takeLeft = hasLeft && (!hasRight || IsBefore(left.Current.Place, Place(original, right.Current.Item, mergeKey)));
            result.Add(takeLeft ? left.Current.Item : right.Current.Item);
            if (takeLeft)
            {
                hasLeft = left.MoveNext();
            }
            else
            {
                hasRight = right.MoveNext();
            }
        }
        return result;
    }

    private static void Check(TreeList list, string mergeKey)
    {
        foreach (var item in list)
        {
            Key(item, mergeKey);
        }
    }

    // All items of both lists are of one kind.
    private static bool AreObjects(TreeList original, TreeList patch)
    {
        Tree? first = null;
        for (var i = 0; i < original.Count + patch.Count; i++)
        {
            var item = i < original.Count ? original[i] : patch[i - original.Count];
            if (item is TreeList)
            {
                throw new PatchException("lists of lists are not supported", PatchFault.Unfit);
            }
            first ??= item;
            if (item.GetType() != first.GetType())
            {
                throw Directives.Unmergeable($"list element types are not identical: [{GoSyntax.Plain(original)} {GoSyntax.Plain(patch)}]");
            }
        }
        return first is null ? throw Directives.Unmergeable("no elements in any of the given slices") : first is TreeMap;
    }

    private static bool IsBefore(int left, int right) => left >= 0 && right >= 0 && left < right;

    private static (TreeList Kept, TreeList Changes) Commands(TreeList original, TreeList patch, string mergeKey)
    {
        var kept = original;
        var changes = new TreeList(patch.Count);
        var replaces = false;
        foreach (var item in patch)
        {
            var change = (TreeMap)item;
            switch (change[Directives.Patch])
            {
                case null:
                    changes.Add(change);
                    break;
                case TreeString { Value: "delete" }:
                    var key = Key(change, mergeKey);
                    kept = new TreeList(kept.Where(o => !(o is TreeMap map && key.Equals(map[mergeKey]))));
                    break;
                case TreeString { Value: "replace" }:
                    replaces = true;
                    break;
                case TreeString { Value: "merge" }:
                    throw Directives.Unmergeable("merging lists cannot yet be specified in the patch");
                case var other:
                    throw Directives.UnknownKind(other, change);
            }
        }
        return replaces ? (changes, new TreeList()) : (kept, changes);
    }

    private static Tree Key(Tree item, string mergeKey) => item is TreeMap map
        ? map[mergeKey] ?? throw Directives.NoMergeKey(map, mergeKey)
        : throw Directives.WrongType("map[string]interface {}", item);

    private static int Place(TreeList list, Tree item, string mergeKey)
    {
        if (mergeKey.Length > 0)
        {
            return Find(list, mergeKey, Key(item, mergeKey));
        }
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Equals(item))
            {
                return i;
            }
        }
        return -1;
    }

    private static int Find(TreeList list, string mergeKey, Tree key)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is TreeMap map && key.Equals(map[mergeKey]))
            {
                return i;
            }
        }
        return -1;
    }
}
