using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>PersistentVolumes.</summary>
internal static class PersistentVolumeRules
{
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["failure-domain.beta.kubernetes.io/zone"] = "topology.kubernetes.io/zone", ["failure-domain.beta.kubernetes.io/region"] = "topology.kubernetes.io/region",
        ["beta.kubernetes.io/os"] = "kubernetes.io/os", ["beta.kubernetes.io/arch"] = "kubernetes.io/arch", ["beta.kubernetes.io/instance-type"] = "node.kubernetes.io/instance-type",
    };

    public static void Volume(FieldErrors errors, V1PersistentVolume pv, V1PersistentVolume? old)
    {
        var (at, found) = (FieldPath.Root("spec"), new FieldErrors());
        Spec(found, pv, at);
        errors.AddTimes(found, 1);
        MountOptions(errors, pv);
        if (old is not null)
        {
            errors.AddTimes(found, 1);
            Update(errors, pv.Spec, old.Spec);
        }
    }

    // The annotation, which is older than the field, is for those volumes that knew it then.
    private static void MountOptions(FieldErrors errors, V1PersistentVolume pv)
    {
        const string annotation = "volume.beta.kubernetes.io/mount-options";
        if (pv.Metadata.Annotations.ContainsKey(annotation) && pv.Spec is
            {
                GcePersistentDisk: null, AwsElasticBlockStore: null, Glusterfs: null, Nfs: null, Rbd: null, Quobyte: null, Iscsi: null, Cinder: null, Cephfs: null, AzureFile: null,
                VsphereVolume: null, AzureDisk: null, PhotonPersistentDisk: null,
            })
        {
            errors.Forbidden(FieldPath.Root("metadata").Child("annotations").Child(annotation), "may not specify mount options for this volume type");
        }
    }

    private static void Spec(FieldErrors errors, V1PersistentVolume pv, FieldPath at)
    {
        var spec = pv.Spec;
        if (spec.AccessModes.Count == 0)
        {
            errors.Required(at.Child("accessModes"));
        }

        VolumeClaimRules.AccessModes(errors, spec.AccessModes, at);
        Capacity(errors, spec, at.Child("capacity"));
        if (spec.PersistentVolumeReclaimPolicy.Length > 0)
        {
            errors.OneOf(at.Child("persistentVolumeReclaimPolicy"), spec.PersistentVolumeReclaimPolicy, "Delete", "Recycle", "Retain");
        }

        if (spec.NodeAffinity is { Required: { } required })
        {
            SchedulingRules.NodeSelector(errors, required, at.Child("nodeAffinity").Child("required"));
        }
        else if (spec.NodeAffinity is not null)
        {
            errors.Required(at.Child("nodeAffinity").Child("required"), "must specify required node constraints");
        }

        Source(errors, spec, pv.Metadata.Name, at);
        if (spec.HostPath is { Path: ['/', ..] path } && IsRoot(path) && spec.PersistentVolumeReclaimPolicy == "Recycle")
        {
            errors.Forbidden(at.Child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }

        if (spec.StorageClassName.Length > 0)
        {
            errors.Invalid(at.Child("storageClassName"), spec.StorageClassName, Rules.DnsSubdomain(spec.StorageClassName));
        }

        VolumeClaimRules.VolumeMode(errors, spec.VolumeMode, at);
    }

    /// <summary>A volume without a name or claim, which an attachment holds itself: what a CSI driver needs, and nothing that binding is about.</summary>
    public static void Inline(FieldErrors errors, V1PersistentVolumeSpec spec, FieldPath at)
    {
        const string never = "may not be specified in the context of inline volumes";
        void Never(bool isSet, string name, string words = never)
        {
            if (isSet)
            {
                errors.Forbidden(at.Child(name), words);
            }
        }

        Never(spec.ClaimRef is not null, "claimRef");
        Never(spec.Capacity.Count > 0, "capacity");
        if (spec.Csi is null)
        {
            errors.Required(at.Child("csi"), "has to be specified in the context of inline volumes");
        }

        if (spec.AccessModes.Count == 0)
        {
            errors.Required(at.Child("accessModes"));
        }

        VolumeClaimRules.AccessModes(errors, spec.AccessModes, at);
        Never(spec.PersistentVolumeReclaimPolicy is not ("" or "Retain"), "persistentVolumeReclaimPolicy", "may only be Retain in the context of inline volumes");
        Never(spec.NodeAffinity is not null, "nodeAffinity");
        Source(errors, spec, "", at);
        Never(spec.StorageClassName.Length > 0, "storageClassName");
        Never(spec.VolumeMode is not (null or "Filesystem"), "volumeMode", "may not specify volumeMode other than Filesystem in the context of inline volumes");
    }

    private static bool IsRoot(string path)
    {
        var depth = 0;
        foreach (var part in path.Split('/'))
        {
            depth = part is "" or "." ? depth : part == ".." ? Math.Max(0, depth - 1) : depth + 1;
        }

        return depth == 0;
    }

    private static void Capacity(FieldErrors errors, V1PersistentVolumeSpec spec, FieldPath at)
    {
        if (spec.Capacity.Count == 0)
        {
            errors.Required(at);
        }

        if (spec.Capacity.Count != 1 || !spec.Capacity.ContainsKey("storage"))
        {
            var shown = spec.Capacity.Count == 0 ? "core.ResourceList(nil)"
                : "core.ResourceList{" + string.Join(", ", spec.Capacity.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"\"{c.Key}\":{GoDump.Of(c.Value)}")) + "}";
            errors.NotSupportedDump(at, shown, "storage");
        }

        foreach (var (name, value) in spec.Capacity)
        {
            VolumeClaimRules.Basic(errors, value, at.Key(name));
            ResourceRules.Positive(errors, value, at.Key(name));
        }
    }

    private static void Source(FieldErrors errors, V1PersistentVolumeSpec s, string name, FieldPath at)
    {
        var sources = new OneSource(errors, at);
        sources.Check(s.HostPath, "hostPath", VolumeSourceRules.HostPath);
        sources.Check(s.GcePersistentDisk, "gcePersistentDisk", static (e, d, p) => VolumeSourceRules.Disk(e, "pdName", d.PdName, d.Partition, p), shown: "persistentDisk");
        sources.Check(s.AwsElasticBlockStore, "awsElasticBlockStore", static (e, d, p) => VolumeSourceRules.Disk(e, "volumeID", d.VolumeID, d.Partition, p));
        sources.Check(s.Glusterfs, "glusterfs", static (e, g, p) =>
        {
            VolumeSourceRules.Needs(e, p, ("endpoints", g.Endpoints), ("path", g.Path));
            if (g.EndpointsNamespace is { } ns)
            {
                e.Invalid(p.Child("endpointsNamespace"), ns, ns.Length == 0 ? ["if the endpointnamespace is set, it must be a valid namespace name"] : Rules.DnsLabel(ns));
            }
        });
        sources.Check(s.Flocker, "flocker", VolumeSourceRules.Flocker);
        sources.Check(s.Nfs, "nfs", VolumeSourceRules.Nfs);
        sources.Check(s.Rbd, "rbd", static (e, r, p) => VolumeSourceRules.Needs(e, p, ("monitors", r.Monitors.Count == 0 ? "" : "set"), ("image", r.Image)));
        sources.Check(s.Quobyte, "quobyte", VolumeSourceRules.Quobyte);
        sources.Check(s.Cephfs, "cephfs", static (e, c, p) => VolumeSourceRules.Needs(e, p, ("monitors", c.Monitors.Count == 0 ? "" : "set")), "cephFS");
        if (sources.IsFirst(s.Iscsi, "iscsi"))
        {
            IscsiRules.PersistentVolume(errors, name, s.Iscsi!, at.Child("iscsi"));
        }

        sources.Check(s.Cinder, "cinder", static (e, c, p) => VolumeSourceRules.Needs(
            e, p, ("volumeID", c.VolumeID), ("secretRef.name", c.SecretRef?.Name ?? "unset"), ("secretRef.namespace", c.SecretRef?.Namespace ?? "unset")));
        sources.Check(s.Fc, "fc", VolumeSourceRules.FibreChannel);
        if (s.FlexVolume is { } flex)
        {
            sources.Count();
            VolumeSourceRules.Flex(errors, flex.Driver, flex.Options, at.Child("flexVolume"));
        }

        sources.Check(s.AzureFile, "azureFile", static (e, a, p) => VolumeSourceRules.Needs(e, p, ("secretName", a.SecretName), ("shareName", a.ShareName), ("secretNamespace", a.SecretNamespace ?? "unset")));
        sources.Check(s.VsphereVolume, "vsphereVolume", static (e, v, p) => VolumeSourceRules.Needs(e, p, ("volumePath", v.VolumePath)));
        sources.Check(s.PhotonPersistentDisk, "photonPersistentDisk", static (e, d, p) => VolumeSourceRules.Needs(e, p, ("pdID", d.PdID)));
        sources.Check(s.PortworxVolume, "portworxVolume", static (e, v, p) => VolumeSourceRules.Needs(e, p, ("volumeID", v.VolumeID)));
        sources.Check(s.AzureDisk, "azureDisk", VolumeSourceRules.AzureDisk);
        sources.Check(s.ScaleIO, "scaleIO", static (e, v, p) => VolumeSourceRules.Needs(e, p, ("gateway", v.Gateway), ("system", v.System), ("volumeName", v.VolumeName)));
        if (sources.IsFirst(s.Local, "local"))
        {
            Local(errors, s, at);
        }

        sources.Check(s.Storageos, "storageos", static (e, o, p) =>
        {
            VolumeSourceRules.StorageOs(e, o.VolumeName, o.VolumeNamespace, o.SecretRef?.Name, p);
            VolumeSourceRules.Needs(e, p, ("secretRef.namespace", o.SecretRef?.Namespace ?? "unset"));
        });
        sources.Check(s.Csi, "csi", Csi);
        sources.Require();
    }

    private static void Local(FieldErrors errors, V1PersistentVolumeSpec spec, FieldPath at)
    {
        VolumeSourceRules.Needs(errors, at.Child("local"), ("path", spec.Local!.Path));
        VolumeRules.NoBacksteps(errors, spec.Local.Path, at.Child("local").Child("path"));
        if (spec.NodeAffinity is null)
        {
            errors.Required(at.Child("nodeAffinity"), "Local volume requires node affinity");
        }
    }

    private static void Csi(FieldErrors errors, V1CSIPersistentVolumeSource csi, FieldPath at)
    {
        VolumeSourceRules.CsiDriverName(errors, csi.Driver, at.Child("driver"));
        VolumeSourceRules.Needs(errors, at, ("volumeHandle", csi.VolumeHandle));
        foreach (var (reference, name) in new[]
            {
                (csi.ControllerPublishSecretRef, "controllerPublishSecretRef"), (csi.ControllerExpandSecretRef, "controllerExpandSecretRef"),
                (csi.NodePublishSecretRef, "nodePublishSecretRef"), (csi.NodeExpandSecretRef, "nodeExpandSecretRef"),
            })
        {
            if (reference is null)
            {
                continue;
            }

            var path = at.Child(name);
            VolumeSourceRules.Needs(errors, path, ("name", reference.Name));
            if (reference.Name.Length > 0)
            {
                errors.Invalid(path.Child("name"), reference.Name, Rules.DnsSubdomain(reference.Name));
            }

            VolumeSourceRules.Needs(errors, path, ("namespace", reference.Namespace));
            if (reference.Namespace.Length > 0)
            {
                errors.Invalid(path.Child("namespace"), reference.Namespace, Rules.DnsLabel(reference.Namespace));
            }
        }
    }

    // All of the spec that is the volume's source.
    private static V1PersistentVolumeSpec SourceOf(V1PersistentVolumeSpec spec) => spec with
    {
        Capacity = JsonModel.Empty<Gantry.Api.Quantity>(), AccessModes = [], ClaimRef = null, PersistentVolumeReclaimPolicy = "", StorageClassName = "", MountOptions = [], VolumeMode = null,
        NodeAffinity = null, VolumeAttributesClassName = null,
    };

    private static void Update(FieldErrors errors, V1PersistentVolumeSpec now, V1PersistentVolumeSpec old)
    {
        var (source, before) = (SourceOf(now), SourceOf(old));
        if (before.Csi is { ControllerExpandSecretRef: null } && source.Csi is { ControllerExpandSecretRef: not null } csi)
        {
            source = source with { Csi = csi with { ControllerExpandSecretRef = null } };
        }

        if (!source.Equals(before))
        {
            errors.Forbidden(
                FieldPath.Root("spec").Child("persistentvolumesource"),
                "spec.persistentvolumesource is immutable after creation\n" + SpecDifference.Between(before, source, "core.PersistentVolumeSource"));
        }

        errors.Immutable(FieldPath.Root("volumeMode"), now.VolumeMode == old.VolumeMode, now.VolumeMode);
        if (old.NodeAffinity is not null && !Equals(now.NodeAffinity, old.NodeAffinity) && !Equals(now.NodeAffinity, With(old.NodeAffinity, now.NodeAffinity)))
        {
            errors.InvalidDump(FieldPath.Root("nodeAffinity"), GoDump.Of(now.NodeAffinity), Rules.Immutable + ", except for updating from beta label to GA");
        }
    }

    // The old affinity with those labels renamed that the new one has under their new name.
    private static V1VolumeNodeAffinity With(V1VolumeNodeAffinity old, V1VolumeNodeAffinity? now)
    {
        var keys = now?.Required?.NodeSelectorTerms.SelectMany(t => t.MatchExpressions).Select(e => e.Key).ToHashSet(StringComparer.Ordinal) ?? [];
        return old.Required is not { } required ? old : old with
        {
            Required = required with
            {
                NodeSelectorTerms =
                [
                    .. required.NodeSelectorTerms.Select(t => t with
                    {
                        MatchExpressions = [.. t.MatchExpressions.Select(e => Renamed.TryGetValue(e.Key, out var name) && keys.Contains(name) && !keys.Contains(e.Key) ? e with { Key = name } : e)],
                    }),
                ],
            },
        };
    }
}
