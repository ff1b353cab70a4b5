using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>Merges an applied configuration into the live object.</summary>
internal static class TreeMerge
{
    public static TreeMap Merge(ApplyShape shape, TreeMap live, TreeMap applied) => (TreeMap?)Value(shape, live, applied) ?? new TreeMap();

    private static Tree? Value(ApplyShape shape, Tree? live, Tree? applied)
    {
        switch (shape.For(applied ?? live))
        {
            case MapShape map when !map.Atomic && (live is TreeMap { Count: > 0 } || applied is TreeMap { Count: > 0 }):
                return applied is null or TreeNull ? live : Maps(map, live as TreeMap, (applied as TreeMap)!);
            case ListShape list when list.Merging != ListMerging.Atomic && (live is TreeList { Count: > 0 } || applied is TreeList { Count: > 0 }):
                return applied is null or TreeNull ? live : Lists(list, live as TreeList ?? new TreeList(), (applied as TreeList)!);
            default:
                return applied ?? live;
        }
    }

    private static TreeMap Maps(MapShape shape, TreeMap? live, TreeMap applied)
    {
        var merged = live?.ShallowCopy(applied.Count) ?? new TreeMap(applied.Count);
        for (var i = 0; i < applied.Count; i++)
        {
            var key = applied.KeyAt(i);
            merged[key] = Value(shape.Member(key, out _, out _), live?[key], applied.ValueAt(i));
        }
        return merged;
    }

    // Applied items stand in the applied order, live ones that are not applied keep their place between their neighbours.
    private static TreeList Lists(ListShape shape, TreeList live, TreeList applied)
    {
        var merged = new TreeList(live.Count + applied.Count);
        var mine = Elements(shape, live);
        var theirs = Elements(shape, applied);
        var liveItems = ListIndex.Of(shape, live);
        var appliedItems = ListIndex.Of(shape, applied);
        var shared = new Queue<PathElement>(theirs.Where(e => liveItems.At(e).Count > 0));
        var done = new HashSet<PathElement>();
        int l = 0, r = 0;
        shared.TryDequeue(out var next);
        while (l < mine.Count || r < theirs.Count)
        {
            if (l < mine.Count && r < theirs.Count)
            {
                if (mine[l].Equals(theirs[r]))
                {
                    Take(theirs[r]);
                    l++;
                    r++;
                    shared.TryDequeue(out next);
                    continue;
                }
                if (appliedItems.At(mine[l]).Count > 0 && next is not null && !next.Equals(mine[l]))
                {
                    // Shared, but its turn comes later.
                    l++;
                    continue;
                }
            }
            if (l < mine.Count && appliedItems.At(mine[l]).Count == 0)
            {
                merged.Add(live[l++]);
                continue;
            }
            if (l < mine.Count && done.Contains(mine[l]))
            {
                l++;
            }
            if (r < theirs.Count)
            {
                var element = theirs[r++];
                Take(element);
                if (element.Equals(next))
                {
                    shared.TryDequeue(out next);
                }
            }
        }
        return merged;

        void Take(PathElement element)
        {
            done.Add(element);
            var was = liveItems.At(element);
            merged.Add(Value(shape.Item, was.Count == 1 ? was[0] : null, appliedItems.At(element)[0])!);
        }
    }

    private static List<PathElement> Elements(ListShape shape, TreeList list)
    {
        var elements = new List<PathElement>(list.Count);
        foreach (var item in list)
        {
            // A live item that cannot be named can match none that is applied.
            elements.Add(shape.ElementOf(item, out _) ?? PathElement.OfIndex(elements.Count));
        }
        return elements;
    }
}
