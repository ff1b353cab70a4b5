using System.Collections.Concurrent;

namespace Gantry.Node.Pods;

/// <summary>Which worker a container or sandbox of the runtime belongs to. An end that is announced before its owner is known is kept for it.</summary>
public sealed class ContainerOwners
{
    private const int MaxUnclaimed = 4096;

    private readonly ConcurrentDictionary<string, Action<string>> _owners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unclaimed = new(StringComparer.Ordinal);

    /// <param name="id">The container or sandbox.</param>
    /// <param name="announce">Called with the id when it ends; must be quick.</param>
    public void Own(string id, Action<string> announce)
    {
        if (_owners.TryAdd(id, announce) && _unclaimed.TryRemove(id, out _))
        {
            announce(id);
        }
    }

    public bool Owned(string id) => _owners.ContainsKey(id);

    public void Disown(string id) => _owners.TryRemove(id, out _);

    /// <summary>The runtime says that it ended.</summary>
    public void Announce(string id)
    {
        if (_owners.TryGetValue(id, out var announce))
        {
            announce(id);
            return;
        }

        if (_unclaimed.Count < MaxUnclaimed)
        {
            _unclaimed.TryAdd(id, 0);
        }

        // It may have got its owner between the two.
        if (_owners.TryGetValue(id, out announce) && _unclaimed.TryRemove(id, out _))
        {
            announce(id);
        }
    }
}
