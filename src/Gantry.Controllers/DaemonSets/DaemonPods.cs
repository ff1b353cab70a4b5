using Gantry.Api.Models;
using Gantry.Controllers.History;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DaemonSets;

/// <summary>The pods of DaemonSets: what they tolerate, and where they belong.</summary>
internal static class DaemonPods
{
    private const string GenerationAnnotation = "deprecated.daemonset.template.generation";
    private const string GenerationLabel = "pod-template-generation";
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>The template's spec with the tolerations that every daemon has.</summary>
    public static V1PodSpec Spec(V1DaemonSet set)
    {
        var spec = set.Spec.Template.Spec;
        var tolerations = spec.Tolerations.ToList();
        var keys = spec.HostNetwork ? Tolerated.Append(("node.kubernetes.io/network-unavailable", "NoSchedule")) : Tolerated;
        foreach (var (key, effect) in keys)
        {
            var wanted = new V1Toleration { Key = key, Operator = "Exists", Effect = effect };
            tolerations.RemoveAll(t => t.Key == key && t.Effect == effect && t.Operator == "Exists");
            tolerations.Add(wanted);
        }

        return spec with { Tolerations = tolerations };
    }

    public static V1Pod New(V1DaemonSet set, V1PodSpec spec, string node, string hash)
    {
        var template = set.Spec.Template;
        var labels = template.Metadata.Labels.With(TemplateHistory.HashLabel, hash);
        if (set.Metadata.Annotations.TryGetValue(GenerationAnnotation, out var generation))
        {
            labels = labels.With(GenerationLabel, generation);
        }

        return PodTemplates.Pod(
            template with { Metadata = template.Metadata with { Labels = labels }, Spec = NodeMatching.Pin(spec, node) },
            set.Metadata.Namespace, set.Metadata.Name, Owners.Reference(set));
    }

    /// <summary>Whether the pod is of the present template.</summary>
    public static bool IsCurrent(V1Pod pod, string hash) => pod.Metadata.Labels.GetValueOrDefault(TemplateHistory.HashLabel) == hash;
}
