using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>Host ports the pod wants must be free on the node.</summary>
internal static class PortTest
{
    private static readonly Verdict Taken = Verdict.Refuse(NodeTests.NodePorts, "node(s) didn't have free ports for the requested pod ports");

    public static Verdict Test(PodFact pod, NodeState node)
    {
        foreach (var wanted in pod.Ports)
        {
            foreach (var taken in node.Ports)
            {
                if (wanted.Clashes(taken))
                {
                    return Taken;
                }
            }
        }

        return Verdict.Fits;
    }
}
