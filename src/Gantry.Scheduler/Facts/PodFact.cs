namespace Gantry.Scheduler.Facts;

/// <summary>What the scheduler needs to know of a pod, with every selector compiled and every amount an integer. Immutable.</summary>
public sealed record PodFact
{
    private static readonly Dictionary<string, string> NoLabels = [];

    public required string Uid { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;

    /// <summary>Where it is bound; empty while it waits.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Where an earlier preemption made room for it; empty for none.</summary>
    public string NominatedNode { get; init; } = "";

    public int Priority { get; init; }

    /// <summary>preemptionPolicy Never: waits before others in the queue but takes nobody's place.</summary>
    public bool NeverPreempts { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>When the kubelet acknowledged it; null before.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Being deleted.</summary>
    public bool Terminating { get; init; }

    /// <summary>Requests of containers, init containers and overhead, as the fit rule counts them.</summary>
    public Resources Requests { get; init; } = Resources.None;

    /// <summary>The same with 100 milli-CPU for every container without a CPU request; used by scores only.</summary>
    public long ScoredMilliCpu { get; init; }

    /// <summary>The same with 200 MiB for every container without a memory request; used by scores only.</summary>
    public long ScoredMemory { get; init; }

    public Toleration[] Tolerations { get; init; } = [];

    /// <summary>spec.nodeSelector; <see cref="Selector.Everything"/> when it is empty.</summary>
    public Selector NodeSelector { get; init; } = Selector.Everything;

    /// <summary>The alternatives of required node affinity; null when the pod has none (an empty list matches no node).</summary>
    public NodeTerm[]? NodeTerms { get; init; }

    public PreferredNodeTerm[] PreferredNodeTerms { get; init; } = [];

    public HostPort[] Ports { get; init; } = [];

    public PodTerm[] Affinity { get; init; } = [];

    public PodTerm[] AntiAffinity { get; init; } = [];

    public PreferredPodTerm[] PreferredAffinity { get; init; } = [];

    public PreferredPodTerm[] PreferredAntiAffinity { get; init; } = [];

    public SpreadConstraint[] Spread { get; init; } = [];

    /// <summary>Names of scheduling gates; a pod with any is not looked at.</summary>
    public string[] Gates { get; init; } = [];

    /// <summary>Images of all containers and init containers, with a tag or digest.</summary>
    public string[] Images { get; init; } = [];

    /// <summary>Names of the persistent volume claims it mounts, generic ephemeral ones included.</summary>
    public string[] Claims { get; init; } = [];

    /// <summary>The controlling owner as <c>Kind/name</c>; empty for none.</summary>
    public string Owner { get; init; } = "";

    public bool HasTerms => Affinity.Length > 0 || AntiAffinity.Length > 0 || PreferredAffinity.Length > 0 || PreferredAntiAffinity.Length > 0;

    /// <summary>True when the pod's selector and required affinity allow this node.</summary>
    public bool Wants(NodeFact node) => NodeSelector.Matches(node.Labels) && (NodeTerms is null || NodeTerm.AnyMatches(NodeTerms, node));
}
