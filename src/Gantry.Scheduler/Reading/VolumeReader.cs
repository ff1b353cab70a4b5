using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Reading;

/// <summary>Compiles claims, volumes and storage classes.</summary>
internal static class VolumeReader
{
    public const string SelectedNode = "volume.kubernetes.io/selected-node";
    private const string BindCompleted = "pv.kubernetes.io/bind-completed";
    private const string NoProvisioner = "kubernetes.io/no-provisioner";

    public static ClaimFact Read(V1PersistentVolumeClaim claim) => new(
        claim.Metadata.Namespace,
        claim.Metadata.Name,
        claim.Spec.VolumeName,
        claim.Metadata.Annotations.ContainsKey(BindCompleted) || claim.Status.Phase == "Bound",
        claim.Metadata.DeletionTimestamp is not null,
        claim.Status.Phase == "Lost",
        claim.Spec.StorageClassName ?? "",
        claim.Metadata.Annotations.TryGetValue(SelectedNode, out var node) ? node : "",
        Bytes(claim.Spec.Resources.Requests),
        [.. claim.Spec.AccessModes],
        SelectorReader.Read(claim.Spec.Selector, Selector.Everything));

    public static VolumeFact Read(V1PersistentVolume volume) => new(
        volume.Metadata.Name,
        volume.Spec.StorageClassName,
        volume.Spec.ClaimRef is { } claim ? $"{claim.Namespace}/{claim.Name}" : "",
        volume.Status.Phase == "Available" && volume.Metadata.DeletionTimestamp is null,
        Bytes(volume.Spec.Capacity),
        [.. volume.Spec.AccessModes],
        volume.Metadata.Labels,
        volume.Spec.NodeAffinity?.Required is { } required ? SelectorReader.Read(required) : null);

    public static StorageClassFact Read(V1StorageClass storageClass) => new(
        storageClass.Metadata.Name,
        storageClass.VolumeBindingMode == "WaitForFirstConsumer",
        storageClass.Provisioner != NoProvisioner,
        storageClass.AllowedTopologies.Count == 0 ? null : [.. storageClass.AllowedTopologies.Select(Read)]);

    private static NodeTerm Read(V1TopologySelectorTerm term) =>
        new([.. term.MatchLabelExpressions.Select(e => new Requirement(e.Key, Comparison.In, [.. e.Values]))], []);

    private static long Bytes(IReadOnlyDictionary<string, Quantity> amounts) => amounts.TryGetValue("storage", out var quantity) ? quantity.Value : 0;
}
