using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.PersistentVolumes;

/// <summary>Which volume suits a claim. Pure.</summary>
public static class VolumeMatch
{
    /// <summary>The volume that was reserved for the claim, else the smallest free one that suits it; null for none.</summary>
    public static V1PersistentVolume? Best(ClaimView view)
    {
        var claim = view.Claim;
        var reserved = view.Volumes.Where(v => IsReserved(v, claim)).OrderBy(v => v.Metadata.Name, StringComparer.Ordinal).FirstOrDefault(v => Misfit(v, claim) is null);
        if (reserved is not null)
        {
            return reserved;
        }

        var selector = claim.Spec.Selector is null ? null : Selecting.Of(claim.Spec.Selector);
        return view.Volumes
            .Where(v => v.Spec.ClaimRef is null && v.Metadata.DeletionTimestamp is null && v.Status.Phase == "Available"
                && Misfit(v, claim) is null
                && (claim.Spec.Selector is null || selector?.Matches(v.Metadata.Labels) == true)
                && (view.Node is null || Reaches(v, view.Node)))
            .OrderBy(v => Size(v.Spec.Capacity), Comparer<Quantity>.Create(static (a, b) => a < b ? -1 : a > b ? 1 : 0))
            .ThenBy(v => v.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>Whether the volume names the claim already.</summary>
    public static bool IsReserved(V1PersistentVolume volume, V1PersistentVolumeClaim claim) =>
        volume.Spec.ClaimRef is { } reference && reference.Namespace == claim.Metadata.Namespace && reference.Name == claim.Metadata.Name
        && (reference.Uid.Length == 0 || reference.Uid == claim.Metadata.Uid);

    /// <summary>Why the volume does not suit the claim, or null.</summary>
    public static string? Misfit(V1PersistentVolume volume, V1PersistentVolumeClaim claim) =>
        Size(volume.Spec.Capacity) < Size(claim.Spec.Resources.Requests) ? "requested PV is too small"
        : Class(volume) != Class(claim) ? "storageClassName does not match"
        : (volume.Spec.VolumeMode ?? "Filesystem") != (claim.Spec.VolumeMode ?? "Filesystem") ? "incompatible volumeMode"
        : !claim.Spec.AccessModes.All(volume.Spec.AccessModes.Contains) ? "incompatible accessMode"
        : null;

    public static string Class(V1PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations.TryGetValue(Bindings.ClassAnnotation, out var named) ? named : claim.Spec.StorageClassName ?? "";

    public static string Class(V1PersistentVolume volume) =>
        volume.Metadata.Annotations.TryGetValue(Bindings.ClassAnnotation, out var named) ? named : volume.Spec.StorageClassName;

    private static bool Reaches(V1PersistentVolume volume, V1Node node) =>
        volume.Spec.NodeAffinity?.Required is not { } required || required.NodeSelectorTerms.Any(t => NodeMatching.Matches(t, node));

    private static Quantity Size(IReadOnlyDictionary<string, Quantity> amounts) => amounts.TryGetValue("storage", out var size) ? size : default;
}
