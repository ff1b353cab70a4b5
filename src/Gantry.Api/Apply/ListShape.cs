using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>How the items of a list are owned.</summary>
public enum ListMerging
{
    /// <summary>The list is one value.</summary>
    Atomic,
    /// <summary>Each value is an item of its own.</summary>
    Set,
    /// <summary>Items are known by key fields.</summary>
    Keyed,
}

/// <param name="Name">A field that identifies an item.</param>
/// <param name="Default">Its value where an item leaves it out, or null.</param>
public sealed record ListKey(string Name, Tree? Default);

/// <summary>A list.</summary>
public sealed class ListShape(ApplyShape item, ListMerging merging, IReadOnlyList<ListKey> keys) : ApplyShape
{
    public ApplyShape Item { get; } = item;

    public ListMerging Merging { get; } = merging;

    public IReadOnlyList<ListKey> Keys { get; } = keys;

    /// <summary>How an item is named in a path; null with the reason when it cannot be.</summary>
    internal PathElement? ElementOf(Tree item, out string? error)
    {
        error = null;
        if (Merging == ListMerging.Set)
        {
            error = item switch
            {
                TreeMap => "associative list without keys has an element that's a map type",
                TreeList => "not supported: associative list with lists as elements",
                TreeNull => "associative list without keys has an element that's an explicit null",
                _ => null,
            };
            return error is null ? PathElement.OfValue(item) : null;
        }
        if (item is not TreeMap map)
        {
            error = item is TreeNull ? "associative list with keys may not have a null element" : "associative list with keys may not have non-map elements";
            return null;
        }
        if (Keys.Count == 1)
        {
            return Value(map, Keys[0]) is { } only ? PathElement.OfKey(Keys[0].Name, only) : Missing(Keys[0], out error);
        }
        var keys = new KeyValuePair<string, Tree>[Keys.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            if (Value(map, Keys[i]) is not { } value)
            {
                return Missing(Keys[i], out error);
            }
            keys[i] = new(Keys[i].Name, value);
        }
        return PathElement.Key(keys);
    }

    private static Tree? Value(TreeMap item, ListKey key) => item[key.Name] ?? key.Default;

    private static PathElement? Missing(ListKey key, out string? error)
    {
        error = $"associative list with keys has an element that omits key field \"{key.Name}\" (and doesn't have default value)";
        return null;
    }
}
