using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A pod's volumes: each has a name of its own and one source.</summary>
public static class VolumeRules
{
    private const int FileModeMax = 511; // octal 0777

    /// <summary>The volumes that are in order, by name: what containers may mount.</summary>
    public static Dictionary<string, V1Volume> Volumes(FieldErrors errors, IReadOnlyList<V1Volume> volumes, FieldPath at, PodRules.Context pod)
    {
        var good = new Dictionary<string, V1Volume>(volumes.Count, StringComparer.Ordinal);
        for (var i = 0; i < volumes.Count; i++)
        {
            var (volume, path, before) = (volumes[i], at.Index(i), errors.Count);
            Source(errors, volume, path, pod);
            if (volume.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
            }
            else
            {
                errors.Invalid(path.Child("name"), volume.Name, Rules.DnsLabel(volume.Name));
            }

            if (good.ContainsKey(volume.Name))
            {
                errors.Duplicate(path.Child("name"), volume.Name);
            }

            if (errors.Count == before)
            {
                good.Add(volume.Name, volume);
            }

            if (pod is { IsPod: true, Name.Length: > 0 } && volume.PersistentVolumeClaim is { } claim && volumes.Any(v => v.Ephemeral is not null && claim.ClaimName == pod.Name + "-" + v.Name))
            {
                errors.Invalid(path.Child("persistentVolumeClaim").Child("claimName"), claim.ClaimName, "must not reference a PVC that gets created for an ephemeral volume");
            }
        }

        return good;
    }

    private static void Source(FieldErrors errors, V1Volume v, FieldPath at, PodRules.Context pod)
    {
        var sources = new OneSource(errors, at);
        sources.Check(v.EmptyDir, "emptyDir", static (e, s, p) =>
        {
            if (s.SizeLimit is { } size && size.CompareTo(default) < 0)
            {
                e.Forbidden(p.Child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
            }
        });
        sources.Check(v.HostPath, "hostPath", VolumeSourceRules.HostPath);
        sources.Check(v.GitRepo, "gitRepo", VolumeSourceRules.GitRepo);
        sources.Check(v.GcePersistentDisk, "gcePersistentDisk", static (e, s, p) => VolumeSourceRules.Disk(e, "pdName", s.PdName, s.Partition, p), shown: "persistentDisk");
        sources.Check(v.AwsElasticBlockStore, "awsElasticBlockStore", static (e, s, p) => VolumeSourceRules.Disk(e, "volumeID", s.VolumeID, s.Partition, p));
        sources.Check(v.Secret, "secret", static (e, s, p) => Keyed(e, "secretName", s.SecretName, s.DefaultMode, s.Items, p));
        sources.Check(v.Nfs, "nfs", VolumeSourceRules.Nfs);
        sources.Check(v.Iscsi, "iscsi", static (e, s, p) => IscsiRules.Volume(e, s, p));
        if (v.Iscsi is { InitiatorName: not null } iscsi && (v.Name + ":" + iscsi.TargetPortal).Length > 64)
        {
            errors.Invalid(at.Child("name"), v.Name, IscsiRules.TooLong);
        }

        sources.Check(v.Glusterfs, "glusterfs", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("endpoints", s.Endpoints), ("path", s.Path)));
        sources.Check(v.Flocker, "flocker", VolumeSourceRules.Flocker);
        sources.Check(v.PersistentVolumeClaim, "persistentVolumeClaim", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("claimName", s.ClaimName)));
        sources.Check(v.Rbd, "rbd", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("monitors", s.Monitors.Count == 0 ? "" : "set"), ("image", s.Image)));
        sources.Check(v.Cinder, "cinder", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("volumeID", s.VolumeID), ("secretRef.name", s.SecretRef?.Name ?? "unset")));
        sources.Check(v.Cephfs, "cephfs", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("monitors", s.Monitors.Count == 0 ? "" : "set")), "cephFS");
        sources.Check(v.Quobyte, "quobyte", VolumeSourceRules.Quobyte);
        sources.Check(v.DownwardAPI, "downwardAPI", static (e, s, p) =>
        {
            Mode(e, s.DefaultMode, p.Child("defaultMode"));
            ProjectedRules.Downward(e, s.Items, p);
        }, "downwarAPI");
        sources.Check(v.Fc, "fc", VolumeSourceRules.FibreChannel);
        sources.Check(v.FlexVolume, "flexVolume", static (e, s, p) => VolumeSourceRules.Flex(e, s.Driver, s.Options, p));
        sources.Check(v.ConfigMap, "configMap", static (e, s, p) => Keyed(e, "name", s.Name, s.DefaultMode, s.Items, p));
        sources.Check(v.AzureFile, "azureFile", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("secretName", s.SecretName), ("shareName", s.ShareName)));
        sources.Check(v.VsphereVolume, "vsphereVolume", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("volumePath", s.VolumePath)));
        sources.Check(v.PhotonPersistentDisk, "photonPersistentDisk", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("pdID", s.PdID)));
        sources.Check(v.PortworxVolume, "portworxVolume", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("volumeID", s.VolumeID)));
        sources.Check(v.AzureDisk, "azureDisk", VolumeSourceRules.AzureDisk);
        sources.Check(v.Storageos, "storageos", static (e, s, p) => VolumeSourceRules.StorageOs(e, s.VolumeName, s.VolumeNamespace, s.SecretRef?.Name, p));
        sources.Check(v.Projected, "projected", ProjectedRules.Projected);
        sources.Check(v.ScaleIO, "scaleIO", static (e, s, p) => VolumeSourceRules.Needs(e, p, ("gateway", s.Gateway), ("system", s.System), ("volumeName", s.VolumeName)));
        sources.Check(v.Csi, "csi", VolumeSourceRules.Csi);
        if (sources.IsFirst(v.Ephemeral, "ephemeral"))
        {
            Ephemeral(errors, v.Name, v.Ephemeral!, at.Child("ephemeral"), at, pod);
        }

        if (sources.IsFirst(v.Image, "image"))
        {
            VolumeSourceRules.Image(errors, v.Image!, pod.IsPod, at.Child("image"));
        }

        sources.Require();
    }

    private static void Ephemeral(FieldErrors errors, string name, V1EphemeralVolumeSource source, FieldPath at, FieldPath volume, PodRules.Context pod)
    {
        if (source.VolumeClaimTemplate is not { } template)
        {
            errors.Required(at.Child("volumeClaimTemplate"));
        }
        else
        {
            var path = at.Child("volumeClaimTemplate");
            MetadataRules.Annotations(errors, template.Metadata.Annotations, path.Child("metadata").Child("annotations"));
            MetadataRules.Labels(errors, template.Metadata.Labels, path.Child("metadata").Child("labels"));
            OnlyLabels(errors, template.Metadata, path.Child("metadata"));
            VolumeClaimRules.Spec(errors, template.Spec, path.Child("spec"));
        }

        if (pod is { IsPod: true, Name.Length: > 0 } && name.Length > 0)
        {
            var claim = pod.Name + "-" + name;
            errors.Invalid(volume.Child("name"), name, Rules.DnsSubdomain(claim).Select(e => $"PVC name \"{claim}\": {e}"));
        }
    }

    private static void OnlyLabels(FieldErrors errors, V1ObjectMeta meta, FieldPath at)
    {
        foreach (var (name, set) in (ReadOnlySpan<(string, bool)>)
            [
                ("name", meta.Name.Length > 0), ("generateName", meta.GenerateName.Length > 0), ("namespace", meta.Namespace.Length > 0), ("selfLink", meta.SelfLink.Length > 0),
                ("uID", meta.Uid.Length > 0), ("resourceVersion", meta.ResourceVersion.Length > 0), ("generation", meta.Generation != 0), ("creationTimestamp", meta.CreationTimestamp is not null),
                ("deletionTimestamp", meta.DeletionTimestamp is not null), ("deletionGracePeriodSeconds", meta.DeletionGracePeriodSeconds is not null),
                ("ownerReferences", meta.OwnerReferences.Count > 0), ("finalizers", meta.Finalizers.Count > 0), ("managedFields", meta.ManagedFields.Count > 0),
            ])
        {
            if (set)
            {
                errors.Forbidden(at.Child(name), "cannot be set");
            }
        }
    }

    private static void Keyed(FieldErrors errors, string field, string name, int? mode, IReadOnlyList<V1KeyToPath> items, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at, (field, name));
        Mode(errors, mode, at.Child("defaultMode"));
        for (var i = 0; i < items.Count; i++)
        {
            KeyToPath(errors, items[i], at.Child("items").Index(i));
        }
    }

    public static void KeyToPath(FieldErrors errors, V1KeyToPath item, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at, ("key", item.Key), ("path", item.Path));
        LocalPath(errors, item.Path, at.Child("path"));
        Mode(errors, item.Mode, at.Child("mode"));
    }

    public static void Mode(FieldErrors errors, int? mode, FieldPath at)
    {
        if (mode is < 0 or > FileModeMax)
        {
            errors.Invalid(at, mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    /// <summary>A relative path that stays inside its folder.</summary>
    public static void DescendingPath(FieldErrors errors, string path, FieldPath at)
    {
        if (path.StartsWith('/'))
        {
            errors.Invalid(at, path, "must be a relative path");
        }

        NoBacksteps(errors, path, at);
    }

    public static void NoBacksteps(FieldErrors errors, string path, FieldPath at)
    {
        if (path.Contains("..", StringComparison.Ordinal) && path.Split('/').Contains(".."))
        {
            errors.Invalid(at, path, "must not contain '..'");
        }
    }

    /// <summary>The same, and of none of the names that the node agent uses itself.</summary>
    public static void LocalPath(FieldErrors errors, string path, FieldPath at)
    {
        DescendingPath(errors, path, at);
        if (path.StartsWith("..", StringComparison.Ordinal) && !path.StartsWith("../", StringComparison.Ordinal))
        {
            errors.Invalid(at, path, "must not start with '..'");
        }
    }
}
