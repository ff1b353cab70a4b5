using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A pod's volumes.</summary>
public static class VolumeRules
{
    private const int FileModeMax = 511; // octal 0777

    public static HashSet<string> Volumes(FieldErrors errors, IReadOnlyList<V1Volume> volumes, FieldPath at)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < volumes.Count; i++)
        {
            var (volume, path) = (volumes[i], at.Index(i));
            Source(errors, volume, path);
            if (volume.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
                continue;
            }

            errors.Invalid(path.Child("name"), volume.Name, Rules.DnsLabel(volume.Name));
            if (!names.Add(volume.Name))
            {
                errors.Duplicate(path.Child("name"), volume.Name);
            }
        }

        return names;
    }

    private static void Source(FieldErrors errors, V1Volume v, FieldPath at)
    {
        (string Name, object? Value)[] sources =
        [
            ("emptyDir", v.EmptyDir), ("hostPath", v.HostPath), ("gitRepo", v.GitRepo), ("gcePersistentDisk", v.GcePersistentDisk), ("awsElasticBlockStore", v.AwsElasticBlockStore),
            ("secret", v.Secret), ("nfs", v.Nfs), ("iscsi", v.Iscsi), ("glusterfs", v.Glusterfs), ("flocker", v.Flocker), ("persistentVolumeClaim", v.PersistentVolumeClaim), ("rbd", v.Rbd),
            ("cinder", v.Cinder), ("cephfs", v.Cephfs), ("quobyte", v.Quobyte), ("downwardAPI", v.DownwardAPI), ("fc", v.Fc), ("flexVolume", v.FlexVolume), ("configMap", v.ConfigMap),
            ("azureFile", v.AzureFile), ("vsphereVolume", v.VsphereVolume), ("photonPersistentDisk", v.PhotonPersistentDisk), ("portworxVolume", v.PortworxVolume), ("azureDisk", v.AzureDisk),
            ("storageos", v.Storageos), ("projected", v.Projected), ("scaleIO", v.ScaleIO), ("csi", v.Csi), ("ephemeral", v.Ephemeral), ("image", v.Image),
        ];
        var set = 0;
        foreach (var (name, value) in sources)
        {
            if (value is not null && set++ > 0)
            {
                errors.Forbidden(at.Child(name), "may not specify more than 1 volume type");
            }
        }

        if (set == 0)
        {
            errors.Required(at, "must specify a volume type");
            return;
        }

        if (set == 1)
        {
            Common(errors, v, at);
        }
    }

    private static void Common(FieldErrors errors, V1Volume v, FieldPath at)
    {
        if (v.EmptyDir is { SizeLimit: { } size } && size.CompareTo(default) < 0)
        {
            errors.Forbidden(at.Child("emptyDir").Child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
        }

        if (v.HostPath is { } host)
        {
            HostPath(errors, host, at.Child("hostPath"));
        }

        if (v.Secret is { } secret)
        {
            var path = at.Child("secret");
            if (secret.SecretName.Length == 0)
            {
                errors.Required(path.Child("secretName"));
            }

            Mode(errors, secret.DefaultMode, path.Child("defaultMode"));
            Items(errors, secret.Items, path.Child("items"));
        }

        if (v.ConfigMap is { } config)
        {
            var path = at.Child("configMap");
            if (config.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
            }

            Mode(errors, config.DefaultMode, path.Child("defaultMode"));
            Items(errors, config.Items, path.Child("items"));
        }

        if (v.PersistentVolumeClaim is { ClaimName.Length: 0 })
        {
            errors.Required(at.Child("persistentVolumeClaim").Child("claimName"));
        }

        if (v.DownwardAPI is { } downward)
        {
            Mode(errors, downward.DefaultMode, at.Child("downwardAPI").Child("defaultMode"));
            Downward(errors, downward.Items, at.Child("downwardAPI"));
        }

        if (v.Projected is { } projected)
        {
            Projected(errors, projected, at.Child("projected"));
        }

        if (v.Nfs is { } nfs)
        {
            if (nfs.Server.Length == 0)
            {
                errors.Required(at.Child("nfs").Child("server"));
            }

            if (nfs.Path.Length == 0)
            {
                errors.Required(at.Child("nfs").Child("path"));
            }
            else if (nfs.Path[0] != '/')
            {
                errors.Invalid(at.Child("nfs").Child("path"), nfs.Path, "must be an absolute path");
            }
        }

        if (v.Csi is { Driver.Length: 0 })
        {
            errors.Required(at.Child("csi").Child("driver"));
        }

        if (v.Ephemeral is { VolumeClaimTemplate: null })
        {
            errors.Required(at.Child("ephemeral").Child("volumeClaimTemplate"));
        }
    }

    private static void HostPath(FieldErrors errors, V1HostPathVolumeSource host, FieldPath at)
    {
        if (host.Path.Length == 0)
        {
            errors.Required(at.Child("path"));
            return;
        }

        if (host.Path.Split('/').Contains(".."))
        {
            errors.Invalid(at.Child("path"), host.Path, "must not contain '..'");
        }

        if (host.Type is { } type)
        {
            errors.OneOf(at.Child("type"), type, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
        }
    }

    private static void Mode(FieldErrors errors, int? mode, FieldPath at)
    {
        if (mode is < 0 or > FileModeMax)
        {
            errors.Invalid(at, mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    private static void Items(FieldErrors errors, IReadOnlyList<V1KeyToPath> items, FieldPath at)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var (item, path) = (items[i], at.Index(i));
            if (item.Key.Length == 0)
            {
                errors.Required(path.Child("key"));
            }

            if (item.Path.Length == 0)
            {
                errors.Required(path.Child("path"));
            }

            LocalPath(errors, item.Path, path.Child("path"));
            Mode(errors, item.Mode, path.Child("mode"));
        }
    }

    private static void Downward(FieldErrors errors, IReadOnlyList<V1DownwardAPIVolumeFile> items, FieldPath at)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var (item, path) = (items[i], at);
            if (item.Path.Length == 0)
            {
                errors.Required(path.Child("path"));
            }

            LocalPath(errors, item.Path, path.Child("path"));
            if (item.FieldRef is { } field)
            {
                EnvRules.VolumeFieldRef(errors, field, path.Child("fieldRef"));
                if (item.ResourceFieldRef is not null)
                {
                    errors.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
                }
            }
            else if (item.ResourceFieldRef is { } resource)
            {
                EnvRules.ResourceFieldRef(errors, resource, true, path.Child("resourceFieldRef"));
            }
            else
            {
                errors.Required(path, "one of fieldRef and resourceFieldRef is required");
            }

            Mode(errors, item.Mode, path.Child("mode"));
        }
    }

    private static void Projected(FieldErrors errors, V1ProjectedVolumeSource projected, FieldPath at)
    {
        Mode(errors, projected.DefaultMode, at.Child("defaultMode"));
        for (var i = 0; i < projected.Sources.Count; i++)
        {
            var (source, path) = (projected.Sources[i], at.Child("sources").Index(i));
            object?[] kinds = [source.Secret, source.ConfigMap, source.DownwardAPI, source.ServiceAccountToken, source.ClusterTrustBundle];
            switch (kinds.Count(k => k is not null))
            {
                case 0:
                    errors.Required(path, "at least one source is required");
                    break;
                case > 1:
                    errors.Forbidden(path, "may not specify more than 1 volume type per source");
                    break;
            }

            if (source.Secret is { } secret)
            {
                Named(errors, secret.Name, secret.Items, path.Child("secret"));
            }

            if (source.ConfigMap is { } config)
            {
                Named(errors, config.Name, config.Items, path.Child("configMap"));
            }

            if (source.DownwardAPI is { } downward)
            {
                Downward(errors, downward.Items, path.Child("downwardAPI"));
            }

            if (source.ServiceAccountToken is { } token)
            {
                Token(errors, token, path.Child("serviceAccountToken"));
            }
        }
    }

    private static void Named(FieldErrors errors, string name, IReadOnlyList<V1KeyToPath> items, FieldPath at)
    {
        if (name.Length == 0)
        {
            errors.Required(at.Child("name"));
        }

        Items(errors, items, at.Child("items"));
    }

    private static void Token(FieldErrors errors, V1ServiceAccountTokenProjection token, FieldPath at)
    {
        if (token.ExpirationSeconds is < 600)
        {
            errors.Invalid(at.Child("expirationSeconds"), token.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        }
        else if (token.ExpirationSeconds > 1L << 32)
        {
            errors.Invalid(at.Child("expirationSeconds"), token.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        }

        if (token.Path.Length == 0)
        {
            errors.Required(at.Child("path"));
        }

        LocalPath(errors, token.Path, at.Child("path"));
    }

    /// <summary>A relative path that stays inside its folder.</summary>
    public static void LocalPath(FieldErrors errors, string path, FieldPath at)
    {
        if (path.StartsWith('/'))
        {
            errors.Invalid(at, path, "must be a relative path");
        }

        if (path.Split('/').Contains(".."))
        {
            errors.Invalid(at, path, "must not contain '..'");
        }
    }
}
