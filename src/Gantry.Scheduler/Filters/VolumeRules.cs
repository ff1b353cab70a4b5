using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>
/// Where a pod's claims let it go: bound claims by their volume's node affinity; claims that wait for their first consumer by the volumes
/// that could still be bound to them, or by where their class may make one.
/// </summary>
internal sealed class VolumeRules
{
    private static readonly Verdict Elsewhere = Verdict.RefuseFinally(NodeTests.VolumeBinding, "node(s) had volume node affinity conflict");
    private static readonly Verdict NoVolume = Verdict.RefuseFinally(NodeTests.VolumeBinding, "node(s) didn't find available persistent volumes to bind");

    private static readonly Verdict Vanished = Verdict.RefuseFinally(
        NodeTests.VolumeBinding, "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)");

    private static readonly Verdict Immediate = Verdict.RefuseFinally(NodeTests.VolumeBinding, "pod has unbound immediate PersistentVolumeClaims");

    private readonly Volumes _volumes;
    private readonly List<ClaimFact> _bound;
    private readonly List<ClaimFact> _waiting;

    private VolumeRules(Volumes volumes, List<ClaimFact> bound, List<ClaimFact> waiting)
    {
        _volumes = volumes;
        _bound = bound;
        _waiting = waiting;
    }

    /// <param name="refusal">Set when the claims let the pod go nowhere.</param>
    public static VolumeRules? For(Cluster cluster, PodFact pod, out Verdict? refusal)
    {
        var volumes = cluster.Volumes;
        List<ClaimFact> bound = [];
        List<ClaimFact> waiting = [];
        refusal = null;
        foreach (var name in pod.Claims)
        {
            if (volumes.Claim(pod.Namespace, name) is not { } claim)
            {
                refusal = Refuse($"persistentvolumeclaim \"{name}\" not found");
            }
            else if (claim.Lost)
            {
                refusal = Refuse($"persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{claim.VolumeName}\"");
            }
            else if (claim.Terminating)
            {
                refusal = Refuse($"persistentvolumeclaim \"{name}\" is being deleted");
            }
            else if (claim.VolumeName.Length > 0 && claim.BindingCompleted)
            {
                bound.Add(claim);
            }
            else if (claim.VolumeName.Length == 0 && volumes.Class(claim.ClassName) is { WaitsForConsumer: true })
            {
                waiting.Add(claim);
            }
            else
            {
                refusal = Immediate;
            }

            if (refusal is not null)
            {
                return null;
            }
        }

        return new VolumeRules(volumes, bound, waiting);
    }

    public Verdict Test(NodeState node)
    {
        foreach (var claim in _bound)
        {
            if (_volumes.Volume(claim.VolumeName) is not { } volume)
            {
                return Vanished;
            }

            if (volume.NodeTerms is not null && !NodeTerm.AnyMatches(volume.NodeTerms, node.Fact))
            {
                return Elsewhere;
            }
        }

        return Plan(node) is null ? NoVolume : Verdict.Fits;
    }

    /// <summary>What is to be done for the waiting claims if the pod goes to this node; null when it cannot be done.</summary>
    public List<ClaimPlan>? Plan(NodeState node)
    {
        var plans = new List<ClaimPlan>();
        foreach (var claim in _waiting)
        {
            // A claim for which another node is already chosen is being provisioned there.
            if (claim.SelectedNode.Length > 0)
            {
                if (!string.Equals(claim.SelectedNode, node.Name, StringComparison.Ordinal))
                {
                    return null;
                }

                plans.Add(new ClaimPlan(claim, Volume: ""));
                continue;
            }

            var volume = Smallest(claim, node.Fact, plans);
            var storageClass = _volumes.Class(claim.ClassName)!;
            if (volume is null
                && (!storageClass.Provisions
                    || (storageClass.AllowedTopologies is { } topologies && !NodeTerm.AnyMatches(topologies, node.Fact))))
            {
                return null;
            }

            plans.Add(new ClaimPlan(claim, volume?.Name ?? ""));
        }

        return plans;
    }

    private static Verdict Refuse(string reason) => Verdict.RefuseFinally(NodeTests.VolumeBinding, reason);

    private VolumeFact? Smallest(ClaimFact claim, NodeFact node, List<ClaimPlan> taken)
    {
        VolumeFact? best = null;
        foreach (var volume in _volumes.All)
        {
            var promised = string.Equals(volume.Claim, $"{claim.Namespace}/{claim.Name}", StringComparison.Ordinal);
            if ((promised || (volume.Claim.Length == 0 && volume.Available))
                && string.Equals(volume.ClassName, claim.ClassName, StringComparison.Ordinal)
                && volume.Capacity >= claim.Requested
                && claim.AccessModes.All(m => volume.AccessModes.Contains(m, StringComparer.Ordinal))
                && claim.Selector.Matches(volume.Labels)
                && (volume.NodeTerms is null || NodeTerm.AnyMatches(volume.NodeTerms, node))
                && !taken.Exists(p => string.Equals(p.Volume, volume.Name, StringComparison.Ordinal))
                && (best is null || volume.Capacity < best.Capacity
                    || (volume.Capacity == best.Capacity && string.CompareOrdinal(volume.Name, best.Name) < 0)))
            {
                best = volume;
            }
        }

        return best;
    }
}
