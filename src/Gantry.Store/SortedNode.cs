namespace Gantry.Store;

/// <summary>A node of <see cref="SortedSnapshot{T}"/>: a leaf has <see cref="Items"/>, a branch has <see cref="Children"/> and their lower bounds.</summary>
internal sealed class SortedNode<T> where T : class, IKeyed
{
    public const int Capacity = 32;

    private SortedNode(object owner, T[]? items, SortedNode<T>[]? children, string[]? lows)
    {
        Owner = owner;
        Items = items;
        Children = children;
        Lows = lows;
    }

    /// <summary>The edit that made this node and may still change it. Published nodes belong to edits that are over.</summary>
    public object Owner { get; }

    public T[]? Items { get; }

    public SortedNode<T>[]? Children { get; }

    /// <summary>Lower bounds of the children: every key of child i is at or after Lows[i] and before Lows[i + 1]. Lows[0] is not looked at.</summary>
    public string[]? Lows { get; }

    /// <summary>Used places of <see cref="Items"/> or <see cref="Children"/>.</summary>
    public int Used { get; set; }

    /// <summary>Items in this whole subtree.</summary>
    public int Size { get; set; }

    public static SortedNode<T> Leaf(object owner) => new(owner, new T[Capacity], null, null);

    public static SortedNode<T> Branch(object owner) => new(owner, null, new SortedNode<T>[Capacity], new string[Capacity]);

    public SortedNode<T> OwnedBy(object owner) => ReferenceEquals(owner, Owner)
        ? this
        : new(owner, (T[]?)Items?.Clone(), (SortedNode<T>[]?)Children?.Clone(), (string[]?)Lows?.Clone()) { Used = Used, Size = Size };

    /// <summary>The place of <paramref name="key"/> in a leaf, or the complement of the place it would have.</summary>
    public int PlaceOf(string key)
    {
        int low = 0, high = Used - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(Items![middle].Key, key);
            if (order == 0)
            {
                return middle;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return ~low;
    }

    /// <summary>The child of a branch in which <paramref name="key"/> is, if it is anywhere.</summary>
    public int ChildOf(string key)
    {
        int low = 1, high = Used - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = string.CompareOrdinal(Lows![middle], key) <= 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return low - 1;
    }

    public void InsertItem(int place, T item)
    {
        Array.Copy(Items!, place, Items!, place + 1, Used - place);
        Items![place] = item;
        Used++;
        Size++;
    }

    public void RemoveItem(int place)
    {
        Used--;
        Size--;
        Array.Copy(Items!, place + 1, Items!, place, Used - place);
        Items![Used] = null!;
    }

    public void InsertChild(int place, SortedNode<T> child, string low)
    {
        Array.Copy(Children!, place, Children!, place + 1, Used - place);
        Array.Copy(Lows!, place, Lows!, place + 1, Used - place);
        Children![place] = child;
        Lows![place] = low;
        Used++;
    }

    public void RemoveChild(int place)
    {
        Used--;
        Array.Copy(Children!, place + 1, Children!, place, Used - place);
        Array.Copy(Lows!, place + 1, Lows!, place, Used - place);
        Children![Used] = null!;
        Lows![Used] = null!;
    }

    /// <summary>Moves the upper half into a new node of the same owner and returns it with its lower bound.</summary>
    public (SortedNode<T> Right, string Low) Split()
    {
        var keep = Used / 2;
        var moved = Used - keep;
        SortedNode<T> right;
        if (Items is not null)
        {
            right = Leaf(Owner);
            Array.Copy(Items, keep, right.Items!, 0, moved);
            Array.Clear(Items, keep, moved);
            right.Size = moved;
        }
        else
        {
            right = Branch(Owner);
            Array.Copy(Children!, keep, right.Children!, 0, moved);
            Array.Copy(Lows!, keep, right.Lows!, 0, moved);
            Array.Clear(Children!, keep, moved);
            Array.Clear(Lows!, keep, moved);
            for (var i = 0; i < moved; i++)
            {
                right.Size += right.Children![i].Size;
            }
        }
        right.Used = moved;
        Used = keep;
        Size -= right.Size;
        return (right, right.Items is not null ? right.Items[0].Key : right.Lows![0]);
    }

    /// <summary>Takes in the next sibling, whose lower bound is <paramref name="low"/>. Both together must fit.</summary>
    public void Merge(SortedNode<T> next, string low)
    {
        if (Items is not null)
        {
            Array.Copy(next.Items!, 0, Items, Used, next.Used);
        }
        else
        {
            Array.Copy(next.Children!, 0, Children!, Used, next.Used);
            Array.Copy(next.Lows!, 0, Lows!, Used, next.Used);
            Lows![Used] = low;
        }
        Used += next.Used;
        Size += next.Size;
    }
}
