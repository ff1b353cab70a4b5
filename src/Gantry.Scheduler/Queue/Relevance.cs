using Gantry.Scheduler.Decisions;

namespace Gantry.Scheduler.Queue;

/// <summary>Which changes can lift which refusals. A pod is tried again only after a change that concerns a test that refused it.</summary>
public static class Relevance
{
    private const ClusterChange AnyNode = ClusterChange.NodeAdded | ClusterChange.NodeLabels;
    private const ClusterChange AnyPod = ClusterChange.PodPlaced | ClusterChange.PodRemoved | ClusterChange.PodLabels;

    private static readonly (NodeTests Test, ClusterChange Changes)[] Table =
    [
        (NodeTests.NodeUnschedulable, ClusterChange.NodeAdded | ClusterChange.NodeTaints),
        (NodeTests.NodeName, ClusterChange.NodeAdded),
        (NodeTests.TaintToleration, ClusterChange.NodeAdded | ClusterChange.NodeTaints),
        (NodeTests.NodeAffinity, AnyNode),
        (NodeTests.NodePorts, ClusterChange.NodeAdded | ClusterChange.PodRemoved),
        (NodeTests.NodeResourcesFit, ClusterChange.NodeAdded | ClusterChange.NodeAllocatable | ClusterChange.PodRemoved),
        (NodeTests.VolumeBinding, AnyNode | ClusterChange.Claims),
        (NodeTests.PodTopologySpread, AnyNode | AnyPod | ClusterChange.NodeTaints | ClusterChange.NodeRemoved),
        (NodeTests.InterPodAffinity, AnyNode | AnyPod | ClusterChange.Namespaces),
    ];

    /// <summary>The changes worth waiting for. A pod refused by no test (there was no node) waits for nodes.</summary>
    public static ClusterChange Of(NodeTests refusedBy)
    {
        var changes = ClusterChange.NodeAdded;
        foreach (var (test, helps) in Table)
        {
            if (refusedBy.HasFlag(test))
            {
                changes |= helps;
            }
        }

        return changes;
    }
}
