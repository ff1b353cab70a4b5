using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>A cordoned node takes only pods that tolerate the taint it stands for.</summary>
internal static class NodeUnschedulableTest
{
    private static readonly Verdict Cordoned = Verdict.RefuseFinally(NodeTests.NodeUnschedulable, "node(s) were unschedulable");

    public static Verdict Test(PodFact pod, NodeState node) =>
        !node.Fact.Unschedulable || Toleration.Covers(pod.Tolerations, Taint.Unschedulable) ? Verdict.Fits : Cordoned;
}
