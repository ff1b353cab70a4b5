using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>nodeSelector and required node affinity.</summary>
internal static class NodeAffinityTest
{
    private static readonly Verdict Mismatch = Verdict.RefuseFinally(NodeTests.NodeAffinity, "node(s) didn't match Pod's node affinity/selector");

    public static Verdict Test(PodFact pod, NodeState node) => pod.Wants(node.Fact) ? Verdict.Fits : Mismatch;
}
