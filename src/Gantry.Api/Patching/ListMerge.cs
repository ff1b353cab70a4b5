using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>Merges the lists of a strategic merge patch, and puts them in order.</summary>
internal static class ListMerge
{
    public static TreeList Merge(TreeList original, TreeList patch, string mergeKey, MergeShape items)
    {
        if (original.Count == 0 && patch.Count == 0)
        {
            return original;
        }
        if ((original.Count > 0 ? original[0] : patch[0]) is not TreeMap)
        {
            var both = new TreeList(original);
            foreach (var item in patch)
            {
                if (!both.Contains(item))
                {
                    both.Add(item);
                }
            }
            return Ordered(both, patch, original, "");
        }
        if (mergeKey.Length == 0)
        {
            throw new PatchException($"cannot merge lists without merge key for {items.Name}");
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
                merged.Add(Directives.Dropped(change)!);
            }
        }
        return Ordered(merged, changes, kept, mergeKey);
    }

    /// <summary>Items that the order names stand as it says; the others keep their place among them where the original says so.</summary>
    public static TreeList Ordered(TreeList merged, TreeList order, TreeList original, string mergeKey)
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

    /// <summary>The items of a patch must stand in the order that its own directive demands.</summary>
    public static void CheckOrder(TreeList patch, TreeList order, string mergeKey)
    {
        var last = -1;
        foreach (var item in patch)
        {
            if (item is TreeMap map && map.Contains(Directives.Patch))
            {
                continue;
            }
            var place = Place(order, item, mergeKey);
            if (place < last || place < 0)
            {
                throw new PatchException($"The order in patch list:\n{patch}\n doesn't match $setElementOrder list:\n{order}\n");
            }
            last = place;
        }
    }

    private static bool IsBefore(int left, int right) => left >= 0 && right >= 0 && left < right;

    private static (TreeList Kept, TreeList Changes) Commands(TreeList original, TreeList patch, string mergeKey)
    {
        var kept = original;
        var changes = new TreeList(patch.Count);
        var replaces = false;
        foreach (var item in patch)
        {
            var change = item as TreeMap ?? throw new PatchException("invalid patch format of list: the items of a list must be of one type");
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
                    throw new PatchException("merging lists cannot yet be specified in the patch");
                case var other:
                    throw new PatchException($"unknown patch type: {(other as TreeString)?.Value} in map: {change}");
            }
        }
        return replaces ? ((TreeList)Directives.Dropped(changes)!, new TreeList()) : (kept, changes);
    }

    private static Tree Key(TreeMap item, string mergeKey) =>
        item[mergeKey] ?? throw new PatchException($"map: {item} does not contain declared merge key: {mergeKey}");

    private static int Place(TreeList list, Tree item, string mergeKey)
    {
        if (mergeKey.Length > 0)
        {
            return item is TreeMap map && map[mergeKey] is { } key ? Find(list, mergeKey, key) : -1;
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
