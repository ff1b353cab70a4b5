using Gantry.Client;

namespace Gantry.Controllers.GarbageCollection;

/// <summary>All objects of the cluster and who owns whom. Safe for several threads.</summary>
internal sealed class Graph
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, GraphNode> _nodes = [];
    private readonly Dictionary<Guid, HashSet<Guid>> _dependents = [];
    private readonly Action<Guid> _look;

    /// <param name="look">Called for every object that must be looked at because something changed; must be quick.</param>
    public Graph(Action<Guid> look)
    {
        _look = look;
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    public GraphNode? Find(Guid uid)
    {
        lock (_lock)
        {
            return _nodes.GetValueOrDefault(uid);
        }
    }

    /// <summary>The objects that name the owner, as far as they are known.</summary>
    public IReadOnlyList<GraphNode> Dependents(Guid owner)
    {
        lock (_lock)
        {
            return _dependents.TryGetValue(owner, out var uids) ? [.. uids.Select(u => _nodes[u])] : [];
        }
    }

    /// <summary>Takes the whole state of one resource.</summary>
    public void Replace(ResourceId resource, IEnumerable<ObjectMetadata> items)
    {
        lock (_lock)
        {
            var present = new HashSet<Guid>();
            foreach (var item in items)
            {
                var node = new GraphNode(resource, item.Metadata);
                present.Add(node.Uid);
                Put(node);
            }

            foreach (var gone in _nodes.Values.Where(n => IsOf(n, resource) && !present.Contains(n.Uid)).ToList())
            {
                Remove(gone.Uid);
            }
        }
    }

    public void Apply(ResourceId resource, WatchEvent<ObjectMetadata> change)
    {
        if (change.Object is not { } item)
        {
            return;
        }

        lock (_lock)
        {
            if (change.Type == WatchEventType.Deleted)
            {
                Remove(GraphNode.IdOf(item.Metadata.Uid));
            }
            else
            {
                Put(new GraphNode(resource, item.Metadata));
            }
        }
    }

    /// <summary>Forgets a resource that is no longer served.</summary>
    public void Forget(ResourceId resource) => Replace(resource, []);

    private static bool IsOf(GraphNode node, ResourceId resource) => node.Resource.Group == resource.Group && node.Resource.Plural == resource.Plural;

    private void Put(GraphNode node)
    {
        var old = _nodes.GetValueOrDefault(node.Uid);
        _nodes[node.Uid] = node;
        foreach (var link in old?.Owners ?? [])
        {
            if (!node.Owners.Contains(link))
            {
                // Whom this one blocked may go now.
                Unlink(link.Uid, node.Uid, node.Owners.Any(o => o.Uid == link.Uid));
            }
        }

        foreach (var link in node.Owners)
        {
            if (!_dependents.TryGetValue(link.Uid, out var set))
            {
                _dependents.Add(link.Uid, set = []);
            }

            set.Add(node.Uid);
        }

        // 1. It has a new owner, or may have lost one before it was seen.
        if (node.Owners.Length > 0 && !node.Deleting && (old is null || !old.Owners.SequenceEqual(node.Owners)))
        {
            _look(node.Uid);
        }

        // 2. It began to be deleted together with its dependents, or without them.
        if ((node.WaitsForDependents && old is not { WaitsForDependents: true }) || (node.Orphans && old is not { Orphans: true }))
        {
            _look(node.Uid);
            LookAtDependents(node.Uid);
        }
    }

    private void Remove(Guid uid)
    {
        if (!_nodes.Remove(uid, out var node))
        {
            return;
        }

        foreach (var link in node.Owners)
        {
            Unlink(link.Uid, uid, still: false);
        }

        LookAtDependents(uid);
    }

    private void Unlink(Guid owner, Guid dependent, bool still)
    {
        if (!still && _dependents.TryGetValue(owner, out var set) && set.Remove(dependent) && set.Count == 0)
        {
            _dependents.Remove(owner);
        }

        if (_nodes.TryGetValue(owner, out var node) && node.WaitsForDependents)
        {
            _look(owner);
        }
    }

    private void LookAtDependents(Guid owner)
    {
        foreach (var dependent in _dependents.GetValueOrDefault(owner) ?? [])
        {
            _look(dependent);
        }
    }
}
