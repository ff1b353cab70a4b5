using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Persistent volumes and claims.</summary>
public static class StorageRules
{
    private static void AccessModes(FieldErrors errors, IReadOnlyList<string> modes, FieldPath at, string missing)
    {
        if (modes.Count == 0)
        {
            errors.Required(at, missing);
        }

        foreach (var mode in modes)
        {
            errors.OneOf(at, mode, "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
        }
    }

    public static void PersistentVolume(FieldErrors errors, V1PersistentVolume pv, V1PersistentVolume? old)
    {
        var (spec, at) = (pv.Spec, FieldPath.Root("spec"));
        AccessModes(errors, spec.AccessModes, at.Child("accessModes"), "");
        if (spec.Capacity.Count == 0)
        {
            errors.Required(at.Child("capacity"));
        }
        else if (spec.Capacity.Count != 1 || !spec.Capacity.ContainsKey("storage"))
        {
            errors.Add(Statuses.FieldError.NotSupported(at.Child("capacity").ToString(), string.Join(",", spec.Capacity.Keys), ["storage"]));
        }

        foreach (var (name, value) in spec.Capacity)
        {
            ResourceRules.QuantityValue(errors, name, value, at.Child("capacity").Key(name));
        }

        errors.OneOf(at.Child("persistentVolumeReclaimPolicy"), spec.PersistentVolumeReclaimPolicy, "Delete", "Recycle", "Retain");
        object?[] sources =
        [
            spec.HostPath, spec.GcePersistentDisk, spec.AwsElasticBlockStore, spec.Glusterfs, spec.Flocker, spec.Nfs, spec.Rbd, spec.Quobyte, spec.Cephfs, spec.Iscsi, spec.Cinder, spec.Fc,
            spec.FlexVolume, spec.AzureFile, spec.VsphereVolume, spec.PhotonPersistentDisk, spec.PortworxVolume, spec.AzureDisk, spec.ScaleIO, spec.Local, spec.Storageos, spec.Csi,
        ];
        switch (sources.Count(s => s is not null))
        {
            case 0:
                errors.Required(at, "must specify a volume type");
                break;
            case > 1:
                errors.Forbidden(at, "may not specify more than 1 volume type");
                break;
        }

        if (spec.Local is not null && spec.NodeAffinity is null)
        {
            errors.Required(at.Child("nodeAffinity"), "Local volume requires node affinity");
        }

        if (spec.HostPath is { Path: "/" } && spec.PersistentVolumeReclaimPolicy == "Recycle")
        {
            errors.Forbidden(at.Child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }

        if (spec.NodeAffinity?.Required is { } required)
        {
            SchedulingRules.NodeSelector(errors, required, at.Child("nodeAffinity").Child("required"));
        }

        VolumeMode(errors, spec.VolumeMode, at);
        if (old is not null)
        {
            errors.Immutable(at.Child("volumeMode"), spec.VolumeMode == old.Spec.VolumeMode, spec.VolumeMode);
        }
    }

    private static void VolumeMode(FieldErrors errors, string? mode, FieldPath at)
    {
        if (mode is not null)
        {
            errors.OneOf(at.Child("volumeMode"), mode, "Block", "Filesystem");
        }
    }

    public static void PersistentVolumeClaim(FieldErrors errors, V1PersistentVolumeClaim claim, V1PersistentVolumeClaim? old)
    {
        var at = FieldPath.Root("spec");
        ClaimSpec(errors, claim.Spec, at);
        if (old is null)
        {
            return;
        }

        var same = old.Spec with
        {
            VolumeName = old.Spec.VolumeName.Length == 0 ? claim.Spec.VolumeName : old.Spec.VolumeName,
            VolumeAttributesClassName = claim.Spec.VolumeAttributesClassName,
            StorageClassName = old.Spec.StorageClassName is null && old.Spec.VolumeName.Length == 0 ? claim.Spec.StorageClassName : old.Spec.StorageClassName,
            Resources = old.Status.Phase == "Bound" ? claim.Spec.Resources : old.Spec.Resources,
        };
        if (!same.Equals(claim.Spec))
        {
            errors.Forbidden(at, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n" + SpecDifference.Between(old.Spec, claim.Spec));
        }

        if (old.Spec.Resources.Requests.TryGetValue("storage", out var before) && claim.Spec.Resources.Requests.TryGetValue("storage", out var now) && now.CompareTo(before) < 0)
        {
            errors.Forbidden(at.Child("resources").Child("requests").Child("storage"), "field can not be less than previous value");
        }
    }

    public static void ClaimSpec(FieldErrors errors, V1PersistentVolumeClaimSpec spec, FieldPath at)
    {
        AccessModes(errors, spec.AccessModes, at.Child("accessModes"), "at least 1 access mode is required");
        SelectorRules.Validate(errors, spec.Selector, at.Child("selector"));
        if (!spec.Resources.Requests.TryGetValue("storage", out var size))
        {
            errors.Required(at.Child("resources").Key("storage"));
        }
        else if (size.CompareTo(default) <= 0)
        {
            errors.Invalid(at.Child("resources").Key("storage"), size.ToString(), "must be greater than zero");
        }

        if (spec.StorageClassName is { Length: > 0 } name)
        {
            errors.Invalid(at.Child("storageClassName"), name, Rules.DnsSubdomain(name));
        }

        VolumeMode(errors, spec.VolumeMode, at);
    }
}
