using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.PersistentVolumes;

namespace Gantry.Controllers.LocalVolumes;

/// <summary>Makes volumes on a node's own disk for claims that wait for one there. Pure.</summary>
public static class LocalVolumePlanner
{
    public const string Provisioner = "gantry.io/local";
    private const string HostName = "kubernetes.io/hostname";
    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";

    /// <summary>The class that makes claims work without anybody having prepared volumes.</summary>
    public static V1StorageClass Class => new()
    {
        Metadata = new V1ObjectMeta { Name = "local", Annotations = new Dictionary<string, string> { [DefaultClass] = "true" } },
        Provisioner = Provisioner,
        ReclaimPolicy = "Delete",

        // Only when a pod has its node is it known on which disk the volume has to be.
        VolumeBindingMode = "WaitForFirstConsumer",
    };

    /// <summary>Whether the claim waits for a volume of this provisioner on that node.</summary>
    public static bool Waits(V1PersistentVolumeClaim claim, V1StorageClass? storage, string node) =>
        storage?.Provisioner == Provisioner && claim.Spec.VolumeName.Length == 0 && claim.Metadata.DeletionTimestamp is null
        && claim.Metadata.Annotations.GetValueOrDefault(Bindings.SelectedNode) == node;

    /// <summary>Why no volume can be made for the claim, or null.</summary>
    public static string? Refusal(V1PersistentVolumeClaim claim) =>
        claim.Spec.VolumeMode == "Block" ? "volumes of the machine itself are file systems, not block devices"
        : claim.Spec.Selector is not null ? "claim.Spec.Selector is not supported for dynamic provisioning"
        : null;

    /// <summary>The volume for the claim, promised to it and to nobody else.</summary>
    public static V1PersistentVolume Volume(V1PersistentVolumeClaim claim, V1StorageClass storage, V1Node node, string directory)
    {
        var name = "pvc-" + claim.Metadata.Uid;
        var affinity = new V1NodeSelectorTerm
        {
            MatchExpressions = [new V1NodeSelectorRequirement { Key = HostName, Operator = "In", Values = [node.Metadata.Labels.GetValueOrDefault(HostName, node.Metadata.Name)] }],
        };
        return new V1PersistentVolume
        {
            Metadata = new V1ObjectMeta { Name = name, Annotations = new Dictionary<string, string> { [Bindings.ProvisionedBy] = Provisioner } },
            Spec = new V1PersistentVolumeSpec
            {
                Capacity = new Dictionary<string, Quantity> { ["storage"] = claim.Spec.Resources.Requests.GetValueOrDefault("storage") },
                AccessModes = claim.Spec.AccessModes,
                PersistentVolumeReclaimPolicy = storage.ReclaimPolicy ?? "Delete",
                StorageClassName = storage.Metadata.Name,
                MountOptions = storage.MountOptions,
                VolumeMode = "Filesystem",
                ClaimRef = ObjectReferences.To(claim),
                NodeAffinity = new V1VolumeNodeAffinity { Required = new V1NodeSelector { NodeSelectorTerms = [affinity] } },
                HostPath = new V1HostPathVolumeSource { Path = $"{directory}/{name}_{claim.Metadata.Namespace}_{claim.Metadata.Name}", Type = "DirectoryOrCreate" },
            },
        };
    }

    /// <summary>The folder that is to go because its claim is gone, or null. Only folders that this provisioner made are ever named.</summary>
    public static string? Leftover(V1PersistentVolume volume, string directory) =>
        volume is { Status.Phase: "Released", Spec.PersistentVolumeReclaimPolicy: "Delete", Metadata.DeletionTimestamp: null }
        && volume.Metadata.Annotations.GetValueOrDefault(Bindings.ProvisionedBy) == Provisioner
        && volume.Spec.HostPath?.Path is { } path && path.StartsWith($"{directory}/{volume.Metadata.Name}_", StringComparison.Ordinal)
        && !path.Contains("..", StringComparison.Ordinal)
            ? path
            : null;
}
