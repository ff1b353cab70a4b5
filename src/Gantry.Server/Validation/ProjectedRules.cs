using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Volumes that are put together from several sources, and the pod's own fields as files.</summary>
internal static class ProjectedRules
{
    private const string Conflict = "conflicting duplicate paths";

    public static void Projected(FieldErrors errors, V1ProjectedVolumeSource projected, FieldPath at)
    {
        VolumeRules.Mode(errors, projected.DefaultMode, at.Child("defaultMode"));
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < projected.Sources.Count; i++)
        {
            var (source, path) = (projected.Sources[i], at.Child("sources").Index(i));
            if (source.Secret is { } secret)
            {
                Named(errors, secret.Name, secret.Items, path.Child("secret"), at, paths);
            }

            if (source.ConfigMap is { } config)
            {
                Named(errors, config.Name, config.Items, path.Child("configMap"), at, paths);
            }

            if (source.DownwardAPI is { } downward)
            {
                Downward(errors, downward.Items, path.Child("downwardAPI"));
                foreach (var item in downward.Items)
                {
                    Unique(errors, item.Path, item.Path, at, paths);
                }
            }

            if (source.ServiceAccountToken is { } token)
            {
                Token(errors, token, path.Child("serviceAccountToken"), at);
            }

            object?[] kinds = [source.Secret, source.ConfigMap, source.DownwardAPI, source.ServiceAccountToken, source.ClusterTrustBundle];
            if (kinds.Count(k => k is not null) > 1)
            {
                errors.Forbidden(path, "may not specify more than 1 volume type per source");
            }
        }
    }

    private static void Named(FieldErrors errors, string name, IReadOnlyList<V1KeyToPath> items, FieldPath at, FieldPath volume, HashSet<string> paths)
    {
        VolumeSourceRules.Needs(errors, at, ("name", name));
        for (var i = 0; i < items.Count; i++)
        {
            VolumeRules.KeyToPath(errors, items[i], at.Child("items").Index(i));
            Unique(errors, items[i].Path, name, volume, paths);
        }
    }

    private static void Unique(FieldErrors errors, string path, string shown, FieldPath at, HashSet<string> paths)
    {
        if (path.Length > 0 && !paths.Add(path))
        {
            errors.Invalid(at, shown, Conflict);
        }
    }

    private static void Token(FieldErrors errors, V1ServiceAccountTokenProjection token, FieldPath at, FieldPath volume)
    {
        if (token.ExpirationSeconds is < 600)
        {
            errors.Invalid(at.Child("expirationSeconds"), token.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        }

        if (token.ExpirationSeconds > 1L << 32)
        {
            errors.Invalid(at.Child("expirationSeconds"), token.ExpirationSeconds, "may not specify a duration larger than 2^32 seconds");
        }

        // Kubernetes names the volume here, not the source.
        if (token.Path.Length == 0)
        {
            errors.Required(volume.Child("path"));
        }
        else
        {
            VolumeRules.LocalPath(errors, token.Path, volume.Child("path"));
        }
    }

    /// <summary>Files with the pod's fields. Kubernetes names the volume, not the file.</summary>
    public static void Downward(FieldErrors errors, IReadOnlyList<V1DownwardAPIVolumeFile> items, FieldPath at)
    {
        foreach (var item in items)
        {
            VolumeSourceRules.Needs(errors, at, ("path", item.Path));
            VolumeRules.LocalPath(errors, item.Path, at.Child("path"));
            if (item.FieldRef is { } field)
            {
                EnvRules.VolumeFieldRef(errors, field, at.Child("fieldRef"));
                if (item.ResourceFieldRef is not null)
                {
                    errors.Invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
                }
            }
            else if (item.ResourceFieldRef is { } resource)
            {
                EnvRules.ResourceFieldRef(errors, resource, true, at.Child("resourceFieldRef"));
            }
            else
            {
                errors.Required(at, "one of fieldRef and resourceFieldRef is required");
            }

            VolumeRules.Mode(errors, item.Mode, at.Child("mode"));
        }
    }
}
