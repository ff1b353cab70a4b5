using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Filters;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Decisions;

/// <summary>
/// A pod that wants a node, with everything about it that is the same for all nodes worked out once. It is true for the cluster it was made
/// from, until that cluster changes.
/// </summary>
public sealed class Ask
{
    private Ask(Cluster cluster, PodFact pod)
    {
        Cluster = cluster;
        Pod = pod;
    }

    public Cluster Cluster { get; }

    public PodFact Pod { get; }

    /// <summary>A refusal for every node at once, or null.</summary>
    public Verdict? RefusedEverywhere { get; private set; }

    /// <summary>The only nodes worth looking at (all terms name nodes by field), or null for all.</summary>
    public IReadOnlyCollection<string>? OnlyNodes { get; private set; }

    internal AffinityRules? Affinity { get; private set; }

    internal SpreadRules? Spread { get; private set; }

    internal VolumeRules? Volumes { get; private set; }

    public static Ask For(Cluster cluster, PodFact pod)
    {
        var ask = new Ask(cluster, pod) { OnlyNodes = NamedNodes(pod) };
        if (pod.Claims.Length > 0)
        {
            ask.Volumes = VolumeRules.For(cluster, pod, out var refusal);
            ask.RefusedEverywhere = refusal;
            if (refusal is not null)
            {
                return ask;
            }
        }

        ask.Spread = SpreadRules.For(cluster, pod);
        ask.Affinity = AffinityRules.For(cluster, pod);
        return ask;
    }

    /// <summary>Runs the tests in Kubernetes' order and returns the first refusal, or <see cref="Verdict.Fits"/>.</summary>
    public Verdict Test(NodeState node)
    {
        if (RefusedEverywhere is not null)
        {
            return RefusedEverywhere;
        }

        var verdict = NodeUnschedulableTest.Test(Pod, node);
        if (verdict.Passes && Pod.NodeName.Length > 0)
        {
            verdict = NodeNameTest.Test(Pod, node);
        }

        if (verdict.Passes)
        {
            verdict = TaintTest.Test(Pod, node);
        }

        if (verdict.Passes)
        {
            verdict = NodeAffinityTest.Test(Pod, node);
        }

        if (verdict.Passes && Pod.Ports.Length > 0)
        {
            verdict = PortTest.Test(Pod, node);
        }

        if (verdict.Passes)
        {
            verdict = ResourceTest.Test(Pod, node);
        }

        if (verdict.Passes && Volumes is not null)
        {
            verdict = Volumes.Test(node);
        }

        if (verdict.Passes && Spread is not null)
        {
            verdict = Spread.Test(node);
        }

        return verdict.Passes && Affinity is not null ? Affinity.Test(node) : verdict;
    }

    private static HashSet<string>? NamedNodes(PodFact pod)
    {
        if (pod.NodeTerms is not { Length: > 0 } terms)
        {
            return null;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var term in terms)
        {
            if (term.Names is not { } some)
            {
                return null;
            }

            names.UnionWith(some);
        }

        return names;
    }
}
