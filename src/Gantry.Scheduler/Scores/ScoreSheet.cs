using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>
/// Scores the nodes a pod fits on. Every score is brought to 0..100 over these nodes and added with Kubernetes 1.32's default weight.
/// The sheet is reused from pod to pod, so scoring allocates only for pods with spread or affinity terms.
/// </summary>
internal sealed class ScoreSheet
{
    public const long Best = 100;

    private long[] _totals = [];
    private long[] _column = [];

    /// <summary>Total score per node, valid until the next call.</summary>
    public ReadOnlySpan<long> Score(Ask ask, ReadOnlySpan<NodeState> nodes)
    {
        if (_totals.Length < nodes.Length)
        {
            _totals = new long[nodes.Length];
            _column = new long[nodes.Length];
        }

        var totals = _totals.AsSpan(0, nodes.Length);
        totals.Clear();
        var column = _column.AsSpan(0, nodes.Length);

        TaintScore.Add(ask, nodes, column, totals, weight: 3);
        NodeAffinityScore.Add(ask, nodes, column, totals, weight: 2);
        ResourceScore.Add(ask, nodes, totals);
        SpreadScore.Add(ask, nodes, column, totals, weight: 2);
        AffinityScore.Add(ask, nodes, column, totals, weight: 2);
        ImageScore.Add(ask, nodes, totals);
        return totals;
    }

    /// <summary>Scales a column so that its largest value becomes 100, or, reversed, so that its largest becomes 0 and zero becomes 100.</summary>
    public static void AddScaled(Span<long> column, Span<long> totals, long weight, bool reverse)
    {
        long most = 0;
        foreach (var value in column)
        {
            most = Math.Max(most, value);
        }

        for (var i = 0; i < column.Length; i++)
        {
            var scaled = most == 0 ? 0 : Best * column[i] / most;
            totals[i] += weight * (reverse ? Best - scaled : scaled);
        }
    }
}
