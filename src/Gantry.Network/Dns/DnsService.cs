using System.Net;
using System.Net.Sockets;
using Gantry.Network.Facts;

namespace Gantry.Network.Dns;

/// <summary>One Service as DNS sees it, with its ready endpoints.</summary>
public sealed record DnsService(ServiceFact Fact, IReadOnlyList<DnsEndpoint> Endpoints)
{
    public bool Headless => Fact.ExternalName is null && Fact.ClusterAddresses.Count == 0;

    public static DnsService From(ServiceFact fact, IEnumerable<SliceFact> slices)
    {
        var endpoints =
            from slice in slices
            from endpoint in slice.Endpoints
            where endpoint.Ready
            select new DnsEndpoint(endpoint.Address, Label(endpoint), slice.Ports);
        return new(fact, [.. endpoints.OrderBy(e => e.Address.ToString(), StringComparer.Ordinal)]);
    }

    /// <summary>The pod's own hostname, or its address written with dashes.</summary>
    private static string Label(EndpointFact endpoint) =>
        endpoint.Hostname is { Length: > 0 } hostname ? hostname.ToLowerInvariant() : Dashed(endpoint.Address);

    private static string Dashed(IPAddress address) =>
        address.ToString().Replace(address.AddressFamily == AddressFamily.InterNetwork ? '.' : ':', '-');
}
