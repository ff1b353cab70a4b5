using System.Collections;

namespace Gantry.Api.Trees;

public sealed class TreeList : Tree, IReadOnlyList<Tree>
{
    private readonly List<Tree> _items;

    public TreeList() => _items = [];

    public TreeList(int capacity) => _items = new List<Tree>(capacity);

    public TreeList(IEnumerable<Tree> items) => _items = [.. items];

    public int Count => _items.Count;

    public override string KindName => "array";

    public Tree this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    public void Add(Tree item) => _items.Add(item);

    public void Insert(int index, Tree item) => _items.Insert(index, item);

    public void RemoveAt(int index) => _items.RemoveAt(index);

    /// <summary>A list of its own with the very same items.</summary>
    public TreeList ShallowCopy() => new(_items);

    public override Tree DeepClone()
    {
        var copy = new TreeList(_items.Count);
        foreach (var item in _items)
        {
            copy.Add(item.DeepClone());
        }
        return copy;
    }

    public override bool Equals(Tree? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }
        if (other is not TreeList list || list.Count != Count)
        {
            return false;
        }
        for (var i = 0; i < Count; i++)
        {
            if (!_items[i].Equals(list[i]))
            {
                return false;
            }
        }
        return true;
    }

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in _items)
        {
            hash.Add(item);
        }
        return hash.ToHashCode();
    }

    public List<Tree>.Enumerator GetEnumerator() => _items.GetEnumerator();

    IEnumerator<Tree> IEnumerable<Tree>.GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();
}
