using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>The pod's requests must fit into what the node's pods leave of its allocatable amounts. Every shortage is named.</summary>
internal static class ResourceTest
{
    private const string Cpu = "Insufficient cpu";
    private const string Memory = "Insufficient memory";
    private const string Storage = "Insufficient ephemeral-storage";
    private const string Pods = "Too many pods";

    // One shortage is the usual case, and a full cluster gives it once for every node.
    private static readonly Verdict NoCpu = Verdict.Refuse(NodeTests.NodeResourcesFit, Cpu);
    private static readonly Verdict NoMemory = Verdict.Refuse(NodeTests.NodeResourcesFit, Memory);
    private static readonly Verdict NoPods = Verdict.Refuse(NodeTests.NodeResourcesFit, Pods);

    public static Verdict Test(PodFact pod, NodeState node)
    {
        var wanted = pod.Requests;
        var all = node.Fact.Allocatable;
        var fits = node.Pods.Count < node.Fact.MaxPods
            && (wanted.MilliCpu == 0 || wanted.MilliCpu <= all.MilliCpu - node.UsedMilliCpu)
            && (wanted.Memory == 0 || wanted.Memory <= all.Memory - node.UsedMemory)
            && (wanted.EphemeralStorage == 0 || wanted.EphemeralStorage <= all.EphemeralStorage - node.UsedEphemeralStorage);
        return fits && wanted.Extended.Length == 0 ? Verdict.Fits : Explain(wanted, node);
    }

    private static Verdict Explain(Resources wanted, NodeState node)
    {
        var all = node.Fact.Allocatable;
        var reasons = new List<string>();
        if (node.Pods.Count >= node.Fact.MaxPods)
        {
            reasons.Add(Pods);
        }

        if (wanted.MilliCpu > 0 && wanted.MilliCpu > all.MilliCpu - node.UsedMilliCpu)
        {
            reasons.Add(Cpu);
        }

        if (wanted.Memory > 0 && wanted.Memory > all.Memory - node.UsedMemory)
        {
            reasons.Add(Memory);
        }

        if (wanted.EphemeralStorage > 0 && wanted.EphemeralStorage > all.EphemeralStorage - node.UsedEphemeralStorage)
        {
            reasons.Add(Storage);
        }

        foreach (var item in wanted.Extended)
        {
            if (item.Amount > 0 && item.Amount > all.ExtendedAmount(item.Name) - node.UsedExtended(item.Name))
            {
                reasons.Add("Insufficient " + item.Name);
            }
        }

        return reasons switch
        {
            [] => Verdict.Fits,
            [Cpu] => NoCpu,
            [Memory] => NoMemory,
            [Pods] => NoPods,
            _ => Verdict.Refuse(NodeTests.NodeResourcesFit, [.. reasons]),
        };
    }
}
