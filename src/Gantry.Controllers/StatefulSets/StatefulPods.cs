using System.Globalization;
using Gantry.Api.Models;
using Gantry.Controllers.History;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.StatefulSets;

/// <summary>The pods and claims of StatefulSets, which have fixed names.</summary>
internal static class StatefulPods
{
    public const string NameLabel = "statefulset.kubernetes.io/pod-name";
    public const string IndexLabel = "apps.kubernetes.io/pod-index";

    public static int Start(V1StatefulSet set) => set.Spec.Ordinals?.Start ?? 0;

    public static int Replicas(V1StatefulSet set) => set.Spec.Replicas ?? 1;

    public static string Name(V1StatefulSet set, int ordinal) => set.Metadata.Name + "-" + ordinal.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number at the end of the pod's name if the name is one of the set's, else null.</summary>
    public static int? Ordinal(V1StatefulSet set, V1Pod pod)
    {
        var (name, prefix) = (pod.Metadata.Name, set.Metadata.Name + "-");
        return name.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            && (name.Length == prefix.Length + 1 || name[prefix.Length] != '0')
            ? ordinal
            : null;
    }

    public static string RevisionOf(V1Pod pod) => pod.Metadata.Labels.GetValueOrDefault(TemplateHistory.HashLabel, "");

    public static V1Pod New(V1StatefulSet set, V1PodTemplateSpec template, string revision, int ordinal)
    {
        var pod = PodTemplates.Pod(template, set.Metadata.Namespace, set.Metadata.Name, Owners.Reference(set));
        var name = Name(set, ordinal);
        return Identified(set, ordinal, pod with
        {
            Metadata = pod.Metadata with { GenerateName = "", Name = name, Labels = pod.Metadata.Labels.With(TemplateHistory.HashLabel, revision) },
            Spec = pod.Spec with { Hostname = name, Subdomain = set.Spec.ServiceName },
        });
    }

    /// <summary>The pod with the labels and volumes that its name entitles it to.</summary>
    public static V1Pod Identified(V1StatefulSet set, int ordinal, V1Pod pod)
    {
        var claims = set.Spec.VolumeClaimTemplates.Select(t => new V1Volume
        {
            Name = t.Metadata.Name,
            PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = ClaimName(set, t, ordinal) },
        }).ToList();
        var labels = pod.Metadata.Labels.With(NameLabel, pod.Metadata.Name).With(IndexLabel, ordinal.ToString(CultureInfo.InvariantCulture));
        return pod with
        {
            Metadata = pod.Metadata with { Labels = labels },
            Spec = pod.Spec with { Volumes = [.. claims, .. pod.Spec.Volumes.Where(v => claims.TrueForAll(c => c.Name != v.Name))] },
        };
    }

    public static string ClaimName(V1StatefulSet set, V1PersistentVolumeClaim template, int ordinal) => template.Metadata.Name + "-" + Name(set, ordinal);

    public static V1PersistentVolumeClaim Claim(V1StatefulSet set, V1PersistentVolumeClaim template, int ordinal)
    {
        var labels = new Dictionary<string, string>(template.Metadata.Labels, StringComparer.Ordinal);
        foreach (var (key, value) in set.Spec.Selector?.MatchLabels ?? new Dictionary<string, string>())
        {
            labels[key] = value;
        }

        return new V1PersistentVolumeClaim
        {
            Metadata = template.Metadata with
            {
                Namespace = set.Metadata.Namespace, Name = ClaimName(set, template, ordinal), Labels = labels, OwnerReferences = SetOwners(set, [], isScaledDown: false, pod: null),
            },
            Spec = template.Spec,
        };
    }

    /// <summary>The owners a claim should have, by the set's retention policy; owners of other kinds stay.</summary>
    /// <param name="set">The set.</param>
    /// <param name="present">The owners it has.</param>
    /// <param name="isScaledDown">Whether its pod is beyond the wanted number.</param>
    /// <param name="pod">Its pod; null before there is one.</param>
    public static IReadOnlyList<V1OwnerReference> SetOwners(V1StatefulSet set, IReadOnlyList<V1OwnerReference> present, bool isScaledDown, V1Pod? pod)
    {
        var policy = set.Spec.PersistentVolumeClaimRetentionPolicy;
        var withPod = isScaledDown && policy?.WhenScaled == "Delete" && pod is not null;
        var withSet = policy?.WhenDeleted == "Delete" && !withPod;
        var owners = present.Where(o => o.Uid != set.Metadata.Uid && (pod is null || o.Uid != pod.Metadata.Uid)).ToList();
        if (withSet)
        {
            owners.Add(new V1OwnerReference { ApiVersion = "apps/v1", Kind = "StatefulSet", Name = set.Metadata.Name, Uid = set.Metadata.Uid });
        }

        if (withPod)
        {
            owners.Add(new V1OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod!.Metadata.Name, Uid = pod.Metadata.Uid });
        }

        // The same owners in another order are no reason to write.
        return owners.Count == present.Count && owners.TrueForAll(present.Contains) ? present : owners;
    }
}
