using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Slices of endpoints (<c>discovery.k8s.io</c>).</summary>
public static class EndpointSliceRules
{
    private const int MostEndpoints = 1000;
    private const int MostAddresses = 100;
    private const int MostPorts = 20000;
    private const int MostTopologyLabels = 16;
    private const int MostZones = 8;

    public static void EndpointSlice(FieldErrors errors, V1EndpointSlice slice, V1EndpointSlice? old)
    {
        errors.RequiredOneOf(FieldPath.Root("addressType"), slice.AddressType, "FQDN", "IPv4", "IPv6");
        Endpoints(errors, slice, FieldPath.Root("endpoints"));
        Ports(errors, slice.Ports, FieldPath.Root("ports"));
        if (old is not null)
        {
            errors.Immutable(FieldPath.Root("addressType"), slice.AddressType == old.AddressType, slice.AddressType);
        }
    }

    private static void Endpoints(FieldErrors errors, V1EndpointSlice slice, FieldPath at)
    {
        if (slice.Endpoints.Count > MostEndpoints)
        {
            errors.TooMany(at, slice.Endpoints.Count, MostEndpoints);
            return;
        }

        for (var i = 0; i < slice.Endpoints.Count; i++)
        {
            var (endpoint, path) = (slice.Endpoints[i], at.Index(i));
            if (endpoint.Addresses.Count == 0)
            {
                errors.Required(path.Child("addresses"), "must contain at least 1 address");
            }
            else if (endpoint.Addresses.Count > MostAddresses)
            {
                errors.TooMany(path.Child("addresses"), endpoint.Addresses.Count, MostAddresses);
            }

            for (var a = 0; a < endpoint.Addresses.Count; a++)
            {
                Address(errors, slice.AddressType, endpoint.Addresses[a], path.Child("addresses").Index(a));
            }

            if (endpoint.NodeName is { } node)
            {
                errors.Invalid(path.Child("nodeName"), node, Rules.DnsSubdomain(node));
            }

            Topology(errors, endpoint.DeprecatedTopology, path.Child("deprecatedTopology"));
            if (endpoint.Hostname is { } host)
            {
                errors.Invalid(path.Child("hostname"), host, Rules.DnsLabel(host));
            }

            if (endpoint.Hints is { } hints)
            {
                Zones(errors, hints.ForZones, path.Child("hints").Child("forZones"));
            }
        }
    }

    private static void Address(FieldErrors errors, string type, string address, FieldPath at)
    {
        switch (type)
        {
            case "IPv4" or "IPv6":
                var isOfType = GoAddress.Find(address) is not null && Rules.FamilyOf(address) == type;
                if (!isOfType)
                {
                    errors.Invalid(at, address, $"must be a valid {type} address");
                }

                errors.Invalid(at, address, Rules.OrdinaryIp(address));
                break;
            case "FQDN":
                DomainRules.FullyQualifiedDomain(errors, address, at);
                break;
        }
    }

    private static void Topology(FieldErrors errors, IReadOnlyDictionary<string, string> topology, FieldPath at)
    {
        if (topology.Count > MostTopologyLabels)
        {
            errors.TooMany(at, topology.Count, MostTopologyLabels);
        }

        MetadataRules.Labels(errors, topology, at);
    }

    private static void Zones(FieldErrors errors, IReadOnlyList<V1ForZone> zones, FieldPath at)
    {
        if (zones.Count > MostZones)
        {
            errors.TooMany(at, zones.Count, MostZones);
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < zones.Count; i++)
        {
            var (zone, path) = (zones[i].Name, at.Index(i).Child("name"));
            if (!names.Add(zone))
            {
                errors.Duplicate(path, zone);
            }

            errors.Invalid(path, zone, Rules.LabelValue(zone));
        }
    }

    private static void Ports(FieldErrors errors, IReadOnlyList<DiscoveryV1EndpointPort> ports, FieldPath at)
    {
        if (ports.Count > MostPorts)
        {
            errors.TooMany(at, ports.Count, MostPorts);
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, path) = (ports[i], at.Index(i));
            var name = port.Name ?? "";
            if (name.Length > 0)
            {
                errors.Invalid(path.Child("name"), name, Rules.DnsLabel(name));
            }

            if (!names.Add(name))
            {
                errors.Duplicate(path.Child("name"), name);
            }

            if (port.Protocol is null)
            {
                errors.Required(path.Child("protocol"));
            }
            else
            {
                errors.OneOf(path.Child("protocol"), port.Protocol, "SCTP", "TCP", "UDP");
            }

            if (port.AppProtocol is { } protocol)
            {
                errors.Invalid(path.Child("appProtocol"), protocol, Rules.QualifiedName(protocol));
            }
        }
    }
}
