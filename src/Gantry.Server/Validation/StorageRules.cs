using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Persistent volumes and claims, and the kinds of storage.k8s.io.</summary>
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

    public static void StorageClass(FieldErrors errors, V1StorageClass c, V1StorageClass? old)
    {
        if (c.Provisioner.Length == 0)
        {
            errors.Required(FieldPath.Root("provisioner"));
        }
        else
        {
            errors.Invalid(FieldPath.Root("provisioner"), c.Provisioner, Rules.QualifiedName(c.Provisioner.ToLowerInvariant()));
        }

        if (c.ReclaimPolicy is { } reclaim)
        {
            errors.OneOf(FieldPath.Root("reclaimPolicy"), reclaim, "Delete", "Retain");
        }

        if (c.VolumeBindingMode is null)
        {
            errors.Required(FieldPath.Root("volumeBindingMode"));
        }
        else
        {
            errors.OneOf(FieldPath.Root("volumeBindingMode"), c.VolumeBindingMode, "Immediate", "WaitForFirstConsumer");
        }

        if (old is null)
        {
            return;
        }

        if (!JsonModel.SameMap(c.Parameters, old.Parameters))
        {
            errors.Forbidden(FieldPath.Root("parameters"), "updates to parameters are forbidden.");
        }

        if (c.Provisioner != old.Provisioner)
        {
            errors.Forbidden(FieldPath.Root("provisioner"), "updates to provisioner are forbidden.");
        }

        if (c.ReclaimPolicy != old.ReclaimPolicy)
        {
            errors.Forbidden(FieldPath.Root("reclaimPolicy"), "updates to reclaimPolicy are forbidden.");
        }

        errors.Immutable(FieldPath.Root("volumeBindingMode"), c.VolumeBindingMode == old.VolumeBindingMode, c.VolumeBindingMode);
    }

    public static void CsiDriver(FieldErrors errors, V1CSIDriver driver, V1CSIDriver? old)
    {
        var at = FieldPath.Root("spec");
        if (driver.Metadata.Name.Length > 63)
        {
            errors.TooLong(FieldPath.Root("metadata").Child("name"), 63);
        }

        foreach (var mode in driver.Spec.VolumeLifecycleModes)
        {
            errors.OneOf(at.Child("volumeLifecycleModes"), mode, "Ephemeral", "Persistent");
        }

        if (driver.Spec.FsGroupPolicy is { } policy)
        {
            errors.OneOf(at.Child("fsGroupPolicy"), policy, "File", "None", "ReadWriteOnceWithFSType");
        }

        if (old is not null)
        {
            errors.Immutable(at.Child("attachRequired"), driver.Spec.AttachRequired == old.Spec.AttachRequired, driver.Spec.AttachRequired);
            errors.Immutable(at.Child("fsGroupPolicy"), driver.Spec.FsGroupPolicy == old.Spec.FsGroupPolicy, driver.Spec.FsGroupPolicy);
            errors.Immutable(at.Child("volumeLifecycleModes"), JsonModel.SameList(driver.Spec.VolumeLifecycleModes, old.Spec.VolumeLifecycleModes), driver.Spec.VolumeLifecycleModes);
        }
    }

    public static void CsiNode(FieldErrors errors, V1CSINode node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < node.Spec.Drivers.Count; i++)
        {
            var (driver, at) = (node.Spec.Drivers[i], FieldPath.Root("spec").Child("drivers").Index(i));
            if (driver.Name.Length == 0)
            {
                errors.Required(at.Child("name"));
            }
            else if (!names.Add(driver.Name))
            {
                errors.Duplicate(at.Child("name"), driver.Name);
            }

            if (driver.NodeID.Length == 0)
            {
                errors.Required(at.Child("nodeID"));
            }

            for (var k = 0; k < driver.TopologyKeys.Count; k++)
            {
                errors.Invalid(at.Child("topologyKeys"), driver.TopologyKeys[k], Rules.QualifiedName(driver.TopologyKeys[k]));
            }
        }
    }

    public static void VolumeAttachment(FieldErrors errors, V1VolumeAttachment attachment, V1VolumeAttachment? old)
    {
        var at = FieldPath.Root("spec");
        if (attachment.Spec.Attacher.Length == 0)
        {
            errors.Required(at.Child("attacher"));
        }

        var source = attachment.Spec.Source;
        if (source.InlineVolumeSpec is null && source.PersistentVolumeName is null)
        {
            errors.Required(at.Child("source"), "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        }
        else if (source.InlineVolumeSpec is not null && source.PersistentVolumeName is not null)
        {
            errors.Forbidden(at.Child("source"), "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
        }

        if (source.PersistentVolumeName is { Length: 0 })
        {
            errors.Required(at.Child("source").Child("persistentVolumeName"), "must specify non empty persistentVolumeName");
        }

        if (attachment.Spec.NodeName.Length == 0)
        {
            errors.Invalid(at.Child("nodeName"), "", Rules.DnsSubdomain(""));
        }

        if (old is not null && !attachment.Spec.Equals(old.Spec))
        {
            errors.InvalidDump(at, GoDump.Of(attachment.Spec), Rules.Immutable);
        }
    }
}
