using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Validation;

namespace Gantry.Server.Warnings;

/// <summary>Warnings about volumes: those of pods, and those of the cluster with the claims on them.</summary>
internal static class VolumeWarnings
{
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string MountAnnotation = "volume.beta.kubernetes.io/mount-options";
    private const string UseClassName = "deprecated since v1.8; use \"storageClassName\" attribute instead";
    private const string Since11 = "deprecated in v1.11, non-functional in v1.16+";
    private const string Since16 = "deprecated in v1.16, non-functional in v1.22+";
    private const string Since22 = "deprecated in v1.22, non-functional in v1.25+";
    private const string Since25 = "deprecated in v1.25, non-functional in v1.26+";
    private const string Since28 = "deprecated in v1.28, non-functional in v1.31+";

    public static void PodVolumes(IReadOnlyList<V1Volume> volumes, FieldPath at, Action<string> warn)
    {
        for (var i = 0; i < volumes.Count; i++)
        {
            var volume = volumes[i];
            Old(volume.PhotonPersistentDisk, "photonPersistentDisk", Since11);
            Old(volume.GitRepo, "gitRepo", "deprecated in v1.11");
            Old(volume.ScaleIO, "scaleIO", Since16);
            Old(volume.Flocker, "flocker", Since22);
            Old(volume.Storageos, "storageOS", Since22);
            Old(volume.Quobyte, "quobyte", Since22);
            Old(volume.Glusterfs, "glusterfs", Since25);
            if (volume.Ephemeral?.VolumeClaimTemplate is { } template)
            {
                ClaimSpec(template.Spec, at.Index(i).Child("ephemeral").Child("volumeClaimTemplate").Child("spec"), warn);
            }

            Old(volume.Cephfs, "cephfs", Since28);
            Old(volume.Rbd, "rbd", Since28);

            void Old(object? source, string name, string text)
            {
                if (source is not null)
                {
                    warn($"{at.Index(i).Child(name)}: {text}");
                }
            }
        }
    }

    public static void Volume(V1PersistentVolume volume, Action<string> warn)
    {
        var spec = volume.Spec;
        if (volume.Metadata.Annotations.ContainsKey(ClassAnnotation))
        {
            warn($"metadata.annotations[{ClassAnnotation}]: {UseClassName}");
        }

        if (volume.Metadata.Annotations.ContainsKey(MountAnnotation))
        {
            warn($"metadata.annotations[{MountAnnotation}]: deprecated since v1.31; use \"mountOptions\" attribute instead");
        }

        if (spec.PersistentVolumeReclaimPolicy == "Recycle")
        {
            warn("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.");
        }

        NodeLabelWarnings.Terms(spec.NodeAffinity?.Required?.NodeSelectorTerms, FieldPath.Root("spec").Child("nodeAffinity").Child("required").Child("nodeSelectorTerms"), warn);
        Old(spec.Cephfs, "cephfs", Since28);
        Old(spec.PhotonPersistentDisk, "photonPersistentDisk", Since11);
        Old(spec.ScaleIO, "scaleIO", Since16);
        Old(spec.Storageos, "storageOS", Since22);
        Old(spec.Glusterfs, "glusterfs", Since25);
        Old(spec.Rbd, "rbd", Since28);

        void Old(object? source, string name, string text)
        {
            if (source is not null)
            {
                warn($"spec.{name}: {text}");
            }
        }
    }

    public static void Claim(V1PersistentVolumeClaim claim, Action<string> warn)
    {
        if (claim.Metadata.Annotations.ContainsKey(ClassAnnotation))
        {
            warn($"metadata.annotations[{ClassAnnotation}]: {UseClassName}");
        }

        ClaimSpec(claim.Spec, FieldPath.Root("spec"), warn);
    }

    public static void ClaimSpec(V1PersistentVolumeClaimSpec? spec, FieldPath at, Action<string> warn)
    {
        if (spec?.Resources is { } resources)
        {
            Fraction(resources.Requests, "requests");
            Fraction(resources.Limits, "limits");
        }

        void Fraction(IReadOnlyDictionary<string, Quantity> amounts, string field)
        {
            if (amounts.TryGetValue("storage", out var amount) && amount.MilliValue % 1000 != 0)
            {
                warn($"{at.Child("resources").Child(field).Key("storage")}: fractional byte value \"{amount.Canonical}\" is invalid, must be an integer");
            }
        }
    }
}
