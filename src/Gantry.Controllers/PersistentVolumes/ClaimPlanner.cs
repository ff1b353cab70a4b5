using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.PersistentVolumes;

/// <summary>Finds a volume for a claim and binds the two; one write a plan, the next view gives the next. Pure.</summary>
public static class ClaimPlanner
{
    public static VolumePlan Plan(ClaimView view)
    {
        var claim = view.Claim;
        if (claim.Metadata.Annotations.ContainsKey(Bindings.Complete))
        {
            return Bound(view);
        }

        if (claim.Spec.VolumeName.Length > 0)
        {
            return Named(view);
        }

        var delayed = view.Class?.VolumeBindingMode == "WaitForFirstConsumer" && !claim.Metadata.Annotations.ContainsKey(Bindings.SelectedNode);
        var reserved = view.Volumes.Any(v => VolumeMatch.IsReserved(v, claim));
        if (!delayed || reserved)
        {
            if (VolumeMatch.Best(view) is { } volume)
            {
                return new VolumePlan(Bindings.Bind(volume, claim, view.Now), []);
            }
        }

        if (delayed)
        {
            return Pending(view, Tell(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding"));
        }

        return VolumeMatch.Class(claim).Length == 0
            ? Pending(view, Tell(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set"))
            : Provision(view);
    }

    private static VolumePlan Bound(ClaimView view)
    {
        var claim = view.Claim;
        var volume = view.Volumes.FirstOrDefault(v => v.Metadata.Name == claim.Spec.VolumeName);
        return claim.Spec.VolumeName.Length == 0 ? Lost(view, "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!")
            : volume is null ? Lost(view, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
            : volume.Spec.ClaimRef is null || VolumeMatch.IsReserved(volume, claim) ? new VolumePlan(Bindings.Bind(volume, claim, view.Now), [])
            : Lost(view, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
    }

    /// <summary>The user wants that very volume.</summary>
    private static VolumePlan Named(ClaimView view)
    {
        var claim = view.Claim;
        var volume = view.Volumes.FirstOrDefault(v => v.Metadata.Name == claim.Spec.VolumeName);
        if (volume is null)
        {
            return Pending(view, null);
        }

        if (volume.Spec.ClaimRef is not null && !VolumeMatch.IsReserved(volume, claim))
        {
            return Pending(view, Tell(claim, "Warning", "FailedBinding", $"volume \"{volume.Metadata.Name}\" already bound to a different claim."));
        }

        return VolumeMatch.Misfit(volume, claim) is { } why
            ? Pending(view, Tell(claim, "Warning", "VolumeMismatch", $"Cannot bind to requested volume \"{volume.Metadata.Name}\": {why}"))
            : new VolumePlan(Bindings.Bind(volume, claim, view.Now), []);
    }

    /// <summary>Leaves it to the class's provisioner, which looks for claims with its name in an annotation.</summary>
    private static VolumePlan Provision(ClaimView view)
    {
        var claim = view.Claim;
        if (view.Class is not { } storage)
        {
            return Pending(view, Tell(claim, "Warning", "ProvisioningFailed", $"storageclass.storage.k8s.io \"{VolumeMatch.Class(claim)}\" not found"));
        }

        if (storage.Provisioner == "kubernetes.io/no-provisioner")
        {
            return Pending(view, Tell(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim and the storage class has no provisioner"));
        }

        if (claim.Metadata.Annotations.GetValueOrDefault(Bindings.Provisioner) != storage.Provisioner)
        {
            var annotations = claim.Metadata.Annotations.With(Bindings.Provisioner, storage.Provisioner).With(Bindings.BetaProvisioner, storage.Provisioner);
            return new VolumePlan([new Update<V1PersistentVolumeClaim>(claim with { Metadata = claim.Metadata with { Annotations = annotations } })], []);
        }

        return Pending(view, Tell(
            claim, "Normal", "ExternalProvisioning",
            $"Waiting for a volume to be created either by the external provisioner '{storage.Provisioner}' or manually by the system administrator. "
            + "If volume creation is delayed, please verify that the provisioner is running and correctly registered."));
    }

    private static VolumePlan Pending(ClaimView view, Intent? tell)
    {
        IReadOnlyList<Intent> events = tell is null ? [] : [tell];
        return view.Claim.Status.Phase == "Pending" ? new VolumePlan([], events) : new VolumePlan([Phase(view.Claim, "Pending")], events);
    }

    private static VolumePlan Lost(ClaimView view, string reason, string message) => view.Claim.Status.Phase == "Lost"
        ? new VolumePlan([], [])
        : new VolumePlan([Phase(view.Claim, "Lost")], [Tell(view.Claim, "Warning", reason, message)]);

    private static Update<V1PersistentVolumeClaim> Phase(V1PersistentVolumeClaim claim, string phase) =>
        new(claim with { Status = claim.Status with { Phase = phase } }, "status");

    private static Tell Tell(V1PersistentVolumeClaim claim, string type, string reason, string message) => new(ObjectReferences.To(claim), type, reason, message);
}
