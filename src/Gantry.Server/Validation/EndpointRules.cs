using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Endpoints.</summary>
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
                if (port.AppProtocol is { } protocol)
                {
                    errors.Invalid(path.Child("appProtocol"), protocol, Rules.QualifiedName(protocol));
                }
            }
        }
    }

    private static void EndpointAddresses(FieldErrors errors, IReadOnlyList<V1EndpointAddress> addresses, FieldPath at)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            var (address, path) = (addresses[i], at.Index(i));
            errors.Invalid(path.Child("ip"), address.Ip, Rules.Ip(address.Ip));
            if (address.Hostname.Length > 0)
            {
                errors.Invalid(path.Child("hostname"), address.Hostname, Rules.DnsLabel(address.Hostname));
            }

            if (address.NodeName is { } node)
            {
                errors.Invalid(path.Child("nodeName"), node, Rules.DnsSubdomain(node));
            }

            // What is no address at all is told again, in other words.
            errors.Invalid(path.Child("ip"), address.Ip, Rules.OrdinaryIp(address.Ip));
        }
    }
}
