using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Where a container has the pod's volumes: as folders and as block devices.</summary>
internal static class MountRules
{
    public static void Mounts(FieldErrors errors, V1Container c, IReadOnlyDictionary<string, V1Volume> volumes, FieldPath at)
    {
        HashSet<string>? paths = c.VolumeMounts.Count > 1 ? new(StringComparer.Ordinal) : null;
        for (var i = 0; i < c.VolumeMounts.Count; i++)
        {
            var (mount, path) = (c.VolumeMounts[i], at.Index(i));
            if (mount.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
            }

            if (!volumes.ContainsKey(mount.Name))
            {
                errors.NotFound(path.Child("name"), mount.Name);
            }

            if (mount.MountPath.Length == 0)
            {
                errors.Required(path.Child("mountPath"));
            }

            if (paths?.Add(mount.MountPath) == false)
            {
                errors.Invalid(path.Child("mountPath"), mount.MountPath, "must be unique");
            }

            if (c.VolumeDevices.Any(d => d.Name == mount.Name))
            {
                errors.Invalid(path.Child("name"), mount.Name, "must not already exist in volumeDevices");
            }

            if (c.VolumeDevices.Any(d => d.DevicePath == mount.MountPath))
            {
                errors.Invalid(path.Child("mountPath"), mount.MountPath, "must not already exist as a path in volumeDevices");
            }

            SubPaths(errors, mount, at, path);
            if (mount.MountPropagation is { } propagation)
            {
                Propagation(errors, propagation, c.SecurityContext?.Privileged == true, at.Child("mountPropagation"));
            }

            ReadOnly(errors, mount, at.Child("recursiveReadOnly"));
        }
    }

    // Kubernetes names the list here, not the mount.
    private static void SubPaths(FieldErrors errors, V1VolumeMount mount, FieldPath list, FieldPath at)
    {
        VolumeRules.DescendingPath(errors, mount.SubPath, list.Child("subPath"));
        if (mount.SubPathExpr.Length > 0)
        {
            if (mount.SubPath.Length > 0)
            {
                errors.Invalid(at.Child("subPathExpr"), mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
            }

            VolumeRules.DescendingPath(errors, mount.SubPathExpr, list.Child("subPathExpr"));
        }
    }

    private static void Propagation(FieldErrors errors, string propagation, bool privileged, FieldPath at)
    {
        errors.OneOf(at, propagation, "Bidirectional", "HostToContainer", "None");
        if (propagation == "Bidirectional" && !privileged)
        {
            errors.Forbidden(at, "Bidirectional mount propagation is available only to privileged containers");
        }
    }

    private static void ReadOnly(FieldErrors errors, V1VolumeMount mount, FieldPath at)
    {
        switch (mount.RecursiveReadOnly)
        {
            case null or "Disabled":
                break;
            case "Enabled" or "IfPossible":
                if (!mount.ReadOnly)
                {
                    errors.Forbidden(at, "may only be specified when readOnly is true");
                }

                if (mount.MountPropagation is not (null or "None"))
                {
                    errors.Forbidden(at, "may only be specified when mountPropagation is None or not specified");
                }

                break;
            default:
                errors.OneOf(at, mount.RecursiveReadOnly, "Disabled", "Enabled", "IfPossible");
                break;
        }
    }

    public static void Devices(FieldErrors errors, V1Container c, IReadOnlyDictionary<string, V1Volume> volumes, FieldPath at)
    {
        var (names, paths) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < c.VolumeDevices.Count; i++)
        {
            var (device, path) = (c.VolumeDevices[i], at.Index(i));
            Device(errors, device, names, volumes, path);
            var where = path.Child("devicePath");
            if (device.DevicePath.Length == 0)
            {
                errors.Required(where);
            }

            if (paths.Contains(device.DevicePath))
            {
                errors.Invalid(where, device.DevicePath, "must be unique");
            }

            if (device.DevicePath.Split('/').Contains(".."))
            {
                errors.Invalid(where, device.DevicePath, "can not contain backsteps ('..')");
            }
            else
            {
                paths.Add(device.DevicePath);
            }

            if (c.VolumeMounts.Any(m => m.Name == device.Name))
            {
                errors.Invalid(path.Child("name"), device.Name, "must not already exist in volumeMounts");
            }

            if (c.VolumeMounts.Any(m => m.MountPath == device.DevicePath))
            {
                errors.Invalid(where, device.DevicePath, "must not already exist as a path in volumeMounts");
            }
        }
    }

    private static void Device(FieldErrors errors, V1VolumeDevice device, HashSet<string> names, IReadOnlyDictionary<string, V1Volume> volumes, FieldPath path)
    {
        if (device.Name.Length == 0)
        {
            errors.Required(path.Child("name"));
        }
        else if (!names.Add(device.Name))
        {
            errors.Invalid(path.Child("name"), device.Name, "must be unique");
        }

        if (!volumes.TryGetValue(device.Name, out var volume))
        {
            errors.NotFound(path.Child("name"), device.Name);
        }
        else if (volume.PersistentVolumeClaim is null && volume.Ephemeral is null)
        {
            errors.Invalid(path.Child("name"), device.Name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
        }
    }
}
