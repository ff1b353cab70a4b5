namespace Gantry.Scheduler.Queue;

/// <summary>Something that happened in the cluster and may let a waiting pod find a node.</summary>
[Flags]
public enum ClusterChange
{
    None = 0,
    NodeAdded = 1,
    NodeAllocatable = 2,
    NodeLabels = 4,
    NodeTaints = 8,
    NodeRemoved = 16,
    PodPlaced = 32,
    PodRemoved = 64,
    PodLabels = 128,
    Claims = 256,
    Namespaces = 512,
}
