using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>The DoNotSchedule spread constraints of one pod, with their domains counted.</summary>
internal sealed class SpreadRules
{
    private static readonly Verdict NoLabel = Verdict.RefuseFinally(
        NodeTests.PodTopologySpread, "node(s) didn't match pod topology spread constraints (missing required label)");

    private static readonly Verdict Skewed = Verdict.Refuse(NodeTests.PodTopologySpread, "node(s) didn't match pod topology spread constraints");

    private readonly Rule[] _rules;

    private SpreadRules(Rule[] rules) => _rules = rules;

    /// <summary>Null when the pod has no such constraint.</summary>
    public static SpreadRules? For(Cluster cluster, PodFact pod)
    {
        var hard = Array.FindAll(pod.Spread, c => c.Hard);
        if (hard.Length == 0)
        {
            return null;
        }

        var rules = Array.ConvertAll(hard, c => new Rule(cluster, pod, c));
        foreach (var node in cluster.Order)
        {
            // A node without all the keys belongs to no domain, whatever keys it has.
            if (Array.TrueForAll(rules, r => r.Topology.Of(node.Slot) >= 0))
            {
                foreach (var rule in rules)
                {
                    rule.Count(pod, node);
                }
            }
        }

        foreach (var rule in rules)
        {
            rule.Finish();
        }

        return new SpreadRules(rules);
    }

    public Verdict Test(NodeState node)
    {
        foreach (var rule in _rules)
        {
            var domain = rule.Topology.Of(node.Slot);
            if (domain < 0)
            {
                return NoLabel;
            }

            if (rule.Skew(domain) > rule.Constraint.MaxSkew)
            {
                return Skewed;
            }
        }

        return Verdict.Fits;
    }

    /// <summary>True when the constraint's policies let this node count.</summary>
    public static bool Includes(SpreadConstraint constraint, PodFact pod, NodeFact node) =>
        (!constraint.HonorNodeAffinity || pod.Wants(node))
        && (!constraint.HonorTaints || TaintTest.FirstUntolerated(pod, node) is null);

    private sealed class Rule(Cluster cluster, PodFact pod, SpreadConstraint constraint)
    {
        private readonly PodCounter _counter = cluster.CountSpread(pod.Namespace, constraint.Selector);
        private readonly int _self = constraint.Selector.Matches(pod.Labels) ? 1 : 0;
        private int[] _counts = [];
        private bool[] _eligible = [];
        private long _least;

        public SpreadConstraint Constraint => constraint;

        public Topology Topology { get; } = cluster.Topology(constraint.TopologyKey);

        public void Count(PodFact asking, NodeState node)
        {
            if (_counts.Length == 0)
            {
                _counts = new int[Topology.Domains];
                _eligible = new bool[Topology.Domains];
            }

            if (Includes(constraint, asking, node.Fact))
            {
                var domain = Topology.Of(node.Slot);
                _eligible[domain] = true;
                _counts[domain] += _counter.At(node.Slot);
            }
        }

        public void Finish()
        {
            var domains = 0;
            _least = int.MaxValue;
            for (var i = 0; i < _counts.Length; i++)
            {
                if (_eligible[i])
                {
                    domains++;
                    _least = Math.Min(_least, _counts[i]);
                }
            }

            if (domains < constraint.MinDomains)
            {
                _least = 0;
            }
        }

        public long Skew(int domain) => (domain < _counts.Length ? _counts[domain] : 0) + _self - _least;
    }
}
