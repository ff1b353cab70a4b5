using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Endpoints and EndpointSlices.</summary>
public static class EndpointRules
{
    public static void Endpoints(FieldErrors errors, V1Endpoints endpoints)
    {
        for (var i = 0; i < endpoints.Subsets.Count; i++)
        {
            var (subset, at) = (endpoints.Subsets[i], FieldPath.Root("subsets").Index(i));
            if (subset.Addresses.Count == 0 && subset.NotReadyAddresses.Count == 0)
            {
                errors.Required(at, "must specify `addresses` or `notReadyAddresses`");
            }

            EndpointAddresses(errors, subset.Addresses, at.Child("addresses"));
            EndpointAddresses(errors, subset.NotReadyAddresses, at.Child("notReadyAddresses"));
            for (var p = 0; p < subset.Ports.Count; p++)
            {
                var (port, path) = (subset.Ports[p], at.Child("ports").Index(p));
                if (port.Name.Length == 0 && subset.Ports.Count > 1)
                {
                    errors.Required(path.Child("name"));
                }
                else if (port.Name.Length > 0)
                {
                    errors.Invalid(path.Child("name"), port.Name, Rules.DnsLabel(port.Name));
                }

                errors.Invalid(path.Child("port"), port.Port, Rules.PortNumber(port.Port));
                errors.RequiredOneOf(path.Child("protocol"), port.Protocol, "SCTP", "TCP", "UDP");
            }
        }
    }

    private static void EndpointAddresses(FieldErrors errors, IReadOnlyList<V1EndpointAddress> addresses, FieldPath at)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            var (address, path) = (addresses[i], at.Index(i));
            errors.Invalid(path.Child("ip"), address.Ip, Rules.IsIp(address.Ip) ? Rules.OrdinaryIp(address.Ip) : Rules.Ip(address.Ip));
            if (address.Hostname.Length > 0)
            {
                errors.Invalid(path.Child("hostname"), address.Hostname, Rules.DnsLabel(address.Hostname));
            }

            if (address.NodeName is { } node)
            {
                errors.Invalid(path.Child("nodeName"), node, Rules.DnsSubdomain(node));
            }
        }
    }

    public static void EndpointSlice(FieldErrors errors, V1EndpointSlice slice, V1EndpointSlice? old)
    {
        errors.RequiredOneOf(FieldPath.Root("addressType"), slice.AddressType, "FQDN", "IPv4", "IPv6");
        if (slice.Endpoints.Count > 1000)
        {
            errors.TooMany(FieldPath.Root("endpoints"), slice.Endpoints.Count, 1000);
            return;
        }

        for (var i = 0; i < slice.Endpoints.Count; i++)
        {
            var (endpoint, at) = (slice.Endpoints[i], FieldPath.Root("endpoints").Index(i));
            if (endpoint.Addresses.Count == 0)
            {
                errors.Required(at.Child("addresses"), "must contain at least 1 address");
            }
            else if (endpoint.Addresses.Count > 100)
            {
                errors.TooMany(at.Child("addresses"), endpoint.Addresses.Count, 100);
            }

            for (var a = 0; a < endpoint.Addresses.Count; a++)
            {
                var (address, path) = (endpoint.Addresses[a], at.Child("addresses").Index(a));
                errors.Invalid(path, address, slice.AddressType switch
                {
                    "IPv4" => Rules.IsIp(address) && !address.Contains(':', StringComparison.Ordinal) ? [] : ["must be a valid IPv4 address"],
                    "IPv6" => Rules.IsIp(address) && address.Contains(':', StringComparison.Ordinal) ? [] : ["must be a valid IPv6 address"],
                    "FQDN" => Rules.DnsSubdomain(address),
                    _ => [],
                });
            }

            if (endpoint.Hostname is { } host)
            {
                errors.Invalid(at.Child("hostname"), host, Rules.DnsLabel(host));
            }
        }

        SlicePorts(errors, slice.Ports);
        if (old is not null)
        {
            errors.Immutable(FieldPath.Root("addressType"), slice.AddressType == old.AddressType, slice.AddressType);
        }
    }

    private static void SlicePorts(FieldErrors errors, IReadOnlyList<DiscoveryV1EndpointPort> ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, at) = (ports[i], FieldPath.Root("ports").Index(i));
            if (port.Name is { Length: > 0 } name)
            {
                errors.Invalid(at.Child("name"), name, Rules.DnsLabel(name));
            }

            if (!names.Add(port.Name ?? ""))
            {
                errors.Duplicate(at.Child("name"), port.Name ?? "");
            }

            errors.RequiredOneOf(at.Child("protocol"), port.Protocol ?? "", "SCTP", "TCP", "UDP");
            if (port.AppProtocol is { } protocol)
            {
                errors.Invalid(at.Child("appProtocol"), protocol, Rules.QualifiedName(protocol));
            }
        }
    }
}
