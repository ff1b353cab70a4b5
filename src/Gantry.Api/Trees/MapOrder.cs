namespace Gantry.Api.Trees;

/// <summary>Go prints the keys of a map in byte order.</summary>
internal static class MapOrder
{
    /// <summary>The map itself when its keys are in order, else a copy with them in order.</summary>
    public static TreeMap Sorted(TreeMap map)
    {
        for (var i = 1; i < map.Count; i++)
        {
            if (string.CompareOrdinal(map.KeyAt(i - 1), map.KeyAt(i)) > 0)
            {
                return Copy(map);
            }
        }
        return map;
    }

    private static TreeMap Copy(TreeMap map)
    {
        var sorted = new TreeMap(map.Count);
        foreach (var (key, value) in map.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            sorted.Add(key, value);
        }
        return sorted;
    }
}
