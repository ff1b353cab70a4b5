using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>Pods for which a preemption made room on a node and which are not placed yet.</summary>
public sealed class Nominations
{
    private static readonly List<PodFact> Nobody = [];

    private readonly Dictionary<string, PodFact> _byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PodFact>> _byNode = new(StringComparer.Ordinal);

    public bool Any => _byUid.Count > 0;

    public IReadOnlyList<PodFact> On(string node) => _byNode.GetValueOrDefault(node, Nobody);

    /// <summary>Records the nomination the fact carries, replacing an earlier one; a fact without one clears it.</summary>
    public void Set(PodFact pod)
    {
        Clear(pod.Uid);
        if (pod.NominatedNode.Length == 0)
        {
            return;
        }

        _byUid.Add(pod.Uid, pod);
        if (!_byNode.TryGetValue(pod.NominatedNode, out var list))
        {
            _byNode.Add(pod.NominatedNode, list = []);
        }

        list.Add(pod);
    }

    public void Clear(string uid)
    {
        if (!_byUid.Remove(uid, out var old))
        {
            return;
        }

        var list = _byNode[old.NominatedNode];
        list.Remove(old);
        if (list.Count == 0)
        {
            _byNode.Remove(old.NominatedNode);
        }
    }
}
