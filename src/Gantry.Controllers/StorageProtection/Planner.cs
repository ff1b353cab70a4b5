using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.StorageProtection;

/// <summary>Lets deleted claims and volumes go when nobody uses them any more. Pure.</summary>
public static class ProtectionPlanner
{
    public const string ClaimFinalizer = "kubernetes.io/pvc-protection";
    public const string VolumeFinalizer = "kubernetes.io/pv-protection";

    /// <param name="claim">The claim.</param>
    /// <param name="pods">The pods of its namespace that name it.</param>
    public static IReadOnlyList<Intent> Plan(V1PersistentVolumeClaim claim, IEnumerable<V1Pod> pods) =>
        IsHeld(claim.Metadata, ClaimFinalizer) && !pods.Any(p => p.Spec.NodeName.Length > 0 && !PodFacts.IsTerminal(p))
            ? [Owners.RemoveFinalizer(claim, ClaimFinalizer)]
            : [];

    public static IReadOnlyList<Intent> Plan(V1PersistentVolume volume) =>
        IsHeld(volume.Metadata, VolumeFinalizer) && volume.Status.Phase != "Bound" ? [Owners.RemoveFinalizer(volume, VolumeFinalizer)] : [];

    /// <summary>The names of the claims that a pod uses, those made for its ephemeral volumes included.</summary>
    public static IEnumerable<string> Claims(V1Pod pod) => pod.Spec.Volumes
        .Select(v => v.PersistentVolumeClaim?.ClaimName ?? (v.Ephemeral is null ? null : pod.Metadata.Name + "-" + v.Name))
        .OfType<string>();

    private static bool IsHeld(V1ObjectMeta meta, string finalizer) => meta.DeletionTimestamp is not null && meta.Finalizers.Contains(finalizer);
}
