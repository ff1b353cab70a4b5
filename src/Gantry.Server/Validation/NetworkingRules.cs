using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Ingresses, ingress classes, network policies.</summary>
public static class NetworkingRules
{
    public static void Ingress(FieldErrors errors, V1Ingress ingress)
    {
        var (spec, at) = (ingress.Spec, FieldPath.Root("spec"));
        if (spec.Rules.Count == 0 && spec.DefaultBackend is null)
        {
            errors.InvalidDump(at, GoDump.Of(spec.Rules), "either `defaultBackend` or `rules` must be specified");
        }

        if (spec.DefaultBackend is { } backend)
        {
            Backend(errors, backend, at.Child("defaultBackend"));
        }

        for (var i = 0; i < spec.Rules.Count; i++)
        {
            var (rule, path) = (spec.Rules[i], at.Child("rules").Index(i));
            if (rule.Host.Length > 0)
            {
                if (Rules.IsIp(rule.Host))
                {
                    errors.Invalid(path.Child("host"), rule.Host, "must be a DNS name, not an IP address");
                }

                errors.Invalid(path.Child("host"), rule.Host, rule.Host.Contains('*', StringComparison.Ordinal) ? Rules.WildcardSubdomain(rule.Host) : Rules.DnsSubdomain(rule.Host));
            }

            if (rule.Http is { } http)
            {
                Paths(errors, http, path.Child("http"));
            }
        }

        for (var i = 0; i < spec.Tls.Count; i++)
        {
            for (var h = 0; h < spec.Tls[i].Hosts.Count; h++)
            {
                var host = spec.Tls[i].Hosts[h];
                errors.Invalid(at.Child("tls").Index(i).Child("hosts").Index(h), host, host.Contains('*', StringComparison.Ordinal) ? Rules.WildcardSubdomain(host) : Rules.DnsSubdomain(host));
            }
        }

        if (spec.IngressClassName is { } name)
        {
            errors.Invalid(at.Child("ingressClassName"), name, Rules.DnsSubdomain(name));
        }
    }

    private static void Paths(FieldErrors errors, V1HTTPIngressRuleValue http, FieldPath at)
    {
        if (http.Paths.Count == 0)
        {
            errors.Required(at.Child("paths"));
        }

        for (var i = 0; i < http.Paths.Count; i++)
        {
            var (p, path) = (http.Paths[i], at.Child("paths").Index(i));
            if (p.PathType is null)
            {
                errors.Required(path.Child("pathType"), "pathType must be specified");
            }
            else
            {
                switch (p.PathType)
                {
                    case "Exact" or "Prefix":
                        PathText(errors, p.Path, path.Child("path"));
                        break;
                    case "ImplementationSpecific":
                        if (p.Path.Length > 0 && p.Path[0] != '/')
                        {
                            errors.Invalid(path.Child("path"), p.Path, "must be an absolute path");
                        }

                        break;
                    default:
                        errors.OneOf(path.Child("pathType"), p.PathType, "Exact", "ImplementationSpecific", "Prefix");
                        break;
                }
            }

            Backend(errors, p.Backend, path.Child("backend"));
        }
    }

    private static void PathText(FieldErrors errors, string text, FieldPath at)
    {
        if (text.Length == 0 || text[0] != '/')
        {
            errors.Invalid(at, text, "must be an absolute path");
        }

        foreach (var bad in new[] { "//", "/./", "/../", "%2f", "%2F" })
        {
            if (text.Contains(bad, StringComparison.Ordinal))
            {
                errors.Invalid(at, text, $"must not contain '{bad}'");
            }
        }

        foreach (var bad in new[] { "/..", "/." })
        {
            if (text.EndsWith(bad, StringComparison.Ordinal))
            {
                errors.Invalid(at, text, $"cannot end with '{bad}'");
            }
        }
    }

    private static void Backend(FieldErrors errors, V1IngressBackend backend, FieldPath at)
    {
        switch (backend)
        {
            case { Resource: not null, Service: not null }:
                errors.Invalid(at, "", "cannot set both resource and service backends");
                return;
            case { Resource: null, Service: null }:
                errors.Required(at, "backend is required");
                return;
            case { Service: { } service }:
                if (service.Name.Length == 0)
                {
                    errors.Required(at.Child("service").Child("name"));
                }
                else
                {
                    errors.Invalid(at.Child("service").Child("name"), service.Name, Rules.Dns1035Label(service.Name));
                }

                var port = at.Child("service").Child("port");
                if (service.Port.Name.Length > 0)
                {
                    if (service.Port.Number != 0)
                    {
                        errors.Invalid(port, "", "cannot set both port name & port number");
                    }

                    errors.Invalid(port.Child("name"), service.Port.Name, Rules.PortName(service.Port.Name));
                }
                else if (service.Port.Number == 0)
                {
                    errors.Required(port, "port name or number is required");
                }
                else
                {
                    errors.Invalid(port.Child("number"), service.Port.Number, Rules.PortNumber(service.Port.Number));
                }

                break;
        }
    }

    public static void IngressClass(FieldErrors errors, V1IngressClass c, V1IngressClass? old)
    {
        var at = FieldPath.Root("spec");
        if (c.Spec.Controller.Length > 250)
        {
            errors.TooLong(at.Child("controller"), 250);
        }

        if (c.Spec.Controller.Length > 0)
        {
            var parts = c.Spec.Controller.Split('/', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || !Rules.IsSubdomain(parts[0].ToLowerInvariant()))
            {
                errors.Invalid(at.Child("controller"), c.Spec.Controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            }
        }

        if (old is not null)
        {
            errors.Immutable(at.Child("controller"), c.Spec.Controller == old.Spec.Controller, c.Spec.Controller);
        }
    }

    public static void NetworkPolicy(FieldErrors errors, V1NetworkPolicy policy)
    {
        var (spec, at) = (policy.Spec, FieldPath.Root("spec"));
        SelectorRules.Validate(errors, spec.PodSelector, at.Child("podSelector"));
        for (var i = 0; i < spec.Ingress.Count; i++)
        {
            Ports(errors, spec.Ingress[i].Ports, at.Child("ingress").Index(i).Child("ports"));
            Peers(errors, spec.Ingress[i].From, at.Child("ingress").Index(i).Child("from"));
        }

        for (var i = 0; i < spec.Egress.Count; i++)
        {
            Ports(errors, spec.Egress[i].Ports, at.Child("egress").Index(i).Child("ports"));
            Peers(errors, spec.Egress[i].To, at.Child("egress").Index(i).Child("to"));
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

            if (port.Port is { IsInt: true } number)
            {
                errors.Invalid(path.Child("port"), number.IntValue, Rules.PortNumber(number.IntValue));
                if (port.EndPort is { } end && end < number.IntValue)
                {
                    errors.Invalid(path.Child("endPort"), end, "must be greater than or equal to `port`");
                }
            }
            else if (port.Port is { } named)
            {
                errors.Invalid(path.Child("port"), named.StringValue, Rules.PortName(named.StringValue));
                if (port.EndPort is { } end)
                {
                    errors.Invalid(path.Child("endPort"), end, "may not be specified when `port` is non-numeric");
                }
            }
            else if (port.EndPort is { } end)
            {
                errors.Invalid(path.Child("endPort"), end, "may not be specified when `port` is not specified");
            }
        }
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
                if (peer.PodSelector is not null || peer.NamespaceSelector is not null)
                {
                    errors.Forbidden(path, "may not specify both ipBlock and another peer");
                }

                var at2 = path.Child("ipBlock");
                if (block.Cidr.Length == 0)
                {
                    errors.Required(at2.Child("cidr"));
                }
                else
                {
                    errors.Invalid(at2.Child("cidr"), block.Cidr, Rules.Cidr(block.Cidr));
                }

                for (var e = 0; e < block.Except.Count; e++)
                {
                    errors.Invalid(at2.Child("except").Index(e), block.Except[e], Rules.Cidr(block.Except[e]));
                }
            }
            else if (peer.PodSelector is null && peer.NamespaceSelector is null)
            {
                errors.Required(path, "must specify a peer");
            }
        }
    }
}
