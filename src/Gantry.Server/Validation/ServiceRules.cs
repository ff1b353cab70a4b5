using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Services. Ranges of addresses and node ports are the allocator's to check.</summary>
public static class ServiceRules
{
    private const int MaxAffinitySeconds = 86400;
    private const int NodeAgentPort = 10250;
    private const string OnlyOfBalancers = "may only be used when `type` is 'LoadBalancer'";

    public static void Service(FieldErrors errors, V1Service service)
    {
        var (spec, at) = (service.Spec, FieldPath.Root("spec"));
        TopologyAnnotations(errors, service.Metadata.Annotations);
        if (spec.Ports.Count == 0 && !IsHeadless(spec) && spec.Type != "ExternalName")
        {
            errors.Required(at.Child("ports"));
        }

        TypeRules(errors, spec, at);
        Ports(errors, spec, at.Child("ports"));
        MetadataRules.Labels(errors, spec.Selector, at.Child("selector"));
        errors.RequiredOneOf(at.Child("sessionAffinity"), spec.SessionAffinity, "ClientIP", "None");
        Affinity(errors, spec, at);
        if (spec.Type != "ExternalName")
        {
            ServiceAddressRules.Addresses(errors, spec.ClusterIP, spec.ClusterIPs, spec.IpFamilies, spec.IpFamilyPolicy, at);
        }

        for (var i = 0; i < spec.ExternalIPs.Count; i++)
        {
            var (ip, path) = (spec.ExternalIPs[i], at.Child("externalIPs").Index(i));
            errors.Invalid(path, ip, Rules.IsIp(ip) ? Rules.OrdinaryIp(ip) : Rules.Ip(ip));
        }

        errors.RequiredOneOf(at.Child("type"), spec.Type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        PortsTogether(errors, spec, at.Child("ports"));
        SourceRanges(errors, service, at);
        Balancer(errors, spec, at);
        Policies(errors, spec, at);
    }

    private static bool IsHeadless(V1ServiceSpec spec) => spec.ClusterIPs is ["None"];

    private static void TopologyAnnotations(FieldErrors errors, IReadOnlyDictionary<string, string> annotations)
    {
        const string mode = "service.kubernetes.io/topology-mode";
        const string hints = "service.kubernetes.io/topology-aware-hints";
        if (annotations.TryGetValue(mode, out var wanted) && annotations.TryGetValue(hints, out var old) && wanted != old)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("annotations").Key(mode), wanted, $"must match annotations[{hints}] when both are specified");
        }
    }

    private static void SourceRanges(FieldErrors errors, V1Service service, FieldPath at)
    {
        const string key = "service.beta.kubernetes.io/load-balancer-source-ranges";
        var (spec, path) = (service.Spec, at.Child("LoadBalancerSourceRanges"));
        if (spec.LoadBalancerSourceRanges.Count > 0)
        {
            if (spec.Type != "LoadBalancer")
            {
                errors.Forbidden(path, OnlyOfBalancers);
            }

            for (var i = 0; i < spec.LoadBalancerSourceRanges.Count; i++)
            {
                var range = spec.LoadBalancerSourceRanges[i].Trim();
                errors.Invalid(path.Index(i), range, Rules.Cidr(range));
            }
        }
        else if (service.Metadata.Annotations.TryGetValue(key, out var ranges))
        {
            path = FieldPath.Root("metadata").Child("annotations").Key(key);
            if (spec.Type != "LoadBalancer")
            {
                errors.Forbidden(path, OnlyOfBalancers);
            }

            foreach (var range in ranges.Trim() is { Length: > 0 } list ? list.Split(',', StringSplitOptions.TrimEntries) : [])
            {
                errors.Invalid(path, range, Rules.Cidr(range));
            }
        }
    }

    private static void Balancer(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        if (spec.Type == "LoadBalancer")
        {
            if (spec.AllocateLoadBalancerNodePorts is null)
            {
                errors.Required(FieldPath.Root("allocateLoadBalancerNodePorts"));
            }
        }
        else if (spec.AllocateLoadBalancerNodePorts is not null)
        {
            errors.Forbidden(at.Child("allocateLoadBalancerNodePorts"), OnlyOfBalancers);
        }

        BalancerClass(errors, spec, at.Child("loadBalancerClass"));
    }

    private static void BalancerClass(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        if (spec.LoadBalancerClass is not { } name)
        {
            return;
        }

        if (spec.Type == "LoadBalancer")
        {
            errors.Invalid(at, name, Rules.QualifiedName(name));
        }
        else
        {
            errors.Forbidden(at, OnlyOfBalancers);
        }
    }

    private static void Affinity(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        var path = at.Child("sessionAffinityConfig");
        if (spec.SessionAffinity == "None")
        {
            if (spec.SessionAffinityConfig is not null)
            {
                errors.Forbidden(path, "must not be set when session affinity is None");
            }

            return;
        }

        const string missing = "when session affinity type is ClientIP";
        if (spec.SessionAffinity != "ClientIP")
        {
            return;
        }

        if (spec.SessionAffinityConfig is not { } config)
        {
            errors.Required(path, missing);
        }
        else if (config.ClientIP is not { } client)
        {
            errors.Required(path.Child("clientIP"), missing);
        }
        else if (client.TimeoutSeconds is not { } seconds)
        {
            errors.Required(path.Child("clientIP").Child("timeoutSeconds"), missing);
        }
        else if (seconds is <= 0 or > MaxAffinitySeconds)
        {
            errors.Invalid(path.Child("clientIP").Child("timeoutSeconds"), seconds, $"must be greater than 0 and less than {MaxAffinitySeconds}");
        }
    }

    private static void Ports(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var (port, path) = (spec.Ports[i], at.Index(i));
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
        }
    }

    // What is wrong with the ports beside each other: told after everything that is wrong with each.
    private static void PortsTogether(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        var nodePorts = new HashSet<(string, int)>();
        var numbers = new HashSet<(string, int)>();
        for (var i = 0; i < spec.Ports.Count && spec.Type == "ClusterIP"; i++)
        {
            if (spec.Ports[i].NodePort != 0)
            {
                errors.Forbidden(at.Index(i).Child("nodePort"), "may not be used when `type` is 'ClusterIP'");
            }
        }

        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var port = spec.Ports[i];
            if (port.NodePort != 0 && !nodePorts.Add((port.Protocol, port.NodePort)))
            {
                errors.Duplicate(at.Index(i).Child("nodePort"), port.NodePort);
            }
        }

        for (var i = 0; i < spec.Ports.Count; i++)
        {
            var port = spec.Ports[i];
            if (!numbers.Add((port.Protocol, port.Port)))
            {
                errors.DuplicateDump(at.Index(i), $"core.ServicePort{{Name:\"\", Protocol:\"{port.Protocol}\", AppProtocol:(*string)(nil), Port:{port.Port}, TargetPort:intstr.IntOrString{{Type:0, IntVal:0, StrVal:\"\"}}, NodePort:0}}");
            }
        }
    }

    private static void TypeRules(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        switch (spec.Type)
        {
            case "ExternalName":
                External(errors, spec, at);
                break;
            case "LoadBalancer" or "NodePort":
                for (var i = 0; i < spec.Ports.Count && spec.Type == "LoadBalancer"; i++)
                {
                    if (spec.Ports[i].Port == NodeAgentPort)
                    {
                        errors.Invalid(at.Child("ports").Index(i), NodeAgentPort, $"may not expose port {NodeAgentPort} externally since it is used by kubelet");
                    }
                }

                if (IsHeadless(spec))
                {
                    errors.Invalid(at.Child("clusterIPs").Index(0), "None", $"may not be set to 'None' for {spec.Type} services");
                }

                break;
        }
    }

    private static void External(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        const string notSet = "may not be set for ExternalName services";
        if (spec.ClusterIPs.Count > 0)
        {
            errors.Forbidden(at.Child("clusterIPs"), notSet);
        }

        if (spec.IpFamilies.Count > 0)
        {
            errors.Forbidden(at.Child("ipFamilies"), notSet);
        }

        if (spec.IpFamilyPolicy is not null)
        {
            errors.Forbidden(at.Child("ipFamilyPolicy"), notSet);
        }

        var name = spec.ExternalName.EndsWith('.') ? spec.ExternalName[..^1] : spec.ExternalName;
        if (name.Length == 0)
        {
            errors.Required(at.Child("externalName"));
        }
        else
        {
            errors.Invalid(at.Child("externalName"), name, Rules.DnsSubdomain(name));
        }
    }

    private static bool NeedsHealthCheck(V1ServiceSpec spec) => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    private static void Policies(FieldErrors errors, V1ServiceSpec spec, FieldPath at)
    {
        var path = at.Child("externalTrafficPolicy");
        if (spec.Type is "NodePort" or "LoadBalancer" || (spec.Type == "ClusterIP" && spec.ExternalIPs.Count > 0))
        {
            errors.RequiredOneOf(path, spec.ExternalTrafficPolicy, "Cluster", "Local");
        }
        else if (spec.ExternalTrafficPolicy.Length > 0)
        {
            errors.Invalid(path, spec.ExternalTrafficPolicy, "may only be set for externally-accessible services");
        }

        path = at.Child("healthCheckNodePort");
        if (!NeedsHealthCheck(spec))
        {
            if (spec.HealthCheckNodePort != 0)
            {
                errors.Invalid(path, spec.HealthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
            }
        }
        else if (spec.HealthCheckNodePort == 0)
        {
            errors.Required(path);
        }
        else
        {
            errors.Invalid(path, spec.HealthCheckNodePort, Rules.PortNumber(spec.HealthCheckNodePort));
        }

        if (spec.InternalTrafficPolicy is { } local)
        {
            errors.OneOf(at.Child("internalTrafficPolicy"), local, "Cluster", "Local");
        }
        else if (spec.Type is "NodePort" or "LoadBalancer" or "ClusterIP")
        {
            errors.Required(at.Child("internalTrafficPolicy"));
        }

        if (spec.TrafficDistribution is { } distribution)
        {
            errors.OneOf(at.Child("trafficDistribution"), distribution, "PreferClose");
        }
    }

    /// <summary>What an update may not change; told before what is wrong with the service as it is to be.</summary>
    public static void ServiceUpdate(FieldErrors errors, V1Service now, V1Service old)
    {
        var at = FieldPath.Root("spec");
        if (now.Spec.Type != "ExternalName" && old.Spec.Type != "ExternalName")
        {
            ServiceAddressRules.Update(errors, now.Spec, old.Spec, at);
        }

        if (old.Spec.Type == "LoadBalancer" && now.Spec.Type == "LoadBalancer" && old.Spec.LoadBalancerClass != now.Spec.LoadBalancerClass)
        {
            errors.Invalid(at.Child("loadBalancerClass"), now.Spec.LoadBalancerClass, "may not change once set");
        }

        // Kubernetes looks at it here, too, and tells it twice.
        BalancerClass(errors, now.Spec, at.Child("loadBalancerClass"));
        if (NeedsHealthCheck(old.Spec) && NeedsHealthCheck(now.Spec) && now.Spec.HealthCheckNodePort != old.Spec.HealthCheckNodePort)
        {
            errors.Forbidden(at.Child("healthCheckNodePort"), Rules.Immutable);
        }
    }
}
