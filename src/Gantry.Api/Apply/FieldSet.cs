namespace Gantry.Api.Apply;

/// <summary>An immutable set of field paths, kept as a tree whose elements stand in order.</summary>
public sealed class FieldSet : IEquatable<FieldSet>
{
    private readonly FieldNode[] _nodes;

    internal FieldSet(FieldNode[] nodes) => _nodes = nodes;

    public static FieldSet Empty { get; } = new([]);

    public bool IsEmpty => _nodes.Length == 0;

    public IReadOnlyList<FieldNode> Nodes => _nodes;

    /// <summary>The set of these paths of object members.</summary>
    /// <param name="paths">Names joined by dots, such as <c>metadata.labels</c>.</param>
    public static FieldSet Of(params ReadOnlySpan<string> paths)
    {
        var all = Empty;
        foreach (var path in paths)
        {
            FieldSet? set = null;
            foreach (var name in path.Split('.').Reverse())
            {
                set = new([new(PathElement.Field(name), set is null, set)]);
            }
            all = all.Union(set!);
        }
        return all;
    }

    /// <summary>What the set holds below an element; empty where it holds nothing.</summary>
    public FieldSet Below(PathElement element) => Find(element, out var node) ? node.Children ?? Empty : Empty;

    /// <summary>Whether the path of just this element is in the set.</summary>
    public bool Has(PathElement element) => Find(element, out var node) && node.Member;

    public FieldSet Union(FieldSet other)
    {
        if (IsEmpty || ReferenceEquals(this, other))
        {
            return other;
        }
        if (other.IsEmpty)
        {
            return this;
        }
        var all = new List<FieldNode>(_nodes.Length + other._nodes.Length);
        int i = 0, j = 0;
        while (i < _nodes.Length || j < other._nodes.Length)
        {
            var order = i == _nodes.Length ? 1 : j == other._nodes.Length ? -1 : _nodes[i].Element.CompareTo(other._nodes[j].Element);
            if (order != 0)
            {
                all.Add(order < 0 ? _nodes[i++] : other._nodes[j++]);
                continue;
            }
            var (a, b) = (_nodes[i++], other._nodes[j++]);
            all.Add(new(a.Element, a.Member || b.Member, a.Children is null ? b.Children : b.Children is null ? a.Children : a.Children.Union(b.Children)));
        }
        return Made(all);
    }

    public FieldSet Intersection(FieldSet other)
    {
        var both = new List<FieldNode>();
        int i = 0, j = 0;
        while (i < _nodes.Length && j < other._nodes.Length)
        {
            var order = _nodes[i].Element.CompareTo(other._nodes[j].Element);
            if (order < 0)
            {
                i++;
            }
            else if (order > 0)
            {
                j++;
            }
            else
            {
                var (a, b) = (_nodes[i++], other._nodes[j++]);
                Add(both, new(a.Element, a.Member && b.Member, a.Children is null || b.Children is null ? null : Used(a.Children.Intersection(b.Children))));
            }
        }
        return Made(both);
    }

    /// <summary>The paths that are not in the other set.</summary>
    public FieldSet Difference(FieldSet other) => Without(other, whole: false);

    /// <summary>The paths that are not in the other set and do not begin with one that is.</summary>
    public FieldSet RecursiveDifference(FieldSet other) => Without(other, whole: true);

    /// <summary>The paths that begin with one of the other set.</summary>
    public FieldSet Within(FieldSet prefixes)
    {
        var kept = new List<FieldNode>();
        foreach (var node in _nodes)
        {
            if (prefixes.Find(node.Element, out var prefix))
            {
                Add(kept, prefix.Member ? node : new(node.Element, false, prefix.Children is null || node.Children is null ? null : Used(node.Children.Within(prefix.Children))));
            }
        }
        return Made(kept);
    }

    /// <summary>Calls back with every path of the set; at each place first with those that end there, then with those that lead on, as messages list them.</summary>
    /// <param name="visit">Gets the path's elements; the list is reused, so it is to be copied or turned into text at once.</param>
    public void ForEach(Action<IReadOnlyList<PathElement>> visit) => Visit([], visit);

    public bool Equals(FieldSet? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }
        if (other is null || other._nodes.Length != _nodes.Length)
        {
            return false;
        }
        for (var i = 0; i < _nodes.Length; i++)
        {
            var (a, b) = (_nodes[i], other._nodes[i]);
            if (a.Member != b.Member || !a.Element.Equals(b.Element) || !(a.Children is null ? b.Children is null : a.Children.Equals(b.Children)))
            {
                return false;
            }
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    public override int GetHashCode() => _nodes.Aggregate(_nodes.Length, (hash, node) => HashCode.Combine(hash, node.Element, node.Member));

    public override string ToString() => FieldsV1.Encode(this).ToString();

    /// <summary>The set of these nodes, which may stand in any order but not twice; empty nodes are left out.</summary>
    internal static FieldSet Made(List<FieldNode>? nodes)
    {
        if (nodes is null || nodes.Count == 0)
        {
            return Empty;
        }
        for (var i = 1; i < nodes.Count; i++)
        {
            if (nodes[i - 1].Element.CompareTo(nodes[i].Element) > 0)
            {
                nodes.Sort(static (a, b) => a.Element.CompareTo(b.Element));
                break;
            }
        }
        return new([.. nodes]);
    }

    internal static FieldSet? Used(FieldSet set) => set.IsEmpty ? null : set;

    internal static void Add(List<FieldNode> nodes, FieldNode node)
    {
        if (!node.IsEmpty)
        {
            nodes.Add(node);
        }
    }

    internal bool Find(PathElement element, out FieldNode node)
    {
        int low = 0, high = _nodes.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _nodes[middle].Element.CompareTo(element);
            if (order == 0)
            {
                node = _nodes[middle];
                return true;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        node = default;
        return false;
    }

    private FieldSet Without(FieldSet other, bool whole)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return this;
        }
        var left = new List<FieldNode>(_nodes.Length);
        foreach (var node in _nodes)
        {
            if (!other.Find(node.Element, out var taken))
            {
                left.Add(node);
            }
            else if (!whole || !taken.Member)
            {
                var children = node.Children is null || taken.Children is null ? node.Children : Used(node.Children.Without(taken.Children, whole));
                Add(left, new(node.Element, node.Member && !taken.Member, children));
            }
        }
        return Made(left);
    }

    private void Visit(List<PathElement> path, Action<IReadOnlyList<PathElement>> visit)
    {
        foreach (var node in _nodes)
        {
            if (node.Member)
            {
                path.Add(node.Element);
                visit(path);
                path.RemoveAt(path.Count - 1);
            }
        }
        foreach (var node in _nodes)
        {
            if (node.Children is not null)
            {
                path.Add(node.Element);
                node.Children.Visit(path, visit);
                path.RemoveAt(path.Count - 1);
            }
        }
    }
}
