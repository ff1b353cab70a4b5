using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>A node with its pods and their sums. Changed only by <see cref="Cluster"/>, which keeps its indexes in step.</summary>
public sealed class NodeState
{
    private readonly List<PodFact> _pods = [];
    private readonly List<HostPort> _ports = [];
    private Dictionary<string, long>? _extended;

    internal NodeState(NodeFact fact, int slot)
    {
        Fact = fact;
        Slot = slot;
    }

    public NodeFact Fact { get; internal set; }

    public string Name => Fact.Name;

    /// <summary>Position in every per-node counter; reused after the node is gone.</summary>
    public int Slot { get; }

    public IReadOnlyList<PodFact> Pods => _pods;

    public long UsedMilliCpu { get; private set; }

    public long UsedMemory { get; private set; }

    public long UsedEphemeralStorage { get; private set; }

    public long ScoredMilliCpu { get; private set; }

    public long ScoredMemory { get; private set; }

    /// <summary>Host ports taken; a port used twice appears twice.</summary>
    public IReadOnlyList<HostPort> Ports => _ports;

    public long UsedExtended(string name) => _extended is not null && _extended.TryGetValue(name, out var amount) ? amount : 0;

    internal void Add(PodFact pod)
    {
        _pods.Add(pod);
        Count(pod, 1);
        foreach (var port in pod.Ports)
        {
            _ports.Add(port);
        }
    }

    /// <summary>Returns false when the pod is not here.</summary>
    internal bool Remove(PodFact pod)
    {
        // Newest first: what is taken back is most often what was just assumed.
        for (var i = _pods.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(_pods[i], pod))
            {
                _pods.RemoveAt(i);
                Count(pod, -1);
                foreach (var port in pod.Ports)
                {
                    _ports.Remove(port);
                }

                return true;
            }
        }

        return false;
    }

    private void Count(PodFact pod, int sign)
    {
        UsedMilliCpu += sign * pod.Requests.MilliCpu;
        UsedMemory += sign * pod.Requests.Memory;
        UsedEphemeralStorage += sign * pod.Requests.EphemeralStorage;
        ScoredMilliCpu += sign * pod.ScoredMilliCpu;
        ScoredMemory += sign * pod.ScoredMemory;
        foreach (var item in pod.Requests.Extended)
        {
            _extended ??= new Dictionary<string, long>(StringComparer.Ordinal);
            _extended[item.Name] = UsedExtended(item.Name) + (sign * item.Amount);
        }
    }
}
