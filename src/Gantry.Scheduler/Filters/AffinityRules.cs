using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Filters;

/// <summary>Required affinity and anti-affinity of one pod, and the anti-affinity of placed pods against it, counted per domain.</summary>
internal sealed class AffinityRules
{
    private static readonly Verdict NoFriend = Verdict.RefuseFinally(NodeTests.InterPodAffinity, "node(s) didn't match pod affinity rules");
    private static readonly Verdict Foe = Verdict.Refuse(NodeTests.InterPodAffinity, "node(s) didn't match pod anti-affinity rules");

    private static readonly Verdict Unwanted = Verdict.Refuse(
        NodeTests.InterPodAffinity, "node(s) didn't satisfy existing pods anti-affinity rules");

    private readonly Domains[] _friends;
    private readonly Domains[] _foes;
    private readonly Domains[] _unwanted;
    private readonly bool _firstOfItsKind;

    private AffinityRules(Domains[] friends, Domains[] foes, Domains[] unwanted, bool firstOfItsKind)
    {
        _friends = friends;
        _foes = foes;
        _unwanted = unwanted;
        _firstOfItsKind = firstOfItsKind;
    }

    /// <summary>Null when nothing constrains the pod.</summary>
    public static AffinityRules? For(Cluster cluster, PodFact pod)
    {
        var against = cluster.Terms.AntiMatching(pod, cluster);
        if (pod.Affinity.Length == 0 && pod.AntiAffinity.Length == 0 && against is null)
        {
            return null;
        }

        // A pod counts as a friend only when it matches every affinity term, as Kubernetes has it.
        var all = pod.Affinity.Length > 0 ? cluster.CountTerms(pod.Affinity) : null;
        var friends = Array.ConvertAll(pod.Affinity, t => Domains.Count(cluster, t.TopologyKey, all!.At));
        var foes = Array.ConvertAll(pod.AntiAffinity, t => Domains.Count(cluster, t.TopologyKey, cluster.CountTerms(t).At));
        var unwanted = against is null ? [] : against.Select(h => Domains.Count(cluster, h.Term.TopologyKey, h.At)).ToArray();

        // The first pod of a group that wants its own kind must be allowed to start somewhere.
        var first = pod.Affinity.Length > 0
            && Array.TrueForAll(friends, f => !f.Any)
            && Array.TrueForAll(pod.Affinity, t => t.Matches(pod, cluster));
        return new AffinityRules(friends, foes, unwanted, first);
    }

    public Verdict Test(NodeState node)
    {
        foreach (var friend in _friends)
        {
            if (!friend.HasKey(node) || (!_firstOfItsKind && friend.At(node) == 0))
            {
                return NoFriend;
            }
        }

        foreach (var foe in _foes)
        {
            if (foe.At(node) > 0)
            {
                return Foe;
            }
        }

        foreach (var unwanted in _unwanted)
        {
            if (unwanted.At(node) > 0)
            {
                return Unwanted;
            }
        }

        return Verdict.Fits;
    }

    private sealed class Domains
    {
        private readonly Topology _topology;
        private readonly int[] _counts;

        private Domains(Topology topology)
        {
            _topology = topology;
            _counts = new int[topology.Domains];
        }

        public bool Any { get; private set; }

        public static Domains Count(Cluster cluster, string key, Func<int, int> at)
        {
            var domains = new Domains(cluster.Topology(key));
            foreach (var node in cluster.Order)
            {
                var domain = domains._topology.Of(node.Slot);
                if (domain >= 0 && at(node.Slot) is > 0 and var count)
                {
                    domains._counts[domain] += count;
                    domains.Any = true;
                }
            }

            return domains;
        }

        public bool HasKey(NodeState node) => _topology.Of(node.Slot) >= 0;

        /// <summary>Zero for a node outside every domain.</summary>
        public int At(NodeState node) => _topology.Of(node.Slot) is >= 0 and var domain ? _counts[domain] : 0;
    }
}
