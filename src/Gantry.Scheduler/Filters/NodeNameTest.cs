using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>A pod that names a node goes there or nowhere.</summary>
internal static class NodeNameTest
{
    private static readonly Verdict Other = Verdict.RefuseFinally(NodeTests.NodeName, "node(s) didn't match the requested node name");

    public static Verdict Test(PodFact pod, NodeState node) =>
        pod.NodeName.Length == 0 || string.Equals(pod.NodeName, node.Name, StringComparison.Ordinal) ? Verdict.Fits : Other;
}
