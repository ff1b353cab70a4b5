using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.PersistentVolumes;

/// <summary>The writes that bind a volume and a claim to each other, and the annotations that remember how it came about.</summary>
internal static class Bindings
{
    public const string Complete = "pv.kubernetes.io/bind-completed";
    public const string ByController = "pv.kubernetes.io/bound-by-controller";
    public const string SelectedNode = "volume.kubernetes.io/selected-node";
    public const string Provisioner = "volume.kubernetes.io/storage-provisioner";
    public const string BetaProvisioner = "volume.beta.kubernetes.io/storage-provisioner";
    public const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";
    public const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    /// <summary>The next step of binding, or none when all are done. The volume names the claim first, so that no other claim can take it.</summary>
    public static IReadOnlyList<Intent> Bind(V1PersistentVolume volume, V1PersistentVolumeClaim claim, DateTimeOffset now)
    {
        if (volume.Spec.ClaimRef is not { } held || held.Uid != claim.Metadata.Uid)
        {
            var reference = ObjectReferences.To(claim);
            var chosen = volume.Spec.ClaimRef is null;
            return
            [
                new Update<V1PersistentVolume>(volume with
                {
                    Spec = volume.Spec with { ClaimRef = reference },
                    Metadata = chosen ? volume.Metadata with { Annotations = volume.Metadata.Annotations.With(ByController, "yes") } : volume.Metadata,
                }),
            ];
        }

        if (volume.Status.Phase != "Bound")
        {
            return [Phase(volume, "Bound", "", now)];
        }

        if (claim.Spec.VolumeName.Length == 0 || !claim.Metadata.Annotations.ContainsKey(Complete))
        {
            var annotations = claim.Metadata.Annotations.With(Complete, "yes");
            annotations = claim.Spec.VolumeName.Length == 0 ? annotations.With(ByController, "yes") : annotations;
            return [new Update<V1PersistentVolumeClaim>(claim with { Spec = claim.Spec with { VolumeName = volume.Metadata.Name }, Metadata = claim.Metadata with { Annotations = annotations } })];
        }

        var status = claim.Status with
        {
            Phase = "Bound",
            AccessModes = volume.Spec.AccessModes,

            // What was expanded in the meantime is told by those who expand.
            Capacity = claim.Status.Phase == "Bound" && claim.Status.Capacity.Count > 0 ? claim.Status.Capacity : volume.Spec.Capacity,
        };
        return status == claim.Status ? [] : [new Update<V1PersistentVolumeClaim>(claim with { Status = status }, "status")];
    }

    public static Update<V1PersistentVolume> Phase(V1PersistentVolume volume, string phase, string message, DateTimeOffset now) => new(
        volume with
        {
            Status = volume.Status with
            {
                Phase = phase, Message = message, LastPhaseTransitionTime = volume.Status.Phase == phase ? volume.Status.LastPhaseTransitionTime : now,
            },
        },
        "status");
}
