using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>Every NoSchedule and NoExecute taint must be tolerated; the first that is not is the reason.</summary>
internal static class TaintTest
{
    public static Verdict Test(PodFact pod, NodeState node) =>
        FirstUntolerated(pod, node.Fact) is { } taint
            ? Verdict.RefuseFinally(NodeTests.TaintToleration, $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}")
            : Verdict.Fits;

    public static Taint? FirstUntolerated(PodFact pod, NodeFact node)
    {
        foreach (var taint in node.Taints)
        {
            if (taint.Effect != TaintEffect.PreferNoSchedule && !Toleration.Covers(pod.Tolerations, taint))
            {
                return taint;
            }
        }

        return null;
    }
}
