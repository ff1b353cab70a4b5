using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Network policies (<c>networking.k8s.io</c>).</summary>
public static class NetworkPolicyRules
{
    public static void NetworkPolicy(FieldErrors errors, V1NetworkPolicy policy)
    {
        var (spec, at) = (policy.Spec, FieldPath.Root("spec"));
        SelectorRules.Validate(errors, spec.PodSelector, at.Child("podSelector"));
        for (var i = 0; i < spec.Ingress.Count; i++)
        {
            var path = at.Child("ingress").Index(i);
            Ports(errors, spec.Ingress[i].Ports, path.Child("ports"));
            Peers(errors, spec.Ingress[i].From, path.Child("from"));
        }

        for (var i = 0; i < spec.Egress.Count; i++)
        {
            var path = at.Child("egress").Index(i);
            Ports(errors, spec.Egress[i].Ports, path.Child("ports"));
            Peers(errors, spec.Egress[i].To, path.Child("to"));
        }

        if (spec.PolicyTypes.Count > 2)
        {
            errors.InvalidDump(at.Child("policyTypes"), GoDump.Texts("networking.PolicyType", spec.PolicyTypes), "may not specify more than two policyTypes");
            return;
        }

        for (var i = 0; i < spec.PolicyTypes.Count; i++)
        {
            errors.OneOf(at.Child("policyTypes").Index(i), spec.PolicyTypes[i], "Ingress", "Egress");
        }
    }

    private static void Ports(FieldErrors errors, IReadOnlyList<V1NetworkPolicyPort> ports, FieldPath at)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, path) = (ports[i], at.Index(i));
            if (port.Protocol is { } protocol)
            {
                errors.OneOf(path.Child("protocol"), protocol, "TCP", "UDP", "SCTP");
            }

            switch (port)
            {
                case { Port: { IsInt: true } number }:
                    errors.Invalid(path.Child("port"), number.IntValue, Rules.PortNumber(number.IntValue));
                    EndPort(errors, port.EndPort, number.IntValue, path.Child("endPort"));
                    break;
                case { Port: { } named }:
                    if (port.EndPort is { } end)
                    {
                        errors.Invalid(path.Child("endPort"), end, "may not be specified when `port` is non-numeric");
                    }

                    errors.Invalid(path.Child("port"), named.StringValue, Rules.PortName(named.StringValue));
                    break;
                case { EndPort: { } alone }:
                    errors.Invalid(path.Child("endPort"), alone, "may not be specified when `port` is not specified");
                    break;
            }
        }
    }

    private static void EndPort(FieldErrors errors, int? end, int start, FieldPath at)
    {
        if (end is not { } last)
        {
            return;
        }

        if (last < start)
        {
            errors.Invalid(at, last, "must be greater than or equal to `port`");
        }

        errors.Invalid(at, last, Rules.PortNumber(last));
    }

    private static void Peers(FieldErrors errors, IReadOnlyList<V1NetworkPolicyPeer> peers, FieldPath at)
    {
        for (var i = 0; i < peers.Count; i++)
        {
            var (peer, path) = (peers[i], at.Index(i));
            SelectorRules.Validate(errors, peer.PodSelector, path.Child("podSelector"));
            SelectorRules.Validate(errors, peer.NamespaceSelector, path.Child("namespaceSelector"));
            if (peer.IpBlock is { } block)
            {
                Block(errors, block, path.Child("ipBlock"));
                if (peer.PodSelector is not null || peer.NamespaceSelector is not null)
                {
                    errors.Forbidden(path, "may not specify both ipBlock and another peer");
                }
            }
            else if (peer.PodSelector is null && peer.NamespaceSelector is null)
            {
                errors.Required(path, "must specify a peer");
            }
        }
    }

    private static void Block(FieldErrors errors, V1IPBlock block, FieldPath at)
    {
        if (block.Cidr.Length == 0)
        {
            errors.Required(at.Child("cidr"));
            return;
        }

        errors.Invalid(at.Child("cidr"), block.Cidr, Rules.Cidr(block.Cidr));
        if (!Rules.IsCidr(block.Cidr))
        {
            return;
        }

        for (var i = 0; i < block.Except.Count; i++)
        {
            var (except, path) = (block.Except[i], at.Child("except").Index(i));
            errors.Invalid(path, except, Rules.Cidr(except));
            if (Rules.IsCidr(except) && !IsStrictlyWithin(except, block.Cidr))
            {
                errors.Invalid(path, except, "must be a strict subset of `cidr`");
            }
        }
    }

    // A range may be written with any of its addresses; what lies beyond its length does not count.
    private static bool IsStrictlyWithin(string inner, string outer)
    {
        var (small, smallBits) = Parts(inner);
        var (large, largeBits) = Parts(outer);
        if (small.Length != large.Length || largeBits >= smallBits)
        {
            return false;
        }

        for (var bit = 0; bit < largeBits; bit++)
        {
            var mask = 0x80 >> (bit % 8);
            if (((small[bit / 8] ^ large[bit / 8]) & mask) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static (byte[] Address, int Bits) Parts(string cidr)
    {
        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        _ = GoAddress.Parse(cidr[..slash], true, out var bytes);
        return (bytes, int.Parse(cidr.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
