using System.Net;

namespace Gantry.Network.Facts;

/// <summary>
/// What the network needs to know of one Service. A headless Service has neither cluster addresses nor an external name.
/// </summary>
public sealed record ServiceFact
{
    public required ServiceName Name { get; init; }

    /// <summary>The virtual addresses, at most one a family; empty for headless and ExternalName Services.</summary>
    public IReadOnlyList<IPAddress> ClusterAddresses { get; init; } = [];

    public IReadOnlyList<ServicePortFact> Ports { get; init; } = [];

    public IReadOnlyList<IPAddress> ExternalAddresses { get; init; } = [];

    /// <summary>Ingress addresses of the load balancer that ask for traffic to be caught on the node (ipMode VIP).</summary>
    public IReadOnlyList<IPAddress> BalancerAddresses { get; init; } = [];

    /// <summary>Who may come in by <see cref="BalancerAddresses"/>; empty: everybody.</summary>
    public IReadOnlyList<IPNetwork> BalancerSources { get; init; } = [];

    /// <summary>The alias of an ExternalName Service, otherwise null. Such a Service exists in DNS only.</summary>
    public string? ExternalName { get; init; }

    /// <summary>How long a client stays with its endpoint (sessionAffinity ClientIP), null for no affinity.</summary>
    public TimeSpan? Affinity { get; init; }

    /// <summary>internalTrafficPolicy Local: traffic to the cluster address stays on the node it came from.</summary>
    public bool InternalLocal { get; init; }

    /// <summary>externalTrafficPolicy Local: traffic from outside goes only to endpoints on the node it came in at, its source kept.</summary>
    public bool ExternalLocal { get; init; }
}
