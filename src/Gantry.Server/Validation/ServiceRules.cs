using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Services. Ranges of addresses and node ports are the allocator's to check.</summary>
public static class ServiceRules
{
    private const int MaxAffinitySeconds = 86400;
    private const int NodeAgentPort = 10250;

    public static void Service(FieldErrors errors, V1Service service)
    {
        var (spec, at) = (service.Spec, FieldPath.Root("spec"));
        if (spec.Ports.Count == 0 && spec.Type != "ExternalName" && spec.ClusterIP != "None")
        {
            errors.Required(at.Child("ports"));
        }

        errors.RequiredOneOf(at.Child("sessionAffinity"), spec.SessionAffinity, "ClientIP", "None");
        Affinity(errors, spec, at);
        errors.RequiredOneOf(at.Child("type"), spec.Type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        Ports(errors, spec, at);
        MetadataRules.Labels(errors, spec.Selector, at.Child("selector"));
        TypeRules(errors, spec, at);
        for (var i = 0; i < spec.ExternalIPs.Count; i++)
        {
            var (ip, path) = (spec.ExternalIPs[i], at.Child("externalIPs").Index(i));
            errors.Invalid(path, ip, Rules.IsIp(ip) ? Rules.OrdinaryIp(ip) : Rules.Ip(ip));
        }

        for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
        {
            errors.Invalid(at.Child("LoadBalancerSourceRanges").Index(i), spec.LoadBalancerSourceRanges[i], Rules.Cidr(spec.LoadBalancerSourceRanges[i].Trim()));
        }

        Addresses(errors, spec, at);
        Policies(errors, spec, at);
    }

    private static void Affinity(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        if (spec.SessionAffinity == "None")
        {
            if (spec.SessionAffinityConfig is not null)
            {
                errors.Forbidden(at.Child("sessionAffinityConfig"), "must not be set when session affinity is None");
            }

            return;
        }

        var seconds = spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds;
        var path = at.Child("sessionAffinityConfig").Child("clientIP").Child("timeoutSeconds");
        if (spec.SessionAffinityConfig?.ClientIP is null)
        {
            errors.Required(at.Child("sessionAffinityConfig").Child("clientIP"), "must be set when session affinity is ClientIP");
        }
        else if (seconds is null)
        {
            errors.Required(path, "must be set when session affinity is ClientIP");
        }
        else if (seconds is <= 0 or > MaxAffinitySeconds)
        {
            errors.Invalid(path, seconds, $"must be greater than 0 and less than {MaxAffinitySeconds}");
        }
    }

    private static void Ports(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(string, int)>();
        var nodePorts = new HashSet<(string, int)>();
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var (port, path) = (spec.Ports[i], at.Child("ports").Index(i));
            if (port.Name.Length == 0)
            {
                if (spec.Ports.Count > 1)
                {
                    errors.Required(path.Child("name"));
                }
            }
            else
            {
                errors.Invalid(path.Child("name"), port.Name, Rules.DnsLabel(port.Name));
                if (!names.Add(port.Name))
                {
                    errors.Duplicate(path.Child("name"), port.Name);
                }
            }

            errors.Invalid(path.Child("port"), port.Port, Rules.PortNumber(port.Port));
            errors.RequiredOneOf(path.Child("protocol"), port.Protocol, "SCTP", "TCP", "UDP");
            if (port.TargetPort.IsInt)
            {
                errors.Invalid(path.Child("targetPort"), port.TargetPort.IntValue, Rules.PortNumber(port.TargetPort.IntValue));
            }
            else
            {
                errors.Invalid(path.Child("targetPort"), port.TargetPort.StringValue, Rules.PortName(port.TargetPort.StringValue));
            }

            if (port.AppProtocol is { } protocol)
            {
                errors.Invalid(path.Child("appProtocol"), protocol, Rules.QualifiedName(protocol));
            }

            if (spec.Type == "ClusterIP" && port.NodePort != 0)
            {
                errors.Forbidden(path.Child("nodePort"), "may not be used when `type` is 'ClusterIP'");
            }

            if (port.NodePort != 0 && !nodePorts.Add((port.Protocol, port.NodePort)))
            {
                errors.Duplicate(path.Child("nodePort"), port.NodePort);
            }

            if (!numbers.Add((port.Protocol, port.Port)))
            {
                errors.DuplicateDump(path, $"core.ServicePort{{Name:\"\", Protocol:\"{port.Protocol}\", AppProtocol:(*string)(nil), Port:{port.Port}, TargetPort:intstr.IntOrString{{Type:0, IntVal:0, StrVal:\"\"}}, NodePort:0}}");
            }
        }
    }

    private static void TypeRules(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        switch (spec.Type)
        {
            case "ExternalName":
                if (spec.ClusterIPs.Count > 0 || spec.ClusterIP.Length > 0)
                {
                    errors.Forbidden(at.Child("clusterIPs"), "may not be set for ExternalName services");
                }

                if (spec.IpFamilies.Count > 0)
                {
                    errors.Forbidden(at.Child("ipFamilies"), "may not be set for ExternalName services");
                }

                if (spec.IpFamilyPolicy is not null)
                {
                    errors.Forbidden(at.Child("ipFamilyPolicy"), "may not be set for ExternalName services");
                }

                var name = spec.ExternalName.EndsWith('.') ? spec.ExternalName[..^1] : spec.ExternalName;
                if (name.Length == 0)
                {
                    errors.Required(at.Child("externalName"));
                }
                else
                {
                    errors.Invalid(at.Child("externalName"), spec.ExternalName, Rules.DnsSubdomain(name));
                }

                break;
            case "LoadBalancer" when spec.Ports.Any(p => p.Port == NodeAgentPort):
                for (var i = 0; i < spec.Ports.Count; i++)
                {
                    if (spec.Ports[i].Port == NodeAgentPort)
                    {
                        errors.Invalid(at.Child("ports").Index(i), NodeAgentPort, $"may not expose port {NodeAgentPort} externally since it is used by kubelet");
                    }
                }

                break;
            case "LoadBalancer" or "NodePort" when spec.ClusterIP == "None":
                errors.Invalid(at.Child("clusterIPs").Index(0), "None", spec.Type == "NodePort" ? "may not be set to 'None' for NodePort services" : "may not be set to 'None' for LoadBalancer services");
                break;
        }

        if (spec.Type != "LoadBalancer")
        {
            if (spec.LoadBalancerSourceRanges.Count > 0)
            {
                errors.Forbidden(at.Child("LoadBalancerSourceRanges"), "may only be used when `type` is 'LoadBalancer'");
            }

            if (spec.AllocateLoadBalancerNodePorts is not null)
            {
                errors.Forbidden(at.Child("allocateLoadBalancerNodePorts"), "may only be used when `type` is 'LoadBalancer'");
            }

            if (spec.LoadBalancerClass is not null)
            {
                errors.Forbidden(at.Child("loadBalancerClass"), "may only be used when `type` is 'LoadBalancer'");
            }
        }
    }

    private static void Addresses(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        if (spec.IpFamilyPolicy is { } policy)
        {
            errors.OneOf(at.Child("ipFamilyPolicy"), policy, "PreferDualStack", "RequireDualStack", "SingleStack");
        }

        var families = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.IpFamilies.Count; i++)
        {
            errors.OneOf(at.Child("ipFamilies").Index(i), spec.IpFamilies[i], "IPv4", "IPv6");
            if (!families.Add(spec.IpFamilies[i]))
            {
                errors.Duplicate(at.Child("ipFamilies").Index(i), spec.IpFamilies[i]);
            }
        }

        if (spec.ClusterIP.Length > 0 && spec.ClusterIPs.Count > 0 && spec.ClusterIPs[0] != spec.ClusterIP)
        {
            errors.InvalidDump(at.Child("clusterIPs"), GoDump.Of(spec.ClusterIPs), "first value must match `clusterIP`");
        }

        for (var i = 0; i < spec.ClusterIPs.Count; i++)
        {
            var ip = spec.ClusterIPs[i];
            if (ip == "None")
            {
                if (i > 0)
                {
                    errors.Invalid(at.Child("clusterIPs").Index(i), ip, "'None' must be the first and only value");
                }
            }
            else if (ip.Length > 0)
            {
                errors.Invalid(at.Child("clusterIPs").Index(i), ip, Rules.Ip(ip));
                if (i < spec.IpFamilies.Count && Rules.IsIp(ip) && spec.IpFamilies[i] is "IPv4" or "IPv6" && FamilyOf(ip) != spec.IpFamilies[i])
                {
                    errors.Invalid(at.Child("clusterIPs").Index(i), ip, $"expected an {spec.IpFamilies[i]} value as indicated by `ipFamilies[{i}]`");
                }
            }
        }

        if (spec.ClusterIPs.Count > 2)
        {
            errors.InvalidDump(at.Child("clusterIPs"), GoDump.Of(spec.ClusterIPs), "may only hold up to 2 values");
        }
        else if (spec.ClusterIPs is [var first, var second] && Rules.IsIp(first) && Rules.IsIp(second) && FamilyOf(first) == FamilyOf(second))
        {
            errors.InvalidDump(at.Child("clusterIPs"), GoDump.Of(spec.ClusterIPs), "may specify no more than one IP for each IP family");
        }
    }

    private static string FamilyOf(string ip) => ip.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";

    private static void Policies(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        var external = spec.Type is "NodePort" or "LoadBalancer" || spec.ExternalIPs.Count > 0;
        if (spec.ExternalTrafficPolicy.Length > 0)
        {
            if (!external)
            {
                errors.Invalid(at.Child("externalTrafficPolicy"), spec.ExternalTrafficPolicy, "may only be set for externally-accessible services");
            }
            else
            {
                errors.OneOf(at.Child("externalTrafficPolicy"), spec.ExternalTrafficPolicy, "Cluster", "Local");
            }
        }

        if (spec.HealthCheckNodePort != 0 && (spec.Type != "LoadBalancer" || spec.ExternalTrafficPolicy != "Local"))
        {
            errors.Invalid(at.Child("healthCheckNodePort"), spec.HealthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }

        if (spec.TrafficDistribution.Length > 0)
        {
            errors.OneOf(at.Child("trafficDistribution"), spec.TrafficDistribution, "PreferClose");
        }

        if (spec.InternalTrafficPolicy is { } local)
        {
            errors.OneOf(at.Child("internalTrafficPolicy"), local, "Cluster", "Local");
        }
    }

    public static void ServiceUpdate(FieldErrors errors, V1Service now, V1Service old)
    {
        var at = FieldPath.Root("spec");
        // a service may gain or lose its address with its type, but not swap it
        if (now.Spec.Type != "ExternalName" && old.Spec.Type != "ExternalName" && old.Spec.ClusterIP.Length > 0 && now.Spec.ClusterIP != old.Spec.ClusterIP)
        {
            errors.InvalidDump(at.Child("clusterIPs").Index(0), GoDump.Of(now.Spec.ClusterIPs), "may not change once set");
        }

        if (old.Spec.Type == "LoadBalancer" && now.Spec.Type == "LoadBalancer" && old.Spec.LoadBalancerClass != now.Spec.LoadBalancerClass)
        {
            errors.Invalid(at.Child("loadBalancerClass"), now.Spec.LoadBalancerClass, "may not change once set");
        }
    }
}
