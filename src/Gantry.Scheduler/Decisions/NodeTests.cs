namespace Gantry.Scheduler.Decisions;

/// <summary>The tests a node must pass, under the names Kubernetes gives its plugins.</summary>
[Flags]
public enum NodeTests
{
    None = 0,
    NodeUnschedulable = 1,
    NodeName = 2,
    TaintToleration = 4,
    NodeAffinity = 8,
    NodePorts = 16,
    NodeResourcesFit = 32,
    VolumeBinding = 64,
    PodTopologySpread = 128,
    InterPodAffinity = 256,
}
