using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>Prefers nodes with fewer PreferNoSchedule taints the pod does not tolerate.</summary>
internal static class TaintScore
{
    public static void Add(Ask ask, ReadOnlySpan<NodeState> nodes, Span<long> column, Span<long> totals, long weight)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            var count = 0;
            foreach (var taint in nodes[i].Fact.Taints)
            {
                if (taint.Effect == TaintEffect.PreferNoSchedule && !Toleration.Covers(ask.Pod.Tolerations, taint))
                {
                    count++;
                }
            }

            column[i] = count;
        }

        ScoreSheet.AddScaled(column, totals, weight, reverse: true);
    }
}
