using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>
/// LeastAllocated prefers nodes with much CPU and memory left, taking 100 milli-CPU and 200 MiB for containers that request none;
/// BalancedAllocation prefers nodes whose CPU and memory would be used to the same degree, by real requests.
/// A pod that requests neither is not scored for balance: it changes nothing there, and would draw all such pods to one node.
/// </summary>
internal static class ResourceScore
{
    public static void Add(Ask ask, ReadOnlySpan<NodeState> nodes, Span<long> totals)
    {
        var pod = ask.Pod;
        var balance = pod.Requests.MilliCpu > 0 || pod.Requests.Memory > 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = nodes[i];
            var all = node.Fact.Allocatable;
            totals[i] += LeastAllocated(
                node.ScoredMilliCpu + pod.ScoredMilliCpu, all.MilliCpu, node.ScoredMemory + pod.ScoredMemory, all.Memory);
            if (balance)
            {
                totals[i] += Balanced(
                    node.UsedMilliCpu + pod.Requests.MilliCpu, all.MilliCpu, node.UsedMemory + pod.Requests.Memory, all.Memory);
            }
        }
    }

    /// <summary>The mean share left of the resources the node has, 0 to 100.</summary>
    public static long LeastAllocated(long cpu, long allCpu, long memory, long allMemory)
    {
        long sum = 0;
        long kinds = 0;
        if (allCpu > 0)
        {
            sum += Left(cpu, allCpu);
            kinds++;
        }

        if (allMemory > 0)
        {
            sum += Left(memory, allMemory);
            kinds++;
        }

        return kinds == 0 ? 0 : sum / kinds;
    }

    /// <summary>100 when both are used to the same degree, 50 when one is full and the other empty.</summary>
    public static long Balanced(long cpu, long allCpu, long memory, long allMemory)
    {
        if (allCpu == 0 || allMemory == 0)
        {
            return ScoreSheet.Best;
        }

        var first = Math.Min(1.0, (double)cpu / allCpu);
        var second = Math.Min(1.0, (double)memory / allMemory);
        return (long)((1 - Math.Abs((first - second) / 2)) * ScoreSheet.Best);
    }

    private static long Left(long used, long all) => used > all ? 0 : (all - used) * ScoreSheet.Best / all;
}
