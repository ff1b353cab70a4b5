using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>
/// Preferred pod affinity in both directions: what the pod prefers of placed pods, and what placed pods prefer (or, with weight 1, require)
/// of it. Scaled so that the least liked node gets 0 and the most liked 100.
/// </summary>
internal static class AffinityScore
{
    public static void Add(Ask ask, ReadOnlySpan<NodeState> nodes, Span<long> column, Span<long> totals, long weight)
    {
        var pod = ask.Pod;
        var cluster = ask.Cluster;
        var theirs = cluster.Terms.ScoringMatching(pod, cluster);
        if (theirs is null && pod.PreferredAffinity.Length == 0 && pod.PreferredAntiAffinity.Length == 0)
        {
            return;
        }

        column.Clear();
        foreach (var preferred in pod.PreferredAffinity)
        {
            AddDomains(cluster, preferred.Term.TopologyKey, cluster.CountTerms(preferred.Term).At, preferred.Weight, nodes, column);
        }

        foreach (var preferred in pod.PreferredAntiAffinity)
        {
            AddDomains(cluster, preferred.Term.TopologyKey, cluster.CountTerms(preferred.Term).At, -preferred.Weight, nodes, column);
        }

        foreach (var holders in theirs ?? [])
        {
            var sign = holders.Kind == TermKind.PreferredAntiAffinity ? -1 : 1;
            AddDomains(cluster, holders.Term.TopologyKey, holders.At, sign * holders.Weight, nodes, column);
        }

        AddNormalised(column, totals, weight);
    }

    private static void AddDomains(
        Cluster cluster, string key, Func<int, int> at, int worth, ReadOnlySpan<NodeState> nodes, Span<long> column)
    {
        var topology = cluster.Topology(key);
        var sums = new long[topology.Domains];
        foreach (var node in cluster.Order)
        {
            var domain = topology.Of(node.Slot);
            if (domain >= 0)
            {
                sums[domain] += (long)at(node.Slot) * worth;
            }
        }

        for (var i = 0; i < nodes.Length; i++)
        {
            var domain = topology.Of(nodes[i].Slot);
            if (domain >= 0)
            {
                column[i] += sums[domain];
            }
        }
    }

    private static void AddNormalised(Span<long> column, Span<long> totals, long weight)
    {
        var least = long.MaxValue;
        var most = long.MinValue;
        foreach (var value in column)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        if (most == least)
        {
            return;
        }

        for (var i = 0; i < column.Length; i++)
        {
            totals[i] += weight * (long)(ScoreSheet.Best * ((double)(column[i] - least) / (most - least)));
        }
    }
}
