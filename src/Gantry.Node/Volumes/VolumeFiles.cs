using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Containers;

namespace Gantry.Node.Volumes;

/// <summary>The files of volumes that are made of API objects: configMap, secret, downwardAPI and projected.</summary>
public sealed class VolumeFiles
{
    private const int DefaultMode = 0b110_100_100;
    private const int TokenMode = 0b110_000_000;

    private readonly V1Pod _pod;
    private readonly IVolumeSource _source;
    private readonly PodAddresses _addresses;
    private readonly IReadOnlyDictionary<string, Quantity> _allocatable;
    private readonly Dictionary<string, VolumeFile> _files = new(StringComparer.Ordinal);

    private VolumeFiles(V1Pod pod, IVolumeSource source, PodAddresses addresses, IReadOnlyDictionary<string, Quantity> allocatable)
    {
        _pod = pod;
        _source = source;
        _addresses = addresses;
        _allocatable = allocatable;
    }

    /// <summary>Whether the volume is of a kind that this class knows.</summary>
    public static bool Knows(V1Volume volume) =>
        volume.ConfigMap is not null || volume.Secret is not null || volume.DownwardAPI is not null || volume.Projected is not null;

    /// <summary>The files the volume should hold now.</summary>
    /// <exception cref="VolumeException">An object or key that is not optional is missing.</exception>
    /// <exception cref="ConfigurationException">A field cannot be shown.</exception>
    public static async ValueTask<IReadOnlyCollection<VolumeFile>> OfAsync(
        V1Pod pod, V1Volume volume, IVolumeSource source, PodAddresses addresses, IReadOnlyDictionary<string, Quantity> allocatable, CancellationToken ct)
    {
        var run = new VolumeFiles(pod, source, addresses, allocatable);
        if (volume.ConfigMap is { } map)
        {
            await run.ConfigMapAsync(map.Name, map.Items, map.Optional, map.DefaultMode ?? DefaultMode, ct);
        }
        else if (volume.Secret is { } secret)
        {
            await run.SecretAsync(secret.SecretName, secret.Items, secret.Optional, secret.DefaultMode ?? DefaultMode, ct);
        }
        else if (volume.DownwardAPI is { } downward)
        {
            run.Downward(downward.Items, downward.DefaultMode ?? DefaultMode);
        }
        else if (volume.Projected is { } projected)
        {
            foreach (var part in projected.Sources)
            {
                await run.ProjectAsync(part, projected.DefaultMode ?? DefaultMode, ct);
            }
        }

        return run._files.Values;
    }

    private async ValueTask ProjectAsync(V1VolumeProjection part, int mode, CancellationToken ct)
    {
        if (part.ConfigMap is { } map)
        {
            await ConfigMapAsync(map.Name, map.Items, map.Optional, mode, ct);
        }
        else if (part.Secret is { } secret)
        {
            await SecretAsync(secret.Name, secret.Items, secret.Optional, mode, ct);
        }
        else if (part.DownwardAPI is { } downward)
        {
            Downward(downward.Items, mode);
        }
        else if (part.ServiceAccountToken is { } token)
        {
            var text = await _source.TokenAsync(_pod, token, ct);
            var user = OneUser();
            var closed = user is not null || _pod.Spec.SecurityContext?.FsGroup is not null;
            Add(new VolumeFile(token.Path, Encoding.UTF8.GetBytes(text), closed ? TokenMode : mode, user));
        }
        else
        {
            throw new VolumeException("this kind of projected source is not supported");
        }
    }

    private async ValueTask ConfigMapAsync(string name, IReadOnlyList<V1KeyToPath> items, bool? optional, int mode, CancellationToken ct)
    {
        var map = await _source.ConfigMapAsync(_pod.Metadata.Namespace, name, _pod.Metadata.Uid, ct);
        if (map is null)
        {
            Missing(optional, $"configmap \"{name}\" not found");
            return;
        }

        var data = map.Data.Select(d => KeyValuePair.Create(d.Key, Encoding.UTF8.GetBytes(d.Value))).Concat(map.BinaryData);
        Keys(data.ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal), items, optional, mode);
    }

    private async ValueTask SecretAsync(string name, IReadOnlyList<V1KeyToPath> items, bool? optional, int mode, CancellationToken ct)
    {
        var secret = await _source.SecretAsync(_pod.Metadata.Namespace, name, _pod.Metadata.Uid, ct);
        if (secret is null)
        {
            Missing(optional, $"secret \"{name}\" not found");
            return;
        }

        Keys(secret.Data, items, optional, mode);
    }

    private void Keys(IReadOnlyDictionary<string, byte[]> data, IReadOnlyList<V1KeyToPath> items, bool? optional, int mode)
    {
        if (items.Count == 0)
        {
            foreach (var (key, value) in data)
            {
                Add(new VolumeFile(key, value, mode));
            }
        }

        foreach (var item in items)
        {
            if (data.TryGetValue(item.Key, out var value))
            {
                Add(new VolumeFile(item.Path, value, item.Mode ?? mode));
            }
            else
            {
                Missing(optional, $"references non-existent config key: {item.Key}");
            }
        }
    }

    private void Downward(IReadOnlyList<V1DownwardAPIVolumeFile> items, int mode)
    {
        foreach (var item in items)
        {
            var text = item.FieldRef is { } field ? PodFields.Value(_pod, field.FieldPath, _addresses)
                : item.ResourceFieldRef is { } resource ? ResourceFields.Value(_pod, resource, "", _allocatable) : "";
            Add(new VolumeFile(item.Path, Encoding.UTF8.GetBytes(text), item.Mode ?? mode));
        }
    }

    private void Add(VolumeFile file) => _files[file.Path] = file;

    private static void Missing(bool? optional, string message)
    {
        if (optional != true)
        {
            throw new VolumeException(message);
        }
    }

    // The user that all containers run as, who may then own the token alone.
    private long? OneUser()
    {
        var users = _pod.Spec.InitContainers.Concat(_pod.Spec.Containers).Select(c => c.SecurityContext?.RunAsUser ?? _pod.Spec.SecurityContext?.RunAsUser).Distinct().ToList();
        return users is [{ } one] ? one : null;
    }
}
