using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about pods and about templates of them.</summary>
internal static class PodWarnings
{
    private const string SeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompContainer = "container.seccomp.security.alpha.kubernetes.io/";
    private const string AppArmor = "container.apparmor.security.beta.kubernetes.io/";
    private const string Seccomp = "non-functional in v1.27+; use the \"seccompProfile\" field instead";

    private static readonly (string Key, string Text)[] DeadAnnotations =
    [
        ("scheduler.alpha.kubernetes.io/critical-pod", "non-functional in v1.16+; use the \"priorityClassName\" field instead"),
        ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
        ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ];

    private static readonly FieldPath PodSpec = FieldPath.Root("spec");

    private static readonly FieldPath PodMetadata = FieldPath.Root("metadata");

    public static void Pod(V1Pod pod, Action<string> warn) => Of(pod.Spec, pod.Metadata, PodSpec, PodMetadata, false, warn);

    public static void Template(V1PodTemplateSpec? template, FieldPath at, Action<string> warn)
    {
        if (template?.Spec is { } spec)
        {
            Of(spec, template.Metadata, at.Child("spec"), at.Child("metadata"), true, warn);
        }
    }

    private static void Of(V1PodSpec spec, V1ObjectMeta metadata, FieldPath at, FieldPath metadataAt, bool template, Action<string> warn)
    {
        NodeLabelWarnings.Pod(spec, at, warn);
        Spreading(spec, at, warn);
        if (metadata.Annotations.Count > 0)
        {
            foreach (var (key, text) in DeadAnnotations)
            {
                if (metadata.Annotations.ContainsKey(key))
                {
                    warn($"{metadataAt.Child("annotations").Key(key)}: {text}");
                }
            }
        }

        VolumeWarnings.PodVolumes(spec.Volumes, at.Child("volumes"), warn);
        VolumePathWarnings.Overlaps(spec.Volumes, warn);
        Duplicates(spec, at, warn);
        Fractions(spec.Overhead, at, "overhead", warn);
        if (spec.SecurityContext?.SeccompProfile is null && metadata.Annotations.ContainsKey(SeccompPod))
        {
            warn($"{metadataAt.Child("annotations").Key(SeccompPod)}: {Seccomp}");
        }

        Containers(spec.InitContainers, "initContainers", spec, metadata, at, metadataAt, template, warn);
        Containers(spec.Containers, "containers", spec, metadata, at, metadataAt, template, warn);
        PortWarnings.Ports(spec, at, warn);
        if (spec.TerminationGracePeriodSeconds < 0)
        {
            warn($"{at.Child("terminationGracePeriodSeconds")}: must be >= 0; negative values are invalid and will be treated as 1");
        }

        if (spec.Affinity is { } affinity)
        {
            Terms(affinity.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, at, "podAffinity", warn);
            Terms(affinity.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, affinity.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, at, "podAntiAffinity", warn);
        }
    }

    private static void Spreading(V1PodSpec spec, FieldPath at, Action<string> warn)
    {
        for (var i = 0; i < spec.TopologySpreadConstraints.Count; i++)
        {
            var constraint = spec.TopologySpreadConstraints[i];
            if (NodeLabelWarnings.Deprecated(constraint.TopologyKey) is { } text)
            {
                warn($"{at.Child("topologySpreadConstraints").Index(i).Child("topologyKey")}: {constraint.TopologyKey} is {text}");
            }

            if (constraint.LabelSelector is null)
            {
                warn($"{at.Child("topologySpreadConstraints").Index(i).Child("labelSelector")}: a null labelSelector results in matching no pod");
            }
        }
    }

    private static void Duplicates(V1PodSpec spec, FieldPath at, Action<string> warn)
    {
        if (spec.HostAliases.Count > 1)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < spec.HostAliases.Count; i++)
            {
                if (!seen.Add(spec.HostAliases[i].Ip))
                {
                    warn($"{at.Child("hostAliases").Index(i).Child("ip")}: duplicate ip \"{spec.HostAliases[i].Ip}\"");
                }
            }
        }

        var names = new HashSet<string>(spec.ImagePullSecrets.Count, StringComparer.Ordinal);
        for (var i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            if (!names.Add(spec.ImagePullSecrets[i].Name))
            {
                warn($"{at.Child("imagePullSecrets").Index(i).Child("name")}: duplicate name \"{spec.ImagePullSecrets[i].Name}\"");
            }
        }

        for (var i = 0; i < spec.ImagePullSecrets.Count; i++)
        {
            if (string.IsNullOrEmpty(spec.ImagePullSecrets[i].Name))
            {
                warn($"{at.Child("imagePullSecrets").Index(i).Child("name")}: invalid empty name \"\"");
            }
        }
    }

    private static void Containers(
        IReadOnlyList<V1Container> containers, string list, V1PodSpec spec, V1ObjectMeta metadata, FieldPath at, FieldPath metadataAt, bool template, Action<string> warn)
    {
        for (var i = 0; i < containers.Count; i++)
        {
            var container = containers[i];
            if (metadata.Annotations.Count > 0)
            {
                if (container.SecurityContext?.SeccompProfile is null && metadata.Annotations.ContainsKey(SeccompContainer + container.Name))
                {
                    warn($"{metadataAt.Child("annotations").Key(SeccompContainer + container.Name)}: {Seccomp}");
                }

                if (template && container.SecurityContext?.AppArmorProfile is null && spec.SecurityContext?.AppArmorProfile is null
                    && metadata.Annotations.ContainsKey(AppArmor + container.Name))
                {
                    warn($"{metadataAt.Child("annotations").Key(AppArmor + container.Name)}: deprecated since v1.30; use the \"appArmorProfile\" field instead");
                }
            }

            if (container.Resources is { } resources)
            {
                Fraction(resources.Limits, "memory", "limits");
                Fraction(resources.Requests, "memory", "requests");
                Fraction(resources.Limits, "ephemeral-storage", "limits");
                Fraction(resources.Requests, "ephemeral-storage", "requests");
            }

            if (container.Env.Count > 1)
            {
                Environment(container.Env, at.Child(list).Index(i).Child("env"), warn);
            }

            void Fraction(IReadOnlyDictionary<string, Quantity> amounts, string name, string field)
            {
                if (amounts.TryGetValue(name, out var amount) && amount.MilliValue % 1000 != 0)
                {
                    warn($"{at.Child(list).Index(i).Child("resources").Child(field).Key(name)}: fractional byte value \"{amount.Canonical}\" is invalid, must be an integer");
                }
            }
        }
    }

    // A later variable may extend an earlier one of the same name; anything else hides it.
    private static void Environment(IReadOnlyList<V1EnvVar> variables, FieldPath at, Action<string> warn)
    {
        var seen = new HashSet<string>(variables.Count, StringComparer.Ordinal);
        for (var i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            if (seen.Add(variable.Name))
            {
                continue;
            }

            var reference = $"$({variable.Name})";
            var text = variable.Value ?? "";
            if (variable.ValueFrom is not null || text == reference || !text.Contains(reference, StringComparison.Ordinal))
            {
                warn($"{at.Index(i)}: hides previous definition of \"{variable.Name}\", which may be dropped when using apply");
            }
        }
    }

    private static void Fractions(IReadOnlyDictionary<string, Quantity> amounts, FieldPath at, string field, Action<string> warn)
    {
        if (amounts.Count == 0)
        {
            return;
        }

        foreach (var name in new[] { "memory", "ephemeral-storage" })
        {
            if (amounts.TryGetValue(name, out var amount) && amount.MilliValue % 1000 != 0)
            {
                warn($"{at.Child(field).Key(name)}: fractional byte value \"{amount.Canonical}\" is invalid, must be an integer");
            }
        }
    }

    private static void Terms(
        IReadOnlyList<V1PodAffinityTerm>? required, IReadOnlyList<V1WeightedPodAffinityTerm>? preferred, FieldPath at, string field, Action<string> warn)
    {
        for (var i = 0; i < required?.Count; i++)
        {
            if (required[i].LabelSelector is null)
            {
                warn($"{at.Child("affinity").Child(field).Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i).Child("labelSelector")}: a null labelSelector results in matching no pod");
            }
        }

        for (var i = 0; i < preferred?.Count; i++)
        {
            if (preferred[i].PodAffinityTerm?.LabelSelector is null)
            {
                warn($"{at.Child("affinity").Child(field).Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i).Child("podAffinityTerm").Child("labelSelector")}: a null labelSelector results in matching no pod");
            }
        }
    }
}
