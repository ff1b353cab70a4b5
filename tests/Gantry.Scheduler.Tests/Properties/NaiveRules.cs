using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Properties;

/// <summary>
/// The rules written down the slow and obvious way, from lists of pods and nodes, without indexes or increments.
/// The scheduler must agree with it on every node.
/// </summary>
internal sealed class NaiveRules(IReadOnlyList<NodeFact> nodes, IReadOnlyList<PodFact> placed)
{
    private static readonly EmptyNamespaces Namespaces = new();

    public bool Fits(PodFact pod, NodeFact node) =>
        (!node.Unschedulable || pod.Tolerations.Any(t => t.Tolerates(Taint.Unschedulable)))
        && Tolerates(pod, node)
        && pod.Wants(node)
        && !On(node).SelectMany(p => p.Ports).Any(taken => pod.Ports.Any(p => p.Clashes(taken)))
        && HasRoom(pod, node)
        && pod.Spread.Where(c => c.Hard).All(c => Spreads(pod, node, c))
        && FriendsThere(pod, node)
        && !pod.AntiAffinity.Any(t => Domain(node, t.TopologyKey) is { } d && Pods(t.TopologyKey, d).Any(p => t.Matches(p, Namespaces)))
        && !placed.Any(p => p.AntiAffinity.Any(t => t.Matches(pod, Namespaces) && Same(NodeOf(p), node, t.TopologyKey)));

    public bool Overcommitted(NodeFact node) =>
        On(node).Sum(p => p.Requests.MilliCpu) > node.Allocatable.MilliCpu
        || On(node).Sum(p => p.Requests.Memory) > node.Allocatable.Memory
        || On(node).Count() > node.MaxPods;

    private static bool Tolerates(PodFact pod, NodeFact node) =>
        node.Taints.Where(t => t.Effect != TaintEffect.PreferNoSchedule).All(taint => pod.Tolerations.Any(t => t.Tolerates(taint)));

    private static string? Domain(NodeFact? node, string key) => node is not null && node.Labels.TryGetValue(key, out var value) ? value : null;

    private static bool Same(NodeFact? left, NodeFact right, string key) => Domain(left, key) is { } d && d == Domain(right, key);

    private bool HasRoom(PodFact pod, NodeFact node) =>
        On(node).Count() < node.MaxPods
        && (pod.Requests.MilliCpu == 0 || On(node).Sum(p => p.Requests.MilliCpu) + pod.Requests.MilliCpu <= node.Allocatable.MilliCpu)
        && (pod.Requests.Memory == 0 || On(node).Sum(p => p.Requests.Memory) + pod.Requests.Memory <= node.Allocatable.Memory);

    private bool FriendsThere(PodFact pod, NodeFact node)
    {
        if (pod.Affinity.Length == 0)
        {
            return true;
        }

        if (pod.Affinity.Any(t => Domain(node, t.TopologyKey) is null))
        {
            return false;
        }

        var friends = placed.Where(p => pod.Affinity.All(t => t.Matches(p, Namespaces))).ToList();
        if (pod.Affinity.All(t => friends.Any(p => Same(NodeOf(p), node, t.TopologyKey))))
        {
            return true;
        }

        return !friends.Any(p => pod.Affinity.Any(t => Domain(NodeOf(p), t.TopologyKey) is not null))
            && pod.Affinity.All(t => t.Matches(pod, Namespaces));
    }

    private bool Spreads(PodFact pod, NodeFact node, SpreadConstraint constraint)
    {
        if (Domain(node, constraint.TopologyKey) is not { } mine)
        {
            return false;
        }

        var keys = pod.Spread.Where(c => c.Hard).Select(c => c.TopologyKey).ToList();
        var counted = nodes
            .Where(n => keys.All(k => Domain(n, k) is not null))
            .Where(n => (!constraint.HonorNodeAffinity || pod.Wants(n)) && (!constraint.HonorTaints || Tolerates(pod, n)))
            .ToList();
        int Matching(string domain) => counted
            .Where(n => Domain(n, constraint.TopologyKey) == domain)
            .Sum(n => On(n).Count(p => p.Namespace == pod.Namespace && !p.Terminating && constraint.Selector.Matches(p.Labels)));
        var domains = counted.Select(n => Domain(n, constraint.TopologyKey)!).Distinct().ToList();
        var least = domains.Count < constraint.MinDomains ? 0 : domains.Count == 0 ? int.MaxValue : domains.Min(Matching);
        var self = constraint.Selector.Matches(pod.Labels) ? 1 : 0;
        return (long)Matching(mine) + self - least <= constraint.MaxSkew;
    }

    private IEnumerable<PodFact> On(NodeFact node) => placed.Where(p => p.NodeName == node.Name);

    private IEnumerable<PodFact> Pods(string key, string domain) => placed.Where(p => Domain(NodeOf(p), key) == domain);

    private NodeFact? NodeOf(PodFact pod) => nodes.FirstOrDefault(n => n.Name == pod.NodeName);

    private sealed class EmptyNamespaces : INamespaceLabels
    {
        public IReadOnlyDictionary<string, string> LabelsOf(string name) => new Dictionary<string, string>();
    }
}
