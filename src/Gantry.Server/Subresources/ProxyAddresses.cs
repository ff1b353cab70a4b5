using System.Globalization;
using System.Net;
using Gantry.Api.Models;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Subresources;

/// <summary>Where proxied requests go: the address of a pod, or of one of a Service's endpoints.</summary>
internal sealed class ProxyAddresses
{
    private readonly IObjects _objects;
    private readonly Random _random;

    public ProxyAddresses(IObjects objects, Random random)
    {
        _objects = objects;
        _random = random;
    }

    /// <summary>The origin to send a request for a pod to.</summary>
    public (Uri? Origin, ApiStatus? Refusal) OfPod(string ns, string id)
    {
        if (ProxyTarget.Parse(id) is not { } target)
        {
            return (null, ApiStatus.BadRequest($"invalid pod request \"{id}\""));
        }

        if (_objects.Get<V1Pod>(ns, target.Name) is not { } pod)
        {
            return (null, ApiStatus.NotFound(V1Pod.Resource, target.Name));
        }

        var port = target.Port.Length > 0 ? target.Number : pod.Spec.Containers.SelectMany(c => c.Ports).FirstOrDefault()?.ContainerPort ?? 80;
        if (port is not { } number)
        {
            return (null, ApiStatus.BadRequest($"invalid pod request \"{id}\""));
        }

        return Reachable(pod.Status.PodIP) is { } address ? (Origin(target.Scheme, address, number), null) : (null, ApiStatus.BadRequest("address not allowed"));
    }

    /// <summary>The origin to send a request for a Service to.</summary>
    public (Uri? Origin, ApiStatus? Refusal) OfService(string ns, string id)
    {
        if (ProxyTarget.Parse(id) is not { } target)
        {
            return (null, ApiStatus.BadRequest($"invalid service request \"{id}\""));
        }

        var portName = target.Port;
        if (target.Number is { } number)
        {
            if (_objects.Get<V1Service>(ns, target.Name) is not { } service)
            {
                return (null, ApiStatus.NotFound(V1Service.Resource, target.Name));
            }

            if (service.Spec.Ports.FirstOrDefault(p => p.Port == number) is not { } port)
            {
                return (null, ApiStatus.ServiceUnavailable(
                    string.Create(CultureInfo.InvariantCulture, $"no service port {number} found for service \"{target.Name}\"")));
            }

            portName = port.Name;
        }

        if (_objects.Get<V1Endpoints>(ns, target.Name) is not { } endpoints)
        {
            return (null, ApiStatus.NotFound(V1Endpoints.Resource, target.Name));
        }

        var candidates = endpoints.Subsets
            .SelectMany(s => s.Ports.Where(p => p.Name == portName).SelectMany(p => s.Addresses.Select(a => (Address: Reachable(a.Ip), p.Port))))
            .Where(c => c.Address is not null)
            .ToList();
        if (candidates.Count == 0)
        {
            return (null, ApiStatus.ServiceUnavailable($"no endpoints available for service \"{(endpoints.Subsets.Count == 0 ? target.Name : id)}\""));
        }

        int pick;
        lock (_random)
        {
            pick = _random.Next(candidates.Count);
        }

        return (Origin(target.Scheme, candidates[pick].Address!, candidates[pick].Port), null);
    }

    /// <summary>Where a webhook behind a Service is asked (words: apiserver's <c>util/proxy</c>).</summary>
    /// <returns>The origin in the pod network; or the name of a host elsewhere, for services that stand for one; or why there is none.</returns>
    public (Uri? Origin, string? Host, string? Refusal) OfWebhook(string ns, string name, int port)
    {
        switch (_objects.Get<V1Service>(ns, name))
        {
            case null:
                return (null, null, $"service \"{name}\" not found");
            case { Spec: { Type: "ExternalName", ExternalName: { } host } }:
                return (null, host, null);
            case { Spec: { Type: "ClusterIP", ClusterIP: "None" } }:
                return (null, null, "cannot route to service with ClusterIP \"None\"");
            default:
                var (origin, refusal) = OfService(ns, string.Create(CultureInfo.InvariantCulture, $"https:{name}:{port}"));
                return (origin, null, refusal switch
                {
                    null => null,
                    // A service that nothing was found for yet has endpoints as little as one that nothing is ready for.
                    { Code: 404 } => $"no endpoints available for service \"{name}\"",
                    _ => refusal.Message,
                });
        }
    }

    // Nobody gets at what only the server's own machine may reach.
    private static IPAddress? Reachable(string text) =>
        IPAddress.TryParse(text, out var address) && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !IsLinkLocal(address)
        && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : null;

    private static bool IsLinkLocal(IPAddress address) => address.GetAddressBytes() is [169, 254, _, _];

    private static Uri Origin(string scheme, IPAddress address, int port) => new UriBuilder(scheme, address.ToString(), port).Uri;
}
