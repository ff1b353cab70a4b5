using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.PersistentVolumes;

/// <summary>Keeps the phase of a volume, and decides what becomes of it after its claim. Pure.</summary>
public static class VolumePlanner
{
    public static VolumePlan Plan(VolumeView view)
    {
        var volume = view.Volume;
        if (volume.Spec.ClaimRef is not { Uid.Length: > 0 })
        {
            return To(view, "Available");
        }

        if (view.Claim is not { } claim)
        {
            return volume.Status.Phase is "Released" or "Failed" ? Reclaim(view) : To(view, "Released");
        }

        if (claim.Spec.VolumeName.Length == 0)
        {
            // The claim is about to name it; its own plan goes on from there.
            return new VolumePlan([], []);
        }

        return claim.Spec.VolumeName == volume.Metadata.Name ? To(view, "Bound") : Unbind(view);
    }

    /// <summary>The claim went to another volume: this one is free again, unless it was made for that claim alone.</summary>
    private static VolumePlan Unbind(VolumeView view)
    {
        var volume = view.Volume;
        if (volume.Metadata.Annotations.ContainsKey(Bindings.ProvisionedBy) && volume.Spec.PersistentVolumeReclaimPolicy == "Delete")
        {
            return volume.Status.Phase is "Released" or "Failed" ? Reclaim(view) : To(view, "Released");
        }

        var chosen = volume.Metadata.Annotations.ContainsKey(Bindings.ByController);
        var annotations = volume.Metadata.Annotations.Where(a => a.Key != Bindings.ByController).ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);
        return new VolumePlan(
            [
                new Update<V1PersistentVolume>(volume with
                {
                    Spec = volume.Spec with { ClaimRef = chosen ? null : volume.Spec.ClaimRef! with { Uid = "", ResourceVersion = "" } },
                    Metadata = volume.Metadata with { Annotations = annotations },
                }),
            ],
            []);
    }

    private static VolumePlan Reclaim(VolumeView view)
    {
        var volume = view.Volume;
        if (volume.Spec.PersistentVolumeReclaimPolicy is "Retain" or "" || volume.Metadata.Annotations.ContainsKey(Bindings.ProvisionedBy) || volume.Status.Phase == "Failed")
        {
            // Whoever provisioned it removes it.
            return new VolumePlan([], []);
        }

        var (verb, reason) = volume.Spec.PersistentVolumeReclaimPolicy == "Delete" ? ("deletable", "VolumeFailedDelete") : ("recyclable", "VolumeFailedRecycle");
        var message = $"error getting {(verb == "deletable" ? "deleter" : "recycler")} volume plugin for volume \"{volume.Metadata.Name}\": no {verb} volume plugin matched";
        return new VolumePlan([Bindings.Phase(volume, "Failed", message, view.Now)], [new Tell(ObjectReferences.To(volume), "Warning", reason, message)]);
    }

    private static VolumePlan To(VolumeView view, string phase) =>
        view.Volume.Status.Phase == phase ? new VolumePlan([], []) : new VolumePlan([Bindings.Phase(view.Volume, phase, "", view.Now)], []);
}
