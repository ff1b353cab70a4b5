using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A container's environment and the fields it may refer to.</summary>
public static class EnvRules
{
    private static readonly string[] EnvFields =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];

    private static readonly string[] VolumeFields =
        ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName",
        "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    };

    private static readonly string[] Resources =
        ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    public static void Env(FieldErrors errors, IReadOnlyList<V1EnvVar> env, FieldPath at)
    {
        for (var i = 0; i < env.Count; i++)
        {
            var (variable, path) = (env[i], at.Index(i));
            if (variable.Name.Length == 0)
            {
                errors.Required(path.Child("name"));
            }
            else
            {
                errors.Invalid(path.Child("name"), variable.Name, Rules.EnvName(variable.Name));
            }

            ValueFrom(errors, variable, path.Child("valueFrom"));
        }
    }

    private static void ValueFrom(FieldErrors errors, V1EnvVar variable, FieldPath at)
    {
        if (variable.ValueFrom is not { } from)
        {
            return;
        }

        var sources = 0;
        if (from.FieldRef is { } field)
        {
            sources++;
            FieldRef(errors, field, EnvFields, at.Child("fieldRef"));
        }

        if (from.ResourceFieldRef is { } resource)
        {
            sources++;
            ResourceFieldRef(errors, resource, false, at.Child("resourceFieldRef"));
        }

        if (from.ConfigMapKeyRef is { } config)
        {
            sources++;
            KeyRef(errors, config.Name, config.Key, at.Child("configMapKeyRef"));
        }

        if (from.SecretKeyRef is { } secret)
        {
            sources++;
            KeyRef(errors, secret.Name, secret.Key, at.Child("secretKeyRef"));
        }

        if (sources == 0)
        {
            errors.Invalid(at, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        }

        else if (variable.Value.Length > 0)
        {
            errors.Invalid(at, "", "may not be specified when `value` is not empty");
        }
        else if (sources > 1)
        {
            errors.Invalid(at, "", "may not have more than one field specified at a time");
        }
    }

    private static void KeyRef(FieldErrors errors, string name, string key, FieldPath at)
    {
        errors.Invalid(at.Child("name"), name, Rules.DnsSubdomain(name));
        if (key.Length == 0)
        {
            errors.Required(at.Child("key"));
        }
        else
        {
            errors.Invalid(at.Child("key"), key, Rules.ConfigKey(key));
        }
    }

    public static void VolumeFieldRef(FieldErrors errors, V1ObjectFieldSelector field, FieldPath at) => FieldRef(errors, field, VolumeFields, at);

    private static void FieldRef(FieldErrors errors, V1ObjectFieldSelector field, string[] supported, FieldPath at)
    {
        if (field.ApiVersion.Length == 0)
        {
            errors.Required(at.Child("apiVersion"));
            return;
        }

        if (field.FieldPath.Length == 0)
        {
            errors.Required(at.Child("fieldPath"));
            return;
        }

        var path = field.FieldPath;
        if (field.ApiVersion != "v1")
        {
            errors.Invalid(at.Child("fieldPath"), path, $"error converting fieldPath: unsupported pod version: {field.ApiVersion}");
            return;
        }

        var (map, key) = Subscript(path);
        if (key is not null)
        {
            switch (map)
            {
                case "metadata.annotations":
                    errors.Invalid(at, key.ToLowerInvariant(), Rules.QualifiedName(key.ToLowerInvariant()));
                    break;
                case "metadata.labels":
                    errors.Invalid(at, key, Rules.QualifiedName(key));
                    break;
                default:
                    errors.Invalid(at.Child("fieldPath"), path, $"error converting fieldPath: field label does not support subscript: {path}");
                    break;
            }

            return;
        }

        if (path == "spec.host")
        {
            path = "spec.nodeName";
        }

        if (!Known.Contains(path))
        {
            errors.Invalid(at.Child("fieldPath"), path, $"error converting fieldPath: field label not supported: {path}");
            return;
        }

        errors.OneOf(at.Child("fieldPath"), path, supported);
    }

    // metadata.labels['key']
    private static (string Map, string? Key) Subscript(string path)
    {
        var open = path.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && path.EndsWith("']", StringComparison.Ordinal) && open + 4 <= path.Length ? (path[..open], path[(open + 2)..^2]) : (path, null);
    }

    public static void ResourceFieldRef(FieldErrors errors, V1ResourceFieldSelector selector, bool inVolume, FieldPath at)
    {
        var name = selector.Resource;
        if (inVolume && selector.ContainerName.Length == 0)
        {
            errors.Required(at.Child("containerName"));
        }
        else if (name.Length == 0)
        {
            errors.Required(at.Child("resource"));
        }
        else if (!IsHugePages(name))
        {
            errors.OneOf(at.Child("resource"), name, Resources);
        }

        Divisor(errors, selector, at.Child("divisor"));
    }

    private static bool IsHugePages(string name) =>
        name.StartsWith("limits.hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    private static void Divisor(FieldErrors errors, V1ResourceFieldSelector selector, FieldPath at)
    {
        if (selector.Divisor.CompareTo(default) == 0)
        {
            return;
        }

        var (name, divisor) = (selector.Resource, selector.Divisor.ToString());
        if (name is "limits.cpu" or "requests.cpu")
        {
            if (divisor is not ("1m" or "1"))
            {
                errors.Invalid(at, name, "only divisor's values 1m and 1 are supported with the cpu resource");
            }

            return;
        }

        var kind = name is "limits.memory" or "requests.memory" ? "memory"
            : name is "limits.ephemeral-storage" or "requests.ephemeral-storage" ? "local ephemeral storage"
            : IsHugePages(name) ? "hugepages"
            : null;
        if (kind is not null && divisor is not ("1" or "1k" or "1M" or "1G" or "1T" or "1P" or "1E" or "1Ki" or "1Mi" or "1Gi" or "1Ti" or "1Pi" or "1Ei"))
        {
            errors.Invalid(at, name, $"only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the {kind} resource");
        }
    }

    public static void EnvFrom(FieldErrors errors, IReadOnlyList<V1EnvFromSource> sources, FieldPath at)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            var (source, path) = (sources[i], at.Index(i));
            if (source.Prefix.Length > 0)
            {
                errors.Invalid(path.Child("prefix"), source.Prefix, Rules.EnvName(source.Prefix));
            }

            Source(errors, source.ConfigMapRef?.Name, path.Child("configMapRef").Child("name"));
            Source(errors, source.SecretRef?.Name, path.Child("secretRef").Child("name"));
            // Kubernetes names the list here, not its item.
            if (source.ConfigMapRef is null && source.SecretRef is null)
            {
                errors.Invalid(at, "", "must specify one of: `configMapRef` or `secretRef`");
            }
            else if (source.ConfigMapRef is not null && source.SecretRef is not null)
            {
                errors.Invalid(at, "", "may not have more than one field specified at a time");
            }
        }
    }

    private static void Source(FieldErrors errors, string? name, FieldPath at)
    {
        if (name is { Length: 0 })
        {
            errors.Required(at);
        }
        else if (name is not null)
        {
            errors.Invalid(at, name, Rules.DnsSubdomain(Rules.AsBeginning(name)));
        }
    }
}
