namespace Gantry.Store;

/// <summary>
/// An immutable map from keys to items, in ordinal key order: a B+ tree whose changed paths are copied, so a published snapshot is read
/// without a lock while the next one is being made. A sorted dictionary of the framework is set aside because none can start an
/// enumeration in the middle or count a range without walking it.
/// </summary>
public sealed class SortedSnapshot<T> where T : class, IKeyed
{
    public static readonly SortedSnapshot<T> Empty = new(SortedNode<T>.Leaf(new object()));

    private readonly SortedNode<T> _root;

    private SortedSnapshot(SortedNode<T> root) => _root = root;

    public int Count => _root.Size;

    public T? Find(string key) => Find(_root, key);

    /// <summary>Adds the items of <paramref name="range"/> to <paramref name="into"/> in order, at most <paramref name="limit"/> of them (0: all).</summary>
    public void Collect(KeyRange range, int limit, List<T> into) =>
        Collect(_root, range, limit <= 0 ? int.MaxValue : into.Count + limit, into);

    /// <summary>How many items lie in <paramref name="range"/>; logarithmic.</summary>
    public int CountIn(KeyRange range) =>
        Math.Max(0, (range.To is null ? _root.Size : Before(_root, range.To)) - Before(_root, range.From));

    public Builder Edit() => new(_root);

    private static T? Find(SortedNode<T> node, string key)
    {
        while (node.Children is { } children)
        {
            node = children[node.ChildOf(key)];
        }
        var place = node.PlaceOf(key);
        return place < 0 ? null : node.Items![place];
    }

    private static int Before(SortedNode<T> node, string key)
    {
        var before = 0;
        while (node.Children is { } children)
        {
            var at = node.ChildOf(key);
            for (var i = 0; i < at; i++)
            {
                before += children[i].Size;
            }
            node = children[at];
        }
        var place = node.PlaceOf(key);
        return before + (place < 0 ? ~place : place);
    }

    /// <returns>False when the walk is over: the range's end or the goal was reached.</returns>
    private static bool Collect(SortedNode<T> node, KeyRange range, int goal, List<T> into)
    {
        if (node.Children is { } children)
        {
            for (var i = node.ChildOf(range.From); i < node.Used; i++)
            {
                if (!Collect(children[i], range, goal, into))
                {
                    return false;
                }
            }
            return true;
        }
        var place = node.PlaceOf(range.From);
        for (var i = place < 0 ? ~place : place; i < node.Used; i++)
        {
            var item = node.Items![i];
            if (into.Count >= goal || (range.To is not null && string.CompareOrdinal(item.Key, range.To) >= 0))
            {
                return false;
            }
            into.Add(item);
        }
        return true;
    }

    /// <summary>An edit in the making; for one thread. The snapshot it started from stays as it is.</summary>
    public sealed class Builder
    {
        private object _owner = new();
        private SortedNode<T> _root;

        internal Builder(SortedNode<T> root) => _root = root;

        public T? Find(string key) => SortedSnapshot<T>.Find(_root, key);

        /// <summary>Adds the item, or replaces the one with its key.</summary>
        public void Set(T item)
        {
            var (root, right, low) = Set(_root, item);
            if (right is not null)
            {
                var top = SortedNode<T>.Branch(_owner);
                top.InsertChild(0, root, "");
                top.InsertChild(1, right, low!);
                top.Size = root.Size + right.Size;
                root = top;
            }
            _root = root;
        }

        public void Remove(string key)
        {
            if (Find(key) is null)
            {
                return;
            }
            _root = Remove(_root, key);
            while (_root is { Children: { } children, Used: 1 })
            {
                _root = children[0];
            }
            if (_root.Used == 0)
            {
                _root = SortedNode<T>.Leaf(_owner);
            }
        }

        /// <summary>The result; later edits of this builder do not touch it.</summary>
        public SortedSnapshot<T> ToSnapshot()
        {
            _owner = new object();
            return new(_root);
        }

        private (SortedNode<T> Node, SortedNode<T>? Right, string? Low) Set(SortedNode<T> old, T item)
        {
            var node = old.OwnedBy(_owner);
            if (node.Items is { } items)
            {
                var place = node.PlaceOf(item.Key);
                if (place >= 0)
                {
                    items[place] = item;
                    return (node, null, null);
                }
                node.InsertItem(~place, item);
            }
            else
            {
                var at = node.ChildOf(item.Key);
                var before = node.Children![at].Size;
                var (child, right, low) = Set(node.Children[at], item);
                node.Children[at] = child;
                node.Size += child.Size + (right?.Size ?? 0) - before;
                if (right is not null)
                {
                    node.InsertChild(at + 1, right, low!);
                }
            }
            if (node.Used < SortedNode<T>.Capacity)
            {
                return (node, null, null);
            }
            var split = node.Split();
            return (node, split.Right, split.Low);
        }

        private SortedNode<T> Remove(SortedNode<T> old, string key)
        {
            var node = old.OwnedBy(_owner);
            if (node.Items is not null)
            {
                node.RemoveItem(node.PlaceOf(key));
                return node;
            }
            var at = node.ChildOf(key);
            node.Children![at] = Remove(node.Children[at], key);
            node.Size--;
            if (node.Children[at].Used == 0)
            {
                node.RemoveChild(at);
            }
            else if (node.Children[at].Used < SortedNode<T>.Capacity / 4)
            {
                Join(node, at == 0 ? 0 : at - 1);
            }
            return node;
        }

        private void Join(SortedNode<T> node, int left)
        {
            if (left + 1 >= node.Used || node.Children![left].Used + node.Children[left + 1].Used > SortedNode<T>.Capacity * 3 / 4)
            {
                return;
            }
            var joined = node.Children[left].OwnedBy(_owner);
            joined.Merge(node.Children[left + 1], node.Lows![left + 1]);
            node.Children[left] = joined;
            node.RemoveChild(left + 1);
        }
    }
}
