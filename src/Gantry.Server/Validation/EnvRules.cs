using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A container's environment and the fields it may refer to.</summary>
public static class EnvRules
{
    private static readonly string[] EnvFields =
        ["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];

    private static readonly string[] VolumeFields =
        ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

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

        if (variable.Value.Length > 0 && sources > 0)
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
        if (name.Length > 0)
        {
            errors.Invalid(at.Child("name"), name, Rules.DnsSubdomain(name));
        }

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
        var open = path.IndexOf("['", StringComparison.Ordinal);
        if (open > 0 && path.EndsWith("']", StringComparison.Ordinal))
        {
            var (map, key) = (path[..open], path[(open + 2)..^2]);
            switch (map)
            {
                case "metadata.annotations":
                    errors.Invalid(at, key, Rules.QualifiedName(key.ToLowerInvariant()));
                    break;
                case "metadata.labels":
                    errors.Invalid(at, key, Rules.QualifiedName(key));
                    break;
                default:
                    errors.Invalid(at, path, "does not support subscript");
                    break;
            }

            return;
        }

        if (!path.StartsWith("metadata.", StringComparison.Ordinal) && !path.StartsWith("spec.", StringComparison.Ordinal) && !path.StartsWith("status.", StringComparison.Ordinal))
        {
            errors.Invalid(at.Child("fieldPath"), path, $"error converting fieldPath: field label not supported: {path}");
            return;
        }

        errors.OneOf(at.Child("fieldPath"), path, supported);
    }

    public static void ResourceFieldRef(FieldErrors errors, V1ResourceFieldSelector selector, bool inVolume, FieldPath at)
    {
        if (inVolume && selector.ContainerName.Length == 0)
        {
            errors.Required(at.Child("containerName"));
            return;
        }

        if (selector.Resource.Length == 0)
        {
            errors.Required(at.Child("resource"));
        }
        else if (!selector.Resource.Contains("hugepages-", StringComparison.Ordinal))
        {
            errors.OneOf(at.Child("resource"), selector.Resource, Resources);
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

            if (source.ConfigMapRef is null && source.SecretRef is null)
            {
                errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
            }
            else if (source.ConfigMapRef is not null && source.SecretRef is not null)
            {
                errors.Invalid(path, "", "may not have more than one field specified at a time");
            }

            if (source.ConfigMapRef is { Name.Length: > 0 } map)
            {
                errors.Invalid(path.Child("configMapRef").Child("name"), map.Name, Rules.DnsSubdomain(map.Name));
            }

            if (source.SecretRef is { Name.Length: > 0 } secret)
            {
                errors.Invalid(path.Child("secretRef").Child("name"), secret.Name, Rules.DnsSubdomain(secret.Name));
            }
        }
    }
}
