using System.Text;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Node.Containers;

/// <summary>What an environment is made from, besides the pod.</summary>
public sealed record EnvironmentFacts
{
    public required PodAddresses Addresses { get; init; }

    public required IReadOnlyCollection<V1Service> Services { get; init; }

    /// <summary>What the node offers to pods.</summary>
    public required IReadOnlyDictionary<string, Quantity> Allocatable { get; init; }
}

/// <summary>A container's environment variables.</summary>
public static class ContainerEnvironment
{
    /// <summary>Later sources win: services, then envFrom in order, then env in order. Values of env may refer to what came before them.</summary>
    /// <exception cref="ConfigurationException">A map, a secret, a key or a field that is not optional does not exist.</exception>
    public static async ValueTask<IReadOnlyDictionary<string, string>> BuildAsync(
        V1Pod pod, V1Container container, EnvironmentFacts facts, IObjectSource objects, CancellationToken ct)
    {
        var services = ServiceEnvironment.Of(facts.Services, pod.Metadata.Namespace, pod.Spec.EnableServiceLinks ?? true);
        var result = new Dictionary<string, string>(services, StringComparer.Ordinal);
        foreach (var source in container.EnvFrom)
        {
            foreach (var (name, value) in await FromAsync(pod, source, objects, ct))
            {
                result[source.Prefix + name] = value;
            }
        }

        foreach (var variable in container.Env)
        {
            if (variable.ValueFrom is null)
            {
                result[variable.Name] = Expansion.Expand(variable.Value, result);
            }
            else if (await ValueAsync(pod, container, variable, facts, objects, ct) is { } value)
            {
                result[variable.Name] = value;
            }
        }

        return result;
    }

    private static async ValueTask<IEnumerable<KeyValuePair<string, string>>> FromAsync(V1Pod pod, V1EnvFromSource source, IObjectSource objects, CancellationToken ct)
    {
        var ns = pod.Metadata.Namespace;
        if (source.ConfigMapRef is { } mapRef)
        {
            var map = await objects.ConfigMapAsync(ns, mapRef.Name, pod.Metadata.Uid, ct);
            return map is not null ? map.Data : mapRef.Optional == true ? [] : throw Missing("configmap", mapRef.Name);
        }

        if (source.SecretRef is { } secretRef)
        {
            var secret = await objects.SecretAsync(ns, secretRef.Name, pod.Metadata.Uid, ct);
            return secret is not null ? secret.Data.Select(d => KeyValuePair.Create(d.Key, Encoding.UTF8.GetString(d.Value)))
                : secretRef.Optional == true ? [] : throw Missing("secret", secretRef.Name);
        }

        return [];
    }

    private static async ValueTask<string?> ValueAsync(
        V1Pod pod, V1Container container, V1EnvVar variable, EnvironmentFacts facts, IObjectSource objects, CancellationToken ct)
    {
        var from = variable.ValueFrom!;
        var ns = pod.Metadata.Namespace;
        if (from.FieldRef is { } field)
        {
            return PodFields.Value(pod, field.FieldPath, facts.Addresses);
        }

        if (from.ResourceFieldRef is { } resource)
        {
            return ResourceFields.Value(pod, resource, container.Name, facts.Allocatable);
        }

        if (from.ConfigMapKeyRef is { } mapKey)
        {
            var map = await objects.ConfigMapAsync(ns, mapKey.Name, pod.Metadata.Uid, ct);
            return map is null ? Optional(mapKey.Optional, Missing("configmap", mapKey.Name))
                : map.Data.TryGetValue(mapKey.Key, out var text) ? text
                : Optional(mapKey.Optional, new ConfigurationException($"couldn't find key {mapKey.Key} in ConfigMap {ns}/{mapKey.Name}"));
        }

        if (from.SecretKeyRef is { } secretKey)
        {
            var secret = await objects.SecretAsync(ns, secretKey.Name, pod.Metadata.Uid, ct);
            return secret is null ? Optional(secretKey.Optional, Missing("secret", secretKey.Name))
                : secret.Data.TryGetValue(secretKey.Key, out var bytes) ? Encoding.UTF8.GetString(bytes)
                : Optional(secretKey.Optional, new ConfigurationException($"couldn't find key {secretKey.Key} in Secret {ns}/{secretKey.Name}"));
        }

        return "";
    }

    private static string? Optional(bool? optional, ConfigurationException missing) => optional == true ? null : throw missing;

    private static ConfigurationException Missing(string kind, string name) => new($"{kind} \"{name}\" not found");
}
