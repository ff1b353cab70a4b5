using System.Net;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Network.Facts;

/// <summary>
/// From API objects to facts. The API has checked what it stores; whatever is unreadable all the same (objects of an older version) is left
/// out rather than failing the whole network.
/// </summary>
public static class FactReader
{
    /// <summary>The label that ties a slice to its Service.</summary>
    public const string ServiceLabel = "kubernetes.io/service-name";

    private const string Local = "Local";

    public static ServiceFact Service(V1Service service)
    {
        var spec = service.Spec;
        var external = spec.Type == "ExternalName";
        return new()
        {
            Name = new(service.Metadata.Namespace, service.Metadata.Name),
            ExternalName = external ? spec.ExternalName : null,
            ClusterAddresses = external ? [] : Addresses(spec.ClusterIPs.Count > 0 ? spec.ClusterIPs : [spec.ClusterIP]),
            Ports = Ports(spec),
            ExternalAddresses = Addresses(spec.ExternalIPs),
            BalancerAddresses = spec.Type == "LoadBalancer"
                ? Addresses(service.Status.LoadBalancer.Ingress.Where(i => i.IpMode is null or "VIP").Select(i => i.Ip))
                : [],
            BalancerSources = [.. spec.LoadBalancerSourceRanges.Select(r => IPNetwork.TryParse(r.Trim(), out var range) ? range : (IPNetwork?)null).OfType<IPNetwork>()],
            Affinity = spec.SessionAffinity == "ClientIP"
                ? TimeSpan.FromSeconds(spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? 10800)
                : null,
            InternalLocal = spec.InternalTrafficPolicy == Local,
            ExternalLocal = spec.ExternalTrafficPolicy == Local,
        };
    }

    /// <summary>Null for a slice of names rather than addresses, and for one that belongs to no Service.</summary>
    public static SliceFact? Slice(V1EndpointSlice slice)
    {
        if (slice.AddressType is not ("IPv4" or "IPv6") || !slice.Metadata.Labels.TryGetValue(ServiceLabel, out var service) || service.Length == 0)
        {
            return null;
        }

        return new()
        {
            Name = new(slice.Metadata.Namespace, slice.Metadata.Name),
            Service = new(slice.Metadata.Namespace, service),
            Ports = [.. slice.Ports.Select(Port).OfType<SlicePortFact>()],
            Endpoints = [.. slice.Endpoints.Select(Endpoint).OfType<EndpointFact>()],
        };
    }

    private static List<ServicePortFact> Ports(V1ServiceSpec spec)
    {
        var ports = new List<ServicePortFact>();
        foreach (var port in spec.Ports)
        {
            if (TransportNames.TryParse(port.Protocol, out var transport))
            {
                ports.Add(new(port.Name, transport, port.Port, port.NodePort));
            }
        }

        return ports;
    }

    private static SlicePortFact? Port(DiscoveryV1EndpointPort port) =>
        port.Port is { } number && TransportNames.TryParse(port.Protocol ?? "", out var transport) ? new(port.Name ?? "", transport, number) : null;

    private static EndpointFact? Endpoint(V1Endpoint endpoint)
    {
        if (endpoint.Addresses.Count == 0 || GoAddress.Find(endpoint.Addresses[0]) is not { } address)
        {
            return null;
        }

        // Unknown readiness counts as ready, unknown serving as whatever readiness says.
        var ready = endpoint.Conditions.Ready ?? true;
        return new()
        {
            Address = address,
            Node = endpoint.NodeName,
            Hostname = endpoint.Hostname,
            Ready = ready,
            Serving = endpoint.Conditions.Serving ?? ready,
            Terminating = endpoint.Conditions.Terminating ?? false,
        };
    }

    private static List<IPAddress> Addresses(IEnumerable<string> texts)
    {
        var found = new List<IPAddress>();
        foreach (var text in texts)
        {
            if (GoAddress.Find(text) is { } address)
            {
                found.Add(address);
            }
        }

        return found;
    }
}
