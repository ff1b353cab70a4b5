using Gantry.Api.Trees;

namespace Gantry.Server.Admission;

/// <summary>Changes inside trees whose deeper parts are shared: what is changed is first replaced by a copy of its own.</summary>
internal static class TreeEdits
{
    /// <summary>The map under a key as a copy that may be changed; an empty one where there was none.</summary>
    public static TreeMap OwnMap(this TreeMap parent, string key)
    {
        var own = parent.Map(key)?.ShallowCopy(2) ?? new TreeMap();
        parent[key] = own;
        return own;
    }

    /// <summary>The list under a key as a copy that may be changed; an empty one where there was none.</summary>
    public static TreeList OwnList(this TreeMap parent, string key)
    {
        var own = parent.List(key)?.ShallowCopy() ?? new TreeList();
        parent[key] = own;
        return own;
    }

    /// <summary>The map at a place of a list that is the caller's own, as a copy that may be changed.</summary>
    public static TreeMap OwnMap(this TreeList list, int index)
    {
        var own = ((TreeMap)list[index]).ShallowCopy(2);
        list[index] = own;
        return own;
    }

    /// <summary>The maps of a list; other items (which decoding refuses) are passed over.</summary>
    public static IEnumerable<TreeMap> Maps(this TreeMap parent, string key) => parent.List(key)?.OfType<TreeMap>() ?? [];

    public static bool Flag(this TreeMap parent, string key) => parent[key] is TreeBool { Value: true };

    public static TreeMap Map(params ReadOnlySpan<(string Key, Tree Value)> members)
    {
        var map = new TreeMap(members.Length);
        foreach (var (key, value) in members)
        {
            map.Add(key, value);
        }

        return map;
    }

    public static TreeList List(params ReadOnlySpan<Tree> items)
    {
        var list = new TreeList(items.Length);
        foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }
}
