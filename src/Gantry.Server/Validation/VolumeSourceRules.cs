using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Sources of volumes, one rule each; pods and persistent volumes share them.</summary>
internal static class VolumeSourceRules
{
    /// <summary>An error for each of the fields that is empty.</summary>
    public static void Needs(FieldErrors errors, FieldPath at, params ReadOnlySpan<(string Field, string Value)> fields)
    {
        foreach (var (field, value) in fields)
        {
            if (value.Length == 0)
            {
                errors.Required(at.Child(field));
            }
        }
    }

    public static void HostPath(FieldErrors errors, V1HostPathVolumeSource host, FieldPath at)
    {
        if (host.Path.Length == 0)
        {
            errors.Required(at.Child("path"));
            return;
        }

        VolumeRules.NoBacksteps(errors, host.Path, at.Child("path"));
        if (host.Type is { } type)
        {
            errors.OneOf(at.Child("type"), type, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
        }
    }

    public static void GitRepo(FieldErrors errors, V1GitRepoVolumeSource git, FieldPath at)
    {
        Needs(errors, at, ("repository", git.Repository));
        VolumeRules.DescendingPath(errors, git.Directory, at.Child("directory"));
    }

    public static void Disk(FieldErrors errors, string field, string id, int partition, FieldPath at)
    {
        Needs(errors, at, (field, id));
        if (partition is < 0 or > 255)
        {
            errors.Invalid(at.Child("partition"), partition, Rules.Between(1, 255));
        }
    }

    public static void Nfs(FieldErrors errors, V1NFSVolumeSource nfs, FieldPath at)
    {
        Needs(errors, at, ("server", nfs.Server), ("path", nfs.Path));
        if (!nfs.Path.StartsWith('/'))
        {
            errors.Invalid(at.Child("path"), nfs.Path, "must be an absolute path");
        }
    }

    public static void Flocker(FieldErrors errors, V1FlockerVolumeSource flocker, FieldPath at)
    {
        if (flocker.DatasetName.Length == 0 && flocker.DatasetUUID.Length == 0)
        {
            errors.Required(at, "one of datasetName and datasetUUID is required");
        }

        if (flocker.DatasetName.Length > 0 && flocker.DatasetUUID.Length > 0)
        {
            errors.Invalid(at, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        }

        if (flocker.DatasetName.Contains('/', StringComparison.Ordinal))
        {
            errors.Invalid(at.Child("datasetName"), flocker.DatasetName, "must not contain '/'");
        }
    }

    public static void Quobyte(FieldErrors errors, V1QuobyteVolumeSource quobyte, FieldPath at)
    {
        const string pair = "must be a host:port pair or multiple pairs separated by commas";
        if (quobyte.Registry.Length == 0)
        {
            errors.Required(at.Child("registry"), pair);
        }
        else if (quobyte.Tenant.Length >= 65)
        {
            errors.Required(at.Child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
        }
        else
        {
            foreach (var one in quobyte.Registry.Split(','))
            {
                if (!IsHostAndPort(one))
                {
                    errors.Invalid(at.Child("registry"), quobyte.Registry, pair);
                }
            }
        }

        Needs(errors, at, ("volume", quobyte.Volume));
    }

    // As Go takes them apart: a host with colons stands in brackets, which are nowhere else, and the port follows the last colon.
    private static bool IsHostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        if (text[0] != '[')
        {
            return text.IndexOf(':', StringComparison.Ordinal) == colon && text.AsSpan().IndexOfAny('[', ']') < 0;
        }

        var end = text.IndexOf(']', StringComparison.Ordinal);
        return end >= 0 && end + 1 == colon && text.AsSpan(1).IndexOf('[') < 0 && text.AsSpan(end + 1).IndexOf(']') < 0;
    }

    public static void FibreChannel(FieldErrors errors, V1FCVolumeSource fc, FieldPath at)
    {
        if (fc.TargetWWNs.Count == 0 && fc.Wwids.Count == 0)
        {
            errors.Required(at.Child("targetWWNs"), "must specify either targetWWNs or wwids, but not both");
        }

        if (fc.TargetWWNs.Count > 0 && fc.Wwids.Count > 0)
        {
            errors.InvalidDump(at.Child("targetWWNs"), GoDump.Of(fc.TargetWWNs), "targetWWNs and wwids can not be specified simultaneously");
        }

        if (fc.TargetWWNs.Count == 0)
        {
            return;
        }

        if (fc.Lun is null)
        {
            errors.Required(at.Child("lun"), "lun is required if targetWWNs is specified");
        }
        else if (fc.Lun is < 0 or > 255)
        {
            errors.Invalid(at.Child("lun"), fc.Lun, Rules.Between(0, 255));
        }
    }

    public static void Flex(FieldErrors errors, string driver, IReadOnlyDictionary<string, string> options, FieldPath at)
    {
        Needs(errors, at, ("driver", driver));
        foreach (var key in options.Keys)
        {
            var domain = "." + key.Split('/', 2)[0].ToLowerInvariant();
            if (domain.EndsWith(".kubernetes.io", StringComparison.Ordinal) || domain.EndsWith(".k8s.io", StringComparison.Ordinal))
            {
                errors.Invalid(at.Child("options").Key(key), key, "kubernetes.io and k8s.io namespaces are reserved");
            }
        }
    }

    public static void AzureDisk(FieldErrors errors, V1AzureDiskVolumeSource disk, FieldPath at)
    {
        Needs(errors, at, ("diskName", disk.DiskName), ("diskURI", disk.DiskURI));
        if (disk.CachingMode is { } caching)
        {
            errors.OneOf(at.Child("cachingMode"), caching, "None", "ReadOnly", "ReadWrite");
        }

        if (disk.Kind is not { } kind)
        {
            return;
        }

        errors.OneOf(at.Child("kind"), kind, "Dedicated", "Managed", "Shared");
        if (kind == "Managed" && !disk.DiskURI.StartsWith("/subscriptions/", StringComparison.Ordinal))
        {
            errors.OneOf(at.Child("diskURI"), disk.DiskURI, "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}");
        }

        if (kind != "Managed" && !disk.DiskURI.StartsWith("https://", StringComparison.Ordinal))
        {
            errors.OneOf(at.Child("diskURI"), disk.DiskURI, "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd");
        }
    }

    public static void StorageOs(FieldErrors errors, string name, string ns, string? secret, FieldPath at)
    {
        Needs(errors, at, ("volumeName", name));
        if (name.Length > 0)
        {
            errors.Invalid(at.Child("volumeName"), name, Rules.DnsLabel(name));
        }

        if (ns.Length > 0)
        {
            errors.Invalid(at.Child("volumeNamespace"), ns, Rules.DnsLabel(ns));
        }

        Needs(errors, at.Child("secretRef"), ("name", secret ?? "unset"));
    }

    public static void Csi(FieldErrors errors, V1CSIVolumeSource csi, FieldPath at)
    {
        CsiDriverName(errors, csi.Driver, at.Child("driver"));
        if (csi.NodePublishSecretRef is not { } secret)
        {
            return;
        }

        if (secret.Name.Length == 0)
        {
            errors.Required(at.Child("nodePublishSecretRef").Child("name"));
        }
        else
        {
            errors.Invalid(at.Child("name"), secret.Name, Rules.DnsSubdomain(secret.Name));
        }
    }

    public static void CsiDriverName(FieldErrors errors, string driver, FieldPath at)
    {
        if (driver.Length == 0)
        {
            errors.Required(at);
        }

        if (driver.Length > 63)
        {
            errors.TooLong(at, 63);
        }

        errors.Invalid(at, driver, Rules.DnsSubdomain(driver.ToLowerInvariant()));
    }

    public static void Image(FieldErrors errors, V1ImageVolumeSource image, bool isPod, FieldPath at)
    {
        if (isPod)
        {
            Needs(errors, at, ("reference", image.Reference));
        }

        errors.RequiredOneOf(at.Child("pullPolicy"), image.PullPolicy, "Always", "IfNotPresent", "Never");
    }
}
