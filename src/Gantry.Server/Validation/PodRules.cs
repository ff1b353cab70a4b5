using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Pods and pod templates.</summary>
public static class PodRules
{
    /// <summary>What tells the spec of a pod from one in a template.</summary>
    /// <param name="Name">The pod's name; empty in a template, whose pods have names of their own.</param>
    /// <param name="IsPod">Whether the spec is a pod's own.</param>
    /// <param name="Old">The spec before an update: what it had wrong already is let pass.</param>
    public sealed record Context(string Name, bool IsPod, V1PodSpec? Old);

    private static readonly Context InTemplate = new("", false, null);

    private static readonly Dictionary<string, Quantity> None = [];

    /// <summary>A template's labels, annotations and spec.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="template">The template.</param>
    /// <param name="at">Where it is.</param>
    /// <param name="old">The template before an update.</param>
    public static void Template(FieldErrors errors, V1PodTemplateSpec template, FieldPath at, V1PodTemplateSpec? old = null)
    {
        TemplateMetadata(errors, template, at, old);
        Spec(errors, template.Spec, at.Child("spec"), old is null ? InTemplate : InTemplate with { Old = old.Spec });
        PodAnnotationRules.Matches(errors, template.Metadata, template.Spec, at.Child("spec"));
        if (template.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(at.Child("spec").Child("ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }

    /// <summary>A template's labels and annotations alone.</summary>
    public static void TemplateMetadata(FieldErrors errors, V1PodTemplateSpec template, FieldPath at, V1PodTemplateSpec? old = null)
    {
        MetadataRules.Labels(errors, template.Metadata.Labels, at.Child("labels"));
        MetadataRules.Annotations(errors, template.Metadata.Annotations, at.Child("annotations"));
        PodAnnotationRules.Pod(errors, template.Metadata.Annotations, template.Spec, at.Child("annotations"), old?.Metadata.Annotations);
    }

    /// <summary>A new pod.</summary>
    public static void Create(FieldErrors errors, V1Pod pod)
    {
        Pod(errors, pod, null);
        var at = FieldPath.Root("spec");
        if (pod.Spec.EphemeralContainers.Count > 0)
        {
            errors.Forbidden(at.Child("ephemeralContainers"), "cannot be set on create");
        }

        if (pod.Spec.NodeName.Length > 0 && pod.Spec.SchedulingGates.Count > 0)
        {
            errors.Forbidden(at.Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }

        PodAnnotationRules.Matches(errors, pod.Metadata, pod.Spec, at);
    }

    /// <summary>The annotations and the spec of a pod, new or updated.</summary>
    public static void Pod(FieldErrors errors, V1Pod pod, V1Pod? old)
    {
        var at = FieldPath.Root("spec");
        PodAnnotationRules.Pod(errors, pod.Metadata.Annotations, pod.Spec, FieldPath.Root("metadata").Child("annotations"), old?.Metadata.Annotations);
        Spec(errors, pod.Spec, at, new(pod.Metadata.Name, true, old?.Spec));
        if (pod.Spec.ServiceAccountName.Length == 0)
        {
            TokensNeedAccount(errors, pod.Spec, at);
        }

        foreach (var (list, name) in new[] { (pod.Spec.Containers, "containers"), (pod.Spec.InitContainers, "initContainers") })
        {
            for (var i = 0; i < list.Count; i++)
            {
                ContainerRules.PlainImage(errors, list[i].Image, at.Child(name).Index(i).Child("image"));
            }
        }
    }

    private static void TokensNeedAccount(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        for (var v = 0; v < spec.Volumes.Count; v++)
        {
            for (var s = 0; s < (spec.Volumes[v].Projected?.Sources.Count ?? 0); s++)
            {
                if (spec.Volumes[v].Projected!.Sources[s].ServiceAccountToken is not null)
                {
                    errors.Forbidden(at.Child("volumes").Index(v).Child("projected").Child("sources").Index(s).Child("serviceAccountToken"), "must not be specified when serviceAccountName is not set");
                }
            }
        }
    }

    public static void Spec(FieldErrors errors, V1PodSpec spec, FieldPath at, Context context)
    {
        var volumes = VolumeRules.Volumes(errors, spec.Volumes, at.Child("volumes"), context);
        var pod = new ContainerRules.PodContext(volumes, spec.TerminationGracePeriodSeconds ?? 0, context.Old is not null && ProbeRules.SleepsForNoTime(spec));
        ContainerRules.Containers(errors, spec, pod, at);
        EphemeralContainerRules.All(errors, spec, pod, at.Child("ephemeralContainers"));
        if (spec.HostNetwork)
        {
            HostNetworkPorts(errors, spec, context.IsPod, at.Child("containers"));
        }

        errors.RequiredOneOf(at.Child("restartPolicy"), spec.RestartPolicy, "Always", "OnFailure", "Never");
        errors.RequiredOneOf(at.Child("dnsPolicy"), spec.DnsPolicy, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        MetadataRules.Labels(errors, spec.NodeSelector, at.Child("nodeSelector"));
        SecurityRules.Pod(errors, spec, at.Child("securityContext"), context.Old);
        SchedulingRules.Affinity(errors, spec.Affinity, at.Child("affinity"));
        Dns(errors, spec, at.Child("dnsConfig"));
        for (var i = 0; i < spec.ReadinessGates.Count; i++)
        {
            errors.Invalid(at.Child("readinessGates").Index(i).Child("conditionType"), spec.ReadinessGates[i].ConditionType, Rules.QualifiedName(spec.ReadinessGates[i].ConditionType));
        }

        Gates(errors, spec.SchedulingGates, at.Child("schedulingGates"));
        SchedulingRules.TopologySpread(errors, spec.TopologySpreadConstraints, at.Child("topologySpreadConstraints"));
        PodSystemRules.HostProcess(errors, spec, at);
        PodSystemRules.HostUsers(errors, spec, at);
        Name(errors, spec.ServiceAccountName, Rules.DnsSubdomain, at.Child("serviceAccountName"));
        Name(errors, spec.NodeName, Rules.DnsSubdomain, at.Child("nodeName"));
        if (spec.ActiveDeadlineSeconds is { } deadline && deadline is < 1 or > int.MaxValue)
        {
            errors.Invalid(at.Child("activeDeadlineSeconds"), deadline, Rules.Between(1, int.MaxValue));
        }

        Name(errors, spec.Hostname, Rules.DnsLabel, at.Child("hostname"));
        Name(errors, spec.Subdomain, Rules.DnsLabel, at.Child("subdomain"));
        SchedulingRules.Tolerations(errors, spec.Tolerations, at.Child("tolerations"));
        HostAliases(errors, spec.HostAliases, at.Child("hostAliases"));
        Name(errors, spec.PriorityClassName, Rules.DnsSubdomain, at.Child("priorityClassName"));
        if (spec.RuntimeClassName is { } runtime)
        {
            errors.Invalid(at.Child("runtimeClassName"), runtime, Rules.DnsSubdomain(runtime));
        }

        if (spec.PreemptionPolicy is { } preemption)
        {
            errors.RequiredOneOf(at.Child("preemptionPolicy"), preemption, "PreemptLowerPriority", "Never");
        }

        ResourceRules.Requirements(errors, spec.Overhead, None, at.Child("overhead"));
        PodSystemRules.OperatingSystem(errors, spec, at);
    }

    private static void HostNetworkPorts(FieldErrors errors, V1PodSpec spec, bool isPod, FieldPath at)
    {
        for (var i = 0; i < spec.Containers.Count; i++)
        {
            for (var j = 0; j < spec.Containers[i].Ports.Count; j++)
            {
                var port = spec.Containers[i].Ports[j];
                if ((isPod || port.HostPort != 0) && port.HostPort != port.ContainerPort)
                {
                    errors.Invalid(at.Index(i).Child("ports").Index(j).Child("hostPort"), port.HostPort, "must match `containerPort` when `hostNetwork` is true");
                }
            }
        }
    }

    private static void Name(FieldErrors errors, string name, Func<string, IEnumerable<string>> rule, FieldPath at)
    {
        if (name.Length > 0)
        {
            errors.Invalid(at, name, rule(name));
        }
    }

    private static void Dns(FieldErrors errors, V1PodSpec spec, FieldPath at)
    {
        if (spec.DnsPolicy == "None")
        {
            if (spec.DnsConfig is null)
            {
                errors.Required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
                return;
            }

            if (spec.DnsConfig.Nameservers.Count == 0)
            {
                errors.Required(at.Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
                return;
            }
        }

        if (spec.DnsConfig is not { } dns)
        {
            return;
        }

        if (dns.Nameservers.Count > 3)
        {
            errors.InvalidDump(at.Child("nameservers"), GoDump.Of(dns.Nameservers), "must not have more than 3 nameservers");
        }

        for (var i = 0; i < dns.Nameservers.Count; i++)
        {
            errors.Invalid(at.Child("nameservers").Index(i), dns.Nameservers[i], Rules.Ip(dns.Nameservers[i]));
        }

        if (dns.Searches.Count > 32)
        {
            errors.InvalidDump(at.Child("searches"), GoDump.Of(dns.Searches), "must not have more than 32 search paths");
        }

        if (string.Join(' ', dns.Searches).Length > 2048)
        {
            errors.InvalidDump(at.Child("searches"), GoDump.Of(dns.Searches), "must not have more than 2048 characters (including spaces) in the search list");
        }

        for (var i = 0; i < dns.Searches.Count; i++)
        {
            var search = dns.Searches[i].EndsWith('.') ? dns.Searches[i][..^1] : dns.Searches[i];
            errors.Invalid(at.Child("searches").Index(i), search, Rules.DnsSubdomain(search));
        }

        for (var i = 0; i < dns.Options.Count; i++)
        {
            if (dns.Options[i].Name.Length == 0)
            {
                errors.Required(at.Child("options").Index(i), "must not be empty");
            }
        }
    }

    private static void Gates(FieldErrors errors, IReadOnlyList<V1PodSchedulingGate> gates, FieldPath at)
    {
        HashSet<string>? names = null;
        for (var i = 0; i < gates.Count; i++)
        {
            errors.Invalid(at.Index(i), gates[i].Name, Rules.QualifiedName(gates[i].Name));
            if (!(names ??= new(StringComparer.Ordinal)).Add(gates[i].Name))
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
            for (var j = 0; j < aliases[i].Hostnames.Count; j++)
            {
                errors.Invalid(at.Index(i).Child("hostnames").Index(j), aliases[i].Hostnames[j], Rules.DnsSubdomain(aliases[i].Hostnames[j]));
            }
        }
    }
}
