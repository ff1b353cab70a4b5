using Gantry.Api.Trees;

namespace Gantry.Api.Patching;

/// <summary>JSON merge patch (RFC 7386), with what the library of the Go server does beyond it: nulls go from objects in new lists as well.</summary>
public static class JsonMergePatch
{
    /// <summary>The target with the patch merged in: null takes a member away, objects merge, everything else replaces.</summary>
    public static Tree Apply(Tree? target, Tree patch)
    {
        if (patch is not TreeMap changes)
        {
            // A value over an object is taken as it is.
            return target is TreeMap ? patch : Pruned(patch);
        }
        if (target is not TreeMap map)
        {
            return Pruned(patch);
        }
        var result = map.ShallowCopy(changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            var key = changes.KeyAt(i);
            var change = changes.ValueAt(i);
            result[key] = change is TreeNull ? null : Apply(result[key], change);
        }
        return result;
    }

    private static Tree Pruned(Tree value)
    {
        switch (value)
        {
            case TreeMap map:
                var kept = new TreeMap(map.Count);
                for (var i = 0; i < map.Count; i++)
                {
                    if (map.ValueAt(i) is not TreeNull)
                    {
                        kept.Add(map.KeyAt(i), Pruned(map.ValueAt(i)));
                    }
                }
                return kept;
            case TreeList list:
                var items = new TreeList(list.Count);
                foreach (var item in list)
                {
                    items.Add(Pruned(item));
                }
                return items;
            default:
                return value;
        }
    }
}
