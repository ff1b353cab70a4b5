using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Pods and pod templates.</summary>
public static class PodRules
{
    private const string Changeable =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Template(FieldErrors errors, V1PodTemplateSpec template, FieldPath at)
    {
        MetadataRules.Labels(errors, template.Metadata.Labels, at.Child("labels"));
        MetadataRules.Annotations(errors, template.Metadata.Annotations, at.Child("annotations"));
        Spec(errors, template.Spec, at.Child("spec"));
        if (template.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(at.Child("spec").Child("ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }

    public static void Spec(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        var volumes = VolumeRules.Volumes(errors, spec.Volumes, at.Child("volumes"));
        var claims = spec.ResourceClaims.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        ContainerRules.Containers(errors, spec, new(volumes, spec.HostNetwork, claims, spec.RestartPolicy), at);
        errors.RequiredOneOf(at.Child("restartPolicy"), spec.RestartPolicy, "Always", "OnFailure", "Never");
        errors.RequiredOneOf(at.Child("dnsPolicy"), spec.DnsPolicy, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        MetadataRules.Labels(errors, spec.NodeSelector, at.Child("nodeSelector"));
        SecurityRules.Pod(errors, spec, at.Child("securityContext"));
        for (var i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            if (spec.ImagePullSecrets[i].Name.Length == 0)
            {
                errors.Required(at.Child("imagePullSecrets").Index(i).Child("name"));
            }
        }

        SchedulingRules.Affinity(errors, spec.Affinity, at.Child("affinity"));
        Dns(errors, spec, at);
        Gates(errors, spec.SchedulingGates, at.Child("schedulingGates"));
        SchedulingRules.Tolerations(errors, spec.Tolerations, at.Child("tolerations"));
        SchedulingRules.TopologySpread(errors, spec.TopologySpreadConstraints, at.Child("topologySpreadConstraints"));
        HostAliases(errors, spec.HostAliases, at.Child("hostAliases"));
        Names(errors, spec, at);
        if (spec.ActiveDeadlineSeconds is { } deadline && deadline is < 1 or > int.MaxValue)
        {
            errors.Invalid(at.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds, Rules.Between(1, int.MaxValue));
        }

        if (spec.TerminationGracePeriodSeconds is null)
        {
            errors.Required(at.Child("terminationGracePeriodSeconds"));
        }

        if (spec.PreemptionPolicy is { } preemption)
        {
            errors.OneOf(at.Child("preemptionPolicy"), preemption, "Never", "PreemptLowerPriority");
        }

        if (spec.Os is { } os)
        {
            errors.RequiredOneOf(at.Child("os").Child("name"), os.Name, "linux", "windows");
        }

        foreach (var (name, quantity) in spec.Overhead)
        {
            ResourceRules.QuantityValue(errors, name, quantity, at.Child("overhead").Key(name));
        }
    }

    private static void Names(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        void Check(string name, string value, Func<string, IEnumerable<string>> rule)
        {
            if (value.Length > 0)
            {
                errors.Invalid(at.Child(name), value, rule(value));
            }
        }

        Check("serviceAccountName", spec.ServiceAccountName, Rules.DnsSubdomain);
        Check("nodeName", spec.NodeName, Rules.DnsSubdomain);
        Check("priorityClassName", spec.PriorityClassName, Rules.DnsSubdomain);
        Check("hostname", spec.Hostname, Rules.DnsLabel);
        Check("subdomain", spec.Subdomain, Rules.DnsLabel);
        Check("runtimeClassName", spec.RuntimeClassName ?? "", Rules.DnsSubdomain);
        if (spec.SchedulerName.Length > 0)
        {
            errors.Invalid(at.Child("schedulerName"), spec.SchedulerName, Rules.QualifiedName(spec.SchedulerName));
        }
    }

    private static void Dns(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        if (spec.DnsPolicy == "None" && (spec.DnsConfig is null || spec.DnsConfig.Nameservers.Count == 0))
        {
            errors.Required(spec.DnsConfig is null ? at.Child("dnsConfig") : at.Child("dnsConfig").Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }

        if (spec.DnsConfig is not { } dns)
        {
            return;
        }

        var path = at.Child("dnsConfig");
        if (dns.Nameservers.Count > 3)
        {
            errors.InvalidDump(path.Child("nameservers"), GoDump.Of(dns.Nameservers), "must not have more than 3 nameservers");
        }

        for (var i = 0; i < dns.Nameservers.Count; i++)
        {
            errors.Invalid(path.Child("nameservers").Index(i), dns.Nameservers[i], Rules.Ip(dns.Nameservers[i]));
        }

        if (dns.Searches.Count > 32)
        {
            errors.InvalidDump(path.Child("searches"), GoDump.Of(dns.Searches), "must not have more than 32 search paths");
        }

        for (var i = 0; i < dns.Searches.Count; i++)
        {
            var search = dns.Searches[i].EndsWith('.') ? dns.Searches[i][..^1] : dns.Searches[i];
            errors.Invalid(path.Child("searches").Index(i), search, Rules.DnsSubdomain(search));
        }

        for (var i = 0; i < dns.Options.Count; i++)
        {
            if (dns.Options[i].Name.Length == 0)
            {
                errors.Required(path.Child("options").Index(i), "must not be empty");
            }
        }
    }

    private static void Gates(FieldErrors errors, IReadOnlyList<V1PodSchedulingGate> gates, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < gates.Count; i++)
        {
            errors.Invalid(at.Index(i), gates[i].Name, Rules.QualifiedName(gates[i].Name));
            if (!names.Add(gates[i].Name))
            {
                errors.Duplicate(at.Index(i), gates[i].Name);
            }
        }
    }

    private static void HostAliases(FieldErrors errors, IReadOnlyList<V1HostAlias> aliases, FieldPath at)
    {
        for (var i = 0; i < aliases.Count; i++)
        {
            errors.Invalid(at.Index(i).Child("ip"), aliases[i].Ip, Rules.Ip(aliases[i].Ip));
            foreach (var name in aliases[i].Hostnames)
            {
                errors.Invalid(at.Index(i).Child("hostnames"), name, Rules.DnsSubdomain(name));
            }
        }
    }

    /// <summary>What a plain update of a pod may change: images, a shorter deadline, more tolerations, and gates and node selection while gated.</summary>
    public static void Update(FieldErrors errors, V1Pod now, V1Pod old)
    {
        var at = FieldPath.Root("spec");
        var (a, b) = (now.Spec, old.Spec);
        if (a.Containers.Count != b.Containers.Count)
        {
            errors.Forbidden(at.Child("containers"), "pod updates may not add or remove containers");
            return;
        }

        if (a.InitContainers.Count != b.InitContainers.Count)
        {
            errors.Forbidden(at.Child("initContainers"), "pod updates may not add or remove containers");
            return;
        }

        Deadline(errors, a, b, at);
        Tolerations(errors, a, b, at);
        ForbiddenGates(errors, a, b, at);
        var gated = b.SchedulingGates.Count > 0;
        var allowed = a with
        {
            Containers = WithImages(a.Containers, b.Containers),
            InitContainers = WithImages(a.InitContainers, b.InitContainers),
            ActiveDeadlineSeconds = b.ActiveDeadlineSeconds,
            Tolerations = b.Tolerations,
            SchedulingGates = b.SchedulingGates,
            TerminationGracePeriodSeconds = b.TerminationGracePeriodSeconds < 0 && a.TerminationGracePeriodSeconds == 1 ? b.TerminationGracePeriodSeconds : a.TerminationGracePeriodSeconds,
            NodeSelector = gated && b.NodeSelector.All(p => a.NodeSelector.GetValueOrDefault(p.Key) == p.Value) ? b.NodeSelector : a.NodeSelector,
            Affinity = gated ? b.Affinity : a.Affinity,
        };
        if (!allowed.Equals(b))
        {
            errors.Forbidden(at, Changeable + "\n" + SpecDifference.Between(b, a));
        }
    }

    private static void Deadline(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        var path = at.Child("activeDeadlineSeconds");
        if (a.ActiveDeadlineSeconds is { } deadline)
        {
            if (b.ActiveDeadlineSeconds is { } before && before < deadline)
            {
                errors.Invalid(path, deadline, "must be less than or equal to previous value");
            }
        }
        else if (b.ActiveDeadlineSeconds is not null)
        {
            errors.Add(Statuses.FieldError.Invalid(path.ToString(), null, "must not update from a positive integer to nil value"));
        }
    }

    private static void Tolerations(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        foreach (var kept in b.Tolerations)
        {
            if (!a.Tolerations.Any(t => t with { TolerationSeconds = null } == (kept with { TolerationSeconds = null })))
            {
                errors.Forbidden(at.Child("tolerations"), "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
    }

    private static void ForbiddenGates(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        for (var i = 0; i < a.SchedulingGates.Count; i++)
        {
            if (!b.SchedulingGates.Contains(a.SchedulingGates[i]))
            {
                errors.Forbidden(at.Child("schedulingGates").Index(i), $"only deletion is allowed, but found new scheduling gate '{a.SchedulingGates[i].Name}'");
            }
        }
    }

    private static List<V1Container> WithImages(IReadOnlyList<V1Container> now, IReadOnlyList<V1Container> old) =>
        [.. now.Select((c, i) => c with { Image = old[i].Image })];

    /// <summary>The rules of one pod as a whole.</summary>
    public static void Pod(FieldErrors errors, V1Pod pod)
    {
        Spec(errors, pod.Spec, FieldPath.Root("spec"));
        if (pod.Spec.EphemeralContainers.Count > 0)
        {
            EphemeralContainers(errors, pod);
        }
    }

    private static void EphemeralContainers(FieldErrors errors, V1Pod pod)
    {
        var at = FieldPath.Root("spec").Child("ephemeralContainers");
        var names = pod.Spec.Containers.Select(c => c.Name).Concat(pod.Spec.InitContainers.Select(c => c.Name)).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < pod.Spec.EphemeralContainers.Count; i++)
        {
            var (c, path) = (pod.Spec.EphemeralContainers[i], at.Index(i));
            if (c.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
            }
            else if (!names.Add(c.Name))
            {
                errors.Duplicate(path.Child("name"), c.Name);
            }

            if (c.TargetContainerName.Length > 0 && pod.Spec.Containers.All(t => t.Name != c.TargetContainerName))
            {
                errors.NotFound(path.Child("targetContainerName"), c.TargetContainerName);
            }

            if (c.Image.Length == 0)
            {
                errors.Required(path.Child("image"));
            }

            foreach (var (name, set) in new[] { ("ports", c.Ports.Count > 0), ("livenessProbe", c.LivenessProbe is not null), ("readinessProbe", c.ReadinessProbe is not null), ("startupProbe", c.StartupProbe is not null), ("lifecycle", c.Lifecycle is not null) })
            {
                if (set)
                {
                    errors.Forbidden(path.Child(name), "cannot be set for an Ephemeral Container");
                }
            }
        }
    }
}
