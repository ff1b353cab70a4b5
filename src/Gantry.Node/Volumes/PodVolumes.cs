using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Pods;

namespace Gantry.Node.Volumes;

/// <summary>Puts pods' volumes in place, keeps those made of API objects current, and takes them away. Every operation may be repeated.</summary>
public sealed class PodVolumes
{
    private readonly PodFolders _folders;
    private readonly IVolumeSource _source;
    private readonly TimeProvider _clock;

    public PodVolumes(PodFolders folders, IVolumeSource source, TimeProvider clock)
    {
        _folders = folders;
        _source = source;
        _clock = clock;
    }

    /// <summary>Puts all volumes of the pod in place, or brings them up to date.</summary>
    /// <returns>The volumes by name.</returns>
    /// <exception cref="VolumeException">One could not be; the others may have been.</exception>
    public async Task<IReadOnlyDictionary<string, PodVolume>> PrepareAsync(
        V1Pod pod, PodAddresses addresses, IReadOnlyDictionary<string, Quantity> allocatable, CancellationToken ct)
    {
        Private(_folders.Of(pod.Metadata.Uid));
        var result = new Dictionary<string, PodVolume>(StringComparer.Ordinal);
        foreach (var volume in pod.Spec.Volumes)
        {
            try
            {
                result[volume.Name] = await PrepareAsync(pod, volume, addresses, allocatable, ct);
            }
            catch (Exception failure) when (failure is VolumeException or ConfigurationException or IOException or UnauthorizedAccessException or Client.ApiException)
            {
                throw new VolumeException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {failure.Message}", failure);
            }
        }

        return result;
    }

    /// <summary>Unmounts everything below the pod's folder; what was put into disk-backed emptyDir volumes stays until <see cref="Remove"/>.</summary>
    public void Unmount(string uid)
    {
        foreach (var mount in LinuxFiles.MountsBelow(_folders.Of(uid)))
        {
            LinuxFiles.Unmount(mount);
        }
    }

    /// <summary>Unmounts and deletes the pod's folder with all that is in it.</summary>
    /// <exception cref="IOException">Something is still mounted or in use; try again.</exception>
    public void Remove(string uid)
    {
        var folder = _folders.Of(uid);
        Unmount(uid);
        if (LinuxFiles.MountsBelow(folder).Count > 0)
        {
            // A recursive delete must never reach through a mount into what belongs to others.
            throw new IOException($"{folder} still holds mounts");
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async ValueTask<PodVolume> PrepareAsync(
        V1Pod pod, V1Volume volume, PodAddresses addresses, IReadOnlyDictionary<string, Quantity> allocatable, CancellationToken ct)
    {
        var uid = pod.Metadata.Uid;
        var group = pod.Spec.SecurityContext?.FsGroup;
        if (volume.HostPath is { } host)
        {
            HostPathCheck.Ensure(host.Path, host.Type ?? "");
            return new PodVolume(volume.Name, host.Path, false);
        }

        if (volume.EmptyDir is { } empty)
        {
            var path = _folders.Volume(uid, "empty-dir", volume.Name);
            Empty(path, empty, pod, group);
            return new PodVolume(volume.Name, path, false);
        }

        if (VolumeFiles.Knows(volume))
        {
            // The objects first: a missing one must not leave an empty folder that looks like an empty object.
            var files = await VolumeFiles.OfAsync(pod, volume, _source, addresses, allocatable, ct);
            var kind = volume.ConfigMap is not null ? "configmap" : volume.Secret is not null ? "secret" : volume.DownwardAPI is not null ? "downward-api" : "projected";
            var path = _folders.Volume(uid, kind, volume.Name);
            Directory.CreateDirectory(path);
            if (kind != "configmap" && !LinuxFiles.IsMounted(path))
            {
                LinuxFiles.MountMemory(path, null);
            }

            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
            AtomicFiles.Write(path, files, group, _clock.GetUtcNow());
            return new PodVolume(volume.Name, path, true);
        }

        if (volume.PersistentVolumeClaim is { } claim)
        {
            return await ClaimAsync(pod, volume.Name, claim.ClaimName, claim.ReadOnly, ct);
        }

        if (volume.Ephemeral is not null)
        {
            return await ClaimAsync(pod, volume.Name, $"{pod.Metadata.Name}-{volume.Name}", false, ct);
        }

        throw new VolumeException("no volume plugin matched: this kind of volume is not supported");
    }

    private static void Empty(string path, V1EmptyDirVolumeSource empty, V1Pod pod, long? group)
    {
        var made = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        if (empty.Medium is "Memory" && !LinuxFiles.IsMounted(path))
        {
            made = true;
            LinuxFiles.MountMemory(path, MemorySize(empty, pod));
        }
        else if (empty.Medium.StartsWith("HugePages", StringComparison.Ordinal))
        {
            throw new VolumeException($"emptyDir medium {empty.Medium} is not supported");
        }

        if (made)
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
            if (group is { } owner)
            {
                LinuxFiles.Own(path, -1, owner);
                File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111 | UnixFileMode.SetGroup);
            }
        }
    }

    // What a volume in memory may hold counts as its pod's memory, so the pod's limit bounds it.
    private static long? MemorySize(V1EmptyDirVolumeSource empty, V1Pod pod)
    {
        long? limit = pod.Spec.Containers.All(c => c.Resources.Limits.ContainsKey("memory")) && pod.Spec.Containers.Count > 0
            ? pod.Spec.Containers.Sum(c => c.Resources.Limits["memory"].Value)
            : null;
        return empty.SizeLimit is { IsZero: false } size ? Math.Min(size.Value, limit ?? long.MaxValue) : limit;
    }

    private async ValueTask<PodVolume> ClaimAsync(V1Pod pod, string name, string claimName, bool readOnly, CancellationToken ct)
    {
        var claim = await _source.ClaimAsync(pod.Metadata.Namespace, claimName, ct) ?? throw new VolumeException($"persistentvolumeclaim \"{claimName}\" not found");
        if (claim.Metadata.DeletionTimestamp is not null)
        {
            throw new VolumeException($"persistentvolumeclaim \"{claimName}\" is being deleted");
        }

        if (claim.Status.Phase != "Bound" || claim.Spec.VolumeName.Length == 0)
        {
            throw new VolumeException($"PVC {pod.Metadata.Namespace}/{claimName} is not bound");
        }

        var volume = await _source.PersistentVolumeAsync(claim.Spec.VolumeName, ct) ?? throw new VolumeException($"persistentvolume \"{claim.Spec.VolumeName}\" not found");
        if (volume.Spec.HostPath is { } host)
        {
            HostPathCheck.Ensure(host.Path, host.Type is { Length: > 0 } type ? type : "DirectoryOrCreate");
            return new PodVolume(name, host.Path, readOnly);
        }

        if (volume.Spec.Local is { } local)
        {
            HostPathCheck.Ensure(local.Path, "Directory");
            if (pod.Spec.SecurityContext?.FsGroup is { } group)
            {
                LinuxFiles.Own(local.Path, -1, group);
                File.SetUnixFileMode(local.Path, File.GetUnixFileMode(local.Path) | (UnixFileMode)0b000_111_000 | UnixFileMode.SetGroup);
            }

            return new PodVolume(name, local.Path, readOnly);
        }

        throw new VolumeException($"persistentvolume \"{claim.Spec.VolumeName}\" is of a kind that is not supported: hostPath and local are");
    }

    private static void Private(string path)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
    }
}
