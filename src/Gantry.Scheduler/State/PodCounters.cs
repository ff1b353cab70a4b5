using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>
/// The counters in use. The first asking for a condition counts all pods once; afterwards every change costs one match per counter
/// that may care, and asking is free. Pods of one template share their counters, which is what makes large workloads cheap.
/// </summary>
internal sealed class PodCounters
{
    /// <summary>Enough for the workloads being placed at one time; what is dropped is only counted anew.</summary>
    private const int Capacity = 512;

    private readonly Dictionary<string, PodCounter> _byKey = new(StringComparer.Ordinal);
    private readonly Scoped<PodCounter> _scoped = new();
    private long _clock;

    public PodCounter Get(string key, string? onlyNamespace, bool usesNamespaceLabels, Func<PodFact, bool> matches, IReadOnlyList<NodeState> nodes)
    {
        if (!_byKey.TryGetValue(key, out var counter))
        {
            counter = new PodCounter(key, onlyNamespace, usesNamespaceLabels, matches);
            foreach (var node in nodes)
            {
                foreach (var pod in node.Pods)
                {
                    counter.Apply(pod, node.Slot, 1);
                }
            }

            MakeRoom();
            _byKey.Add(key, counter);
            _scoped.Add(onlyNamespace, counter);
        }

        counter.LastUsed = ++_clock;
        return counter;
    }

    public void Apply(PodFact pod, int slot, int sign)
    {
        if (_scoped.In(pod.Namespace) is { } own)
        {
            foreach (var counter in own)
            {
                counter.Apply(pod, slot, sign);
            }
        }

        foreach (var counter in _scoped.Anywhere)
        {
            counter.Apply(pod, slot, sign);
        }
    }

    /// <summary>A namespace's labels changed: what selected by them must be counted anew.</summary>
    public void ForgetNamespaceSelecting()
    {
        foreach (var counter in _byKey.Values.Where(c => c.UsesNamespaceLabels).ToList())
        {
            Drop(counter);
        }
    }

    private void MakeRoom()
    {
        if (_byKey.Count < Capacity)
        {
            return;
        }

        foreach (var counter in _byKey.Values.OrderBy(c => c.LastUsed).Take(Capacity / 2).ToList())
        {
            Drop(counter);
        }
    }

    private void Drop(PodCounter counter)
    {
        _byKey.Remove(counter.Key);
        _scoped.Remove(counter.OnlyNamespace, counter);
    }
}
