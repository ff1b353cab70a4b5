using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>How many pods of every node satisfy one condition, kept current as pods come and go.</summary>
public sealed class PodCounter
{
    private readonly Func<PodFact, bool> _matches;
    private int[] _bySlot = [];

    internal PodCounter(string key, string? onlyNamespace, bool usesNamespaceLabels, Func<PodFact, bool> matches)
    {
        Key = key;
        OnlyNamespace = onlyNamespace;
        UsesNamespaceLabels = usesNamespaceLabels;
        _matches = matches;
    }

    internal string Key { get; }

    internal string? OnlyNamespace { get; }

    internal bool UsesNamespaceLabels { get; }

    /// <summary>The asking that last used this counter; the least recently used are dropped.</summary>
    internal long LastUsed { get; set; }

    public int At(int slot) => slot < _bySlot.Length ? _bySlot[slot] : 0;

    internal void Apply(PodFact pod, int slot, int sign)
    {
        if (!_matches(pod))
        {
            return;
        }

        if (slot >= _bySlot.Length)
        {
            Array.Resize(ref _bySlot, Math.Max(slot + 1, _bySlot.Length * 2));
        }

        _bySlot[slot] += sign;
    }
}
