namespace Gantry.Scheduler.State;

/// <summary>The domains one label key divides the nodes into, as small numbers.</summary>
public sealed class Topology
{
    private int[] _bySlot = [];

    internal Topology(string key) => Key = key;

    public string Key { get; }

    /// <summary>How many domains there are; domain numbers are below this.</summary>
    public int Domains { get; private set; }

    internal long Version { get; private set; } = -1;

    /// <summary>The domain of the node in this slot, or -1 when it lacks the label.</summary>
    public int Of(int slot) => slot < _bySlot.Length ? _bySlot[slot] : -1;

    internal void Rebuild(IReadOnlyList<NodeState> nodes, int slots, long version)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        if (_bySlot.Length < slots)
        {
            _bySlot = new int[Math.Max(slots, _bySlot.Length * 2)];
        }

        Array.Fill(_bySlot, -1);
        foreach (var node in nodes)
        {
            if (!node.Fact.Labels.TryGetValue(Key, out var value))
            {
                continue;
            }

            if (!ids.TryGetValue(value, out var id))
            {
                ids.Add(value, id = ids.Count);
            }

            _bySlot[node.Slot] = id;
        }

        Domains = ids.Count;
        Version = version;
    }
}
