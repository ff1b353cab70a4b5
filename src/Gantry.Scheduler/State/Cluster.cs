using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.State;

/// <summary>
/// The cluster as the scheduler believes it to be: nodes, their pods (assumed ones included), and indexes over both, all kept up incrementally.
/// It belongs to one thread. Adding and removing a pod are exact opposites, so a what-if question (preemption, nominated pods) is asked
/// by making the change, deciding, and taking it back; no copy of the cluster is ever made.
/// </summary>
public sealed class Cluster : INamespaceLabels
{
    private static readonly Dictionary<string, string> NoLabels = [];
    private static readonly Dictionary<string, long> NoImages = [];

    private readonly Dictionary<string, NodeState> _nodes = new(StringComparer.Ordinal);
    private readonly Stack<int> _freeSlots = new();
    private readonly Dictionary<string, PodFact> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PodFact>> _homeless = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Topology> _topologies = new(StringComparer.Ordinal);
    private readonly PodCounters _counters = new();
    private NodeState[]? _order;
    private int _slots;
    private long _shape;

    /// <summary>All nodes, in the order they are to be looked at.</summary>
    public IReadOnlyList<NodeState> Nodes => Order;

    public int PodCount => _pods.Count;

    /// <summary>Pods that wait on a node for their victims to leave.</summary>
    public Nominations Nominations { get; } = new();

    public Volumes Volumes { get; } = new();

    public Workloads Workloads { get; } = new();

    /// <summary>How many nodes hold each image.</summary>
    public ImageSpread Images { get; } = new();

    internal TermIndex Terms { get; } = new();

    internal NodeState[] Order => _order ??= NodeOrder.Interleave(_nodes.Values);

    public NodeState? FindNode(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>The placed pod with this uid, or null.</summary>
    public PodFact? FindPod(string uid) => _pods.GetValueOrDefault(uid);

    /// <summary>Adds a node or replaces what is known of it.</summary>
    public void SetNode(NodeFact fact)
    {
        if (_nodes.TryGetValue(fact.Name, out var node))
        {
            var old = node.Fact;
            node.Fact = fact;
            Images.Replace(old.Images, fact.Images);
            if (!SameLabels(old.Labels, fact.Labels))
            {
                Reshape();
            }

            return;
        }

        node = new NodeState(fact, _freeSlots.TryPop(out var slot) ? slot : _slots++);
        _nodes.Add(fact.Name, node);
        Images.Replace(NoImages, fact.Images);
        Reshape();
        if (_homeless.Remove(fact.Name, out var waiting))
        {
            foreach (var pod in waiting)
            {
                Attach(node, pod);
            }
        }
    }

    /// <summary>Forgets a node. Its pods stay known, without counting anywhere, until they are removed or the node returns.</summary>
    public void RemoveNode(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
        {
            return;
        }

        foreach (var pod in node.Pods.ToArray())
        {
            Detach(node, pod);
            Shelter(pod);
        }

        _nodes.Remove(name);
        Images.Replace(node.Fact.Images, NoImages);
        _freeSlots.Push(node.Slot);
        Reshape();
    }

    /// <summary>Places a pod on the node its <see cref="PodFact.NodeName"/> names, replacing what was known of it.</summary>
    public void SetPod(PodFact pod)
    {
        RemovePod(pod.Uid);
        _pods.Add(pod.Uid, pod);
        if (_nodes.TryGetValue(pod.NodeName, out var node))
        {
            Attach(node, pod);
        }
        else
        {
            Shelter(pod);
        }
    }

    /// <summary>Returns what was known of the pod, or null when it was not placed.</summary>
    public PodFact? RemovePod(string uid)
    {
        if (!_pods.Remove(uid, out var pod))
        {
            return null;
        }

        if (_nodes.TryGetValue(pod.NodeName, out var node))
        {
            Detach(node, pod);
        }
        else if (_homeless.TryGetValue(pod.NodeName, out var waiting) && waiting.Remove(pod) && waiting.Count == 0)
        {
            _homeless.Remove(pod.NodeName);
        }

        return pod;
    }

    public IReadOnlyDictionary<string, string> LabelsOf(string name) => _namespaces.GetValueOrDefault(name, NoLabels);

    public void SetNamespace(string name, IReadOnlyDictionary<string, string> labels)
    {
        if (SameLabels(LabelsOf(name), labels))
        {
            return;
        }

        _namespaces[name] = labels;
        _counters.ForgetNamespaceSelecting();
    }

    public void RemoveNamespace(string name)
    {
        if (_namespaces.Remove(name))
        {
            _counters.ForgetNamespaceSelecting();
        }
    }

    /// <summary>The domains of this label key, current.</summary>
    public Topology Topology(string key)
    {
        if (!_topologies.TryGetValue(key, out var topology))
        {
            _topologies.Add(key, topology = new Topology(key));
        }

        if (topology.Version != _shape)
        {
            topology.Rebuild(Order, _slots, _shape);
        }

        return topology;
    }

    /// <summary>Counts pods of one namespace that match a selector and are not being deleted (topology spread's rule).</summary>
    public PodCounter CountSpread(string inNamespace, Selector selector) =>
        _counters.Get(
            $"s|{inNamespace}|{selector.Text}",
            inNamespace,
            usesNamespaceLabels: false,
            pod => !pod.Terminating && string.Equals(pod.Namespace, inNamespace, StringComparison.Ordinal) && selector.Matches(pod.Labels),
            Order);

    /// <summary>Counts pods that match every one of these terms (affinity's rule: pods being deleted count).</summary>
    public PodCounter CountTerms(params PodTerm[] terms)
    {
        var only = terms[0].OnlyNamespace;
        return _counters.Get(
            "t|" + (terms.Length == 1 ? terms[0].Text : string.Join('&', terms.Select(t => t.Text))),
            only,
            terms.Any(t => t.UsesNamespaceLabels),
            pod => MatchesAll(terms, pod),
            Order);
    }

    private bool MatchesAll(PodTerm[] terms, PodFact pod)
    {
        foreach (var term in terms)
        {
            if (!term.Matches(pod, this))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameLabels(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        ReferenceEquals(left, right)
        || (left.Count == right.Count
            && left.All(l => right.TryGetValue(l.Key, out var value) && string.Equals(l.Value, value, StringComparison.Ordinal)));

    private void Reshape()
    {
        _order = null;
        _shape++;
    }

    private void Attach(NodeState node, PodFact pod)
    {
        node.Add(pod);
        _counters.Apply(pod, node.Slot, 1);
        if (pod.HasTerms)
        {
            Terms.Apply(pod, node.Slot, 1);
        }
    }

    private void Detach(NodeState node, PodFact pod)
    {
        if (!node.Remove(pod))
        {
            throw new InvalidOperationException($"pod {pod.Namespace}/{pod.Name} is not counted on node {node.Name}");
        }

        _counters.Apply(pod, node.Slot, -1);
        if (pod.HasTerms)
        {
            Terms.Apply(pod, node.Slot, -1);
        }
    }

    private void Shelter(PodFact pod)
    {
        if (!_homeless.TryGetValue(pod.NodeName, out var waiting))
        {
            _homeless.Add(pod.NodeName, waiting = []);
        }

        waiting.Add(pod);
    }
}
