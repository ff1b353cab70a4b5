namespace Gantry.Scheduler.Facts;

/// <summary>What the scheduler needs to know of a node. Immutable; a changed node is a new fact.</summary>
public sealed record NodeFact
{
    public const string ZoneKey = "topology.kubernetes.io/zone";
    public const string RegionKey = "topology.kubernetes.io/region";
    public const string HostnameKey = "kubernetes.io/hostname";

    private static readonly Dictionary<string, string> NoLabels = [];

    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;

    public Taint[] Taints { get; init; } = [];

    public bool Unschedulable { get; init; }

    public Resources Allocatable { get; init; } = Resources.None;

    /// <summary>The most pods the node takes.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>Size in bytes of every image on the node, under every name it goes by.</summary>
    public IReadOnlyDictionary<string, long> Images { get; init; } = new Dictionary<string, long>();

    /// <summary>Groups nodes for the visiting order.</summary>
    public string Zone => (Labels.TryGetValue(RegionKey, out var region) ? region : "") + ":" + (Labels.TryGetValue(ZoneKey, out var zone) ? zone : "");
}
