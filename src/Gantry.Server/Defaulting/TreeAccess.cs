using Gantry.Api.Trees;

namespace Gantry.Server.Defaulting;

/// <summary>Short ways to read and fill a tree, for defaults that depend on other fields.</summary>
internal static class TreeAccess
{
    /// <summary>The object under the key, made where there is none.</summary>
    public static TreeMap Made(this TreeMap map, string key)
    {
        if (map[key] is TreeMap there)
        {
            return there;
        }

        var made = new TreeMap();
        map[key] = made;
        return made;
    }

    /// <summary>The objects of a list; none where there is no list.</summary>
    public static IEnumerable<TreeMap> Items(this TreeMap map, string key)
    {
        if (map[key] is not TreeList list)
        {
            yield break;
        }

        foreach (var item in list)
        {
            if (item is TreeMap found)
            {
                yield return found;
            }
        }
    }

    public static bool Has(this TreeMap map, string key) => map[key] is not (null or TreeNull);

    public static bool HasItems(this TreeMap map, string key) => map[key] is TreeMap { Count: > 0 } or TreeList { Count: > 0 };

    /// <summary>Sets the value where the key has none, null, or an empty text.</summary>
    public static void Default(this TreeMap map, string key, Tree value)
    {
        if (map[key] is null or TreeNull or TreeString { Value.Length: 0 })
        {
            map[key] = value;
        }
    }

    /// <summary>Sets the value where the key has none or null; an empty text stays, to be refused.</summary>
    public static void DefaultMissing(this TreeMap map, string key, Tree value)
    {
        if (!map.Has(key))
        {
            map[key] = value;
        }
    }

    /// <summary>Copies the entries that the key's own map lacks.</summary>
    public static void DefaultEntries(this TreeMap map, string key, TreeMap? from)
    {
        if (from is null or { Count: 0 })
        {
            return;
        }

        var to = map.Made(key);
        foreach (var (name, value) in from)
        {
            if (!to.Contains(name))
            {
                to[name] = value;
            }
        }
    }
}
