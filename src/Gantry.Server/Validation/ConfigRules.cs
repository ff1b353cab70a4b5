using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Validation;

/// <summary>ConfigMaps and Secrets.</summary>
public static class ConfigRules
{
    private const int MaxBytes = 1024 * 1024;
    private const string IsImmutable = "field is immutable when `immutable` is set";

    public static void ConfigMap(FieldErrors errors, V1ConfigMap map, V1ConfigMap? old)
    {
        if (old?.Immutable == true)
        {
            Kept(errors, map.Immutable, JsonModel.SameMap(map.Data, old.Data));
            if (!JsonModel.SameMap(map.BinaryData, old.BinaryData, JsonModel.Same))
            {
                errors.Forbidden(FieldPath.Root("binaryData"), IsImmutable);
            }
        }

        long size = 0;
        foreach (var (key, value) in map.Data)
        {
            errors.Invalid(FieldPath.Root("data").Key(key), key, Rules.ConfigKey(key));
            if (map.BinaryData.ContainsKey(key))
            {
                errors.Invalid(FieldPath.Root("data").Key(key), key, "duplicate of key present in binaryData");
            }

            size += System.Text.Encoding.UTF8.GetByteCount(value);
        }

        foreach (var (key, value) in map.BinaryData)
        {
            errors.Invalid(FieldPath.Root("binaryData").Key(key), key, Rules.ConfigKey(key));
            size += value.Length;
        }

        if (size > MaxBytes)
        {
            // a path of no name: Kubernetes says it of the whole object
            errors.TooLong(FieldPath.Root(""), MaxBytes);
        }
    }

    private static void Kept(FieldErrors errors, bool? immutable, bool sameData)
    {
        if (immutable != true)
        {
            errors.Forbidden(FieldPath.Root("immutable"), IsImmutable);
        }

        if (!sameData)
        {
            errors.Forbidden(FieldPath.Root("data"), IsImmutable);
        }
    }

    public static void Secret(FieldErrors errors, V1Secret secret, V1Secret? old)
    {
        var at = FieldPath.Root("data");
        if (old is not null)
        {
            errors.Immutable(FieldPath.Root("type"), secret.Type == old.Type, secret.Type);
        }

        if (old?.Immutable == true)
        {
            Kept(errors, secret.Immutable, JsonModel.SameMap(secret.Data, old.Data, JsonModel.Same));
        }

        long size = 0;
        foreach (var (key, value) in secret.Data)
        {
            errors.Invalid(at.Key(key), key, Rules.ConfigKey(key));
            size += value.Length;
        }

        if (size > MaxBytes)
        {
            errors.TooLong(at, MaxBytes);
        }

        Typed(errors, secret, at);
    }

    private static void Typed(FieldErrors errors, V1Secret secret, FieldPath at)
    {
        switch (secret.Type)
        {
            case "kubernetes.io/service-account-token":
                if (!secret.Metadata.Annotations.TryGetValue("kubernetes.io/service-account.name", out var account) || account.Length == 0)
                {
                    errors.Required(FieldPath.Root("metadata").Child("annotations").Key("kubernetes.io/service-account.name"));
                }

                break;
            case "kubernetes.io/dockercfg":
                RequireJson(errors, secret, ".dockercfg", at);
                break;
            case "kubernetes.io/dockerconfigjson":
                RequireJson(errors, secret, ".dockerconfigjson", at);
                break;
            case "kubernetes.io/basic-auth":
                if (!secret.Data.ContainsKey("username") && !secret.Data.ContainsKey("password"))
                {
                    errors.Required(at.Key("username"));
                    errors.Required(at.Key("password"));
                }

                break;
            case "kubernetes.io/ssh-auth":
                if (!secret.Data.TryGetValue("ssh-privatekey", out var key) || key.Length == 0)
                {
                    errors.Required(at.Key("ssh-privatekey"));
                }

                break;
            case "kubernetes.io/tls":
                foreach (var name in new[] { "tls.crt", "tls.key" })
                {
                    if (!secret.Data.ContainsKey(name))
                    {
                        errors.Required(at.Key(name));
                    }
                }

                break;
        }
    }

    private static void RequireJson(FieldErrors errors, V1Secret secret, string key, FieldPath at)
    {
        if (!secret.Data.TryGetValue(key, out var bytes))
        {
            errors.Required(at.Key(key));
            return;
        }

        if (Fault(bytes) is { } fault)
        {
            errors.Invalid(at.Key(key), "<secret contents redacted>", fault);
        }
    }

    private static string? Fault(byte[] json)
    {
        if (JsonSyntax.Explain(json) is { } error)
        {
            return error;
        }

        var kind = TreeJson.Parse(json).KindName;
        return kind is "object" or "null" ? null : $"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}";
    }
}
