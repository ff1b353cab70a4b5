using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>Prefers nodes by the weights of the pod's preferred node affinity terms they match.</summary>
internal static class NodeAffinityScore
{
    public static void Add(Ask ask, ReadOnlySpan<NodeState> nodes, Span<long> column, Span<long> totals, long weight)
    {
        if (ask.Pod.PreferredNodeTerms.Length == 0)
        {
            return;
        }

        for (var i = 0; i < nodes.Length; i++)
        {
            long sum = 0;
            foreach (var preferred in ask.Pod.PreferredNodeTerms)
            {
                if (preferred.Term.Matches(nodes[i].Fact))
                {
                    sum += preferred.Weight;
                }
            }

            column[i] = sum;
        }

        ScoreSheet.AddScaled(column, totals, weight, reverse: false);
    }
}
