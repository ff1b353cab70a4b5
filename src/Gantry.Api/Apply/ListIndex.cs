using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>The items of a list by the elements that name them. Items that cannot be named are left out.</summary>
internal sealed class ListIndex
{
    private static readonly List<Tree> None = [];

    // Short lists are searched in a row.
    private readonly List<(PathElement Element, List<Tree> Items)> _entries = [];
    private Dictionary<PathElement, List<Tree>>? _byElement;

    /// <summary>Each element once, in the order of the list.</summary>
    public IEnumerable<PathElement> Order => _entries.Select(e => e.Element);

    public static ListIndex Of(ListShape shape, TreeList? list)
    {
        var index = new ListIndex();
        for (var i = 0; i < list?.Count; i++)
        {
            if (shape.ElementOf(list[i], out _) is { } element)
            {
                index.Add(element, list[i]);
            }
        }
        return index;
    }

    /// <summary>The items of that name: none, one, or several where the list has duplicates.</summary>
    public List<Tree> At(PathElement element)
    {
        if (_byElement is not null)
        {
            return _byElement.GetValueOrDefault(element, None);
        }
        foreach (var (known, items) in _entries)
        {
            if (known.Equals(element))
            {
                return items;
            }
        }
        return None;
    }

    private void Add(PathElement element, Tree item)
    {
        var items = At(element);
        if (!ReferenceEquals(items, None))
        {
            items.Add(item);
            return;
        }
        items = [item];
        _entries.Add((element, items));
        if (_byElement is null && _entries.Count > 8)
        {
            _byElement = _entries.ToDictionary(e => e.Element, e => e.Items);
        }
        else
        {
            _byElement?.Add(element, items);
        }
    }
}
