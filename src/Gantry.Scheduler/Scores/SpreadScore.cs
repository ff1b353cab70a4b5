using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Filters;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Scores;

/// <summary>
/// Prefers nodes in domains with fewer matching pods, by the pod's ScheduleAnyway constraints or, when it has no constraint at all,
/// by the system's default ones: at most 3 apart per node and 5 per zone, among the pods of its services and owner.
/// </summary>
internal static class SpreadScore
{
    private const long Ignored = -1;

    public static void Add(Ask ask, ReadOnlySpan<NodeState> nodes, Span<long> column, Span<long> totals, long weight)
    {
        var pod = ask.Pod;
        var own = pod.Spread.Length > 0;
        var constraints = own ? Array.FindAll(pod.Spread, c => !c.Hard) : Defaults(ask);
        if (constraints.Length == 0)
        {
            return;
        }

        var parts = Array.ConvertAll(constraints, c => new Part(ask.Cluster, pod, c));
        var ignored = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            // The default constraints do not ask for all labels: nodes without a zone are still spread by name.
            column[i] = 0;
            if (own && !HasAllKeys(parts, nodes[i]))
            {
                column[i] = Ignored;
                ignored++;
                continue;
            }

            foreach (var part in parts)
            {
                part.Offer(nodes[i]);
            }
        }

        foreach (var part in parts)
        {
            part.Count(ask, requireAll: own ? parts : null, nodes.Length - ignored);
        }

        for (var i = 0; i < nodes.Length; i++)
        {
            if (column[i] != Ignored)
            {
                column[i] = Raw(parts, nodes[i]);
            }
        }

        AddNormalised(column, totals, weight);
    }

    private static long Raw(Part[] parts, NodeState node)
    {
        var score = 0.0;
        foreach (var part in parts)
        {
            score += part.Score(node);
        }

        return (long)Math.Round(score, MidpointRounding.AwayFromZero);
    }

    private static void AddNormalised(Span<long> column, Span<long> totals, long weight)
    {
        long least = long.MaxValue;
        long most = 0;
        foreach (var value in column)
        {
            if (value != Ignored)
            {
                least = Math.Min(least, value);
                most = Math.Max(most, value);
            }
        }

        for (var i = 0; i < column.Length; i++)
        {
            if (column[i] != Ignored)
            {
                totals[i] += weight * (most == 0 ? ScoreSheet.Best : ScoreSheet.Best * (most + least - column[i]) / most);
            }
        }
    }

    private static SpreadConstraint[] Defaults(Ask ask) =>
        ask.Cluster.Workloads.DefaultSelector(ask.Pod) is not { } selector
            ? []
            :
            [
                new SpreadConstraint { TopologyKey = NodeFact.HostnameKey, MaxSkew = 3, Hard = false, Selector = selector },
                new SpreadConstraint { TopologyKey = NodeFact.ZoneKey, MaxSkew = 5, Hard = false, Selector = selector },
            ];

    private static bool HasAllKeys(Part[] parts, NodeState node)
    {
        foreach (var part in parts)
        {
            if (part.Topology.Of(node.Slot) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Part(Cluster cluster, PodFact pod, SpreadConstraint constraint)
    {
        private readonly bool _perNode = string.Equals(constraint.TopologyKey, NodeFact.HostnameKey, StringComparison.Ordinal);
        private readonly PodCounter _counter = cluster.CountSpread(pod.Namespace, constraint.Selector);
        private readonly bool[] _offered = new bool[cluster.Topology(constraint.TopologyKey).Domains];
        private int[] _counts = [];
        private int _domains;
        private double _weight;

        public Topology Topology { get; } = cluster.Topology(constraint.TopologyKey);

        /// <summary>A candidate node: its domain takes part.</summary>
        public void Offer(NodeState node)
        {
            var domain = Topology.Of(node.Slot);
            if (!_perNode && domain >= 0 && !_offered[domain])
            {
                _offered[domain] = true;
                _domains++;
            }
        }

        public void Count(Ask ask, Part[]? requireAll, int candidates)
        {
            _weight = Math.Log((_perNode ? candidates : _domains) + 2);
            if (_perNode || _domains == 0)
            {
                return;
            }

            _counts = new int[Topology.Domains];
            foreach (var node in ask.Cluster.Order)
            {
                var domain = Topology.Of(node.Slot);
                if (domain >= 0 && _offered[domain] && _counter.At(node.Slot) is > 0 and var count
                    && (requireAll is null || HasAllKeys(requireAll, node))
                    && SpreadRules.Includes(constraint, ask.Pod, node.Fact))
                {
                    _counts[domain] += count;
                }
            }
        }

        public double Score(NodeState node)
        {
            var domain = Topology.Of(node.Slot);
            if (domain < 0)
            {
                return 0;
            }

            var count = _perNode ? _counter.At(node.Slot) : _counts[domain];
            return (count * _weight) + (constraint.MaxSkew - 1);
        }
    }
}
