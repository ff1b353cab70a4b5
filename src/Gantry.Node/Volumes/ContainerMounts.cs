using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Cri;
using Gantry.Node.Pods;

namespace Gantry.Node.Volumes;

/// <summary>A container's mounts: its volumes, /etc/hosts and the file for its last words.</summary>
public sealed class ContainerMounts
{
    private readonly PodFolders _folders;

    public ContainerMounts(PodFolders folders)
    {
        _folders = folders;
    }

    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="volumes">Its pod's volumes, in place.</param>
    /// <param name="environment">For subPathExpr.</param>
    /// <param name="hosts">The text of /etc/hosts, unless the container mounts its own.</param>
    /// <param name="restartCount">Which of the container's lives this is.</param>
    /// <exception cref="ConfigurationException">A volume is missing, or a sub-path leads outside of its volume.</exception>
    public IReadOnlyList<Mount> Of(
        V1Pod pod, V1Container container, IReadOnlyDictionary<string, PodVolume> volumes, IReadOnlyDictionary<string, string> environment, string hosts, int restartCount)
    {
        var result = new List<Mount>();
        foreach (var (mount, index) in container.VolumeMounts.Select((m, i) => (m, i)))
        {
            var volume = volumes.GetValueOrDefault(mount.Name) ?? throw new ConfigurationException($"cannot find volume \"{mount.Name}\" to mount into container \"{container.Name}\"");
            result.Add(new Mount
            {
                ContainerPath = mount.MountPath.StartsWith('/') ? mount.MountPath : "/" + mount.MountPath,
                HostPath = HostPath(pod, container, mount, volume, index, environment),
                Readonly = mount.ReadOnly || volume.ReadOnly,
                Propagation = mount.MountPropagation switch
                {
                    "HostToContainer" => MountPropagation.PropagationHostToContainer,
                    "Bidirectional" => MountPropagation.PropagationBidirectional,
                    _ => MountPropagation.PropagationPrivate,
                },
            });
        }

        if (container.VolumeMounts.All(m => m.MountPath != "/etc/hosts"))
        {
            result.Add(new Mount { ContainerPath = "/etc/hosts", HostPath = HostsPath(pod, hosts), Readonly = container.SecurityContext?.ReadOnlyRootFilesystem == true });
        }

        if (container.TerminationMessagePath.Length > 0)
        {
            result.Add(new Mount { ContainerPath = container.TerminationMessagePath, HostPath = LastWordsPath(pod, container, restartCount) });
        }

        return result;
    }

    private string HostPath(V1Pod pod, V1Container container, V1VolumeMount mount, PodVolume volume, int index, IReadOnlyDictionary<string, string> environment)
    {
        var inside = mount.SubPath;
        if (mount.SubPathExpr.Length > 0)
        {
            var missing = new List<string>();
            inside = Expansion.Expand(mount.SubPathExpr, environment, missing);
            if (missing.Count > 0)
            {
                throw new ConfigurationException($"failed to expand subPathExpr: {string.Join(", ", missing)}");
            }
        }

        if (inside.Length == 0)
        {
            return volume.HostPath;
        }

        if (inside.StartsWith('/') || inside.Split('/').Contains("..", StringComparer.Ordinal))
        {
            throw new ConfigurationException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container.Name}\": it must be relative and must not contain '..'");
        }

        try
        {
            return Part(pod, container, mount, volume, index, inside);
        }
        catch (IOException failure)
        {
            throw new ConfigurationException($"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container.Name}\": {failure.Message}", failure);
        }
    }

    // The runtime mounts by path, and a path may lead elsewhere by the time it does; so the very thing found inside the volume is
    // mounted at a place of our own first.
    private string Part(V1Pod pod, V1Container container, V1VolumeMount mount, PodVolume volume, int index, string inside)
    {
        Make(volume.HostPath, inside);
        using var found = LinuxFiles.OpenInside(volume.HostPath, inside);
        var source = LinuxFiles.PathOf(found);
        var place = _folders.SubPath(pod.Metadata.Uid, mount.Name, container.Name, index);
        LinuxFiles.Unmount(place);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (LinuxFiles.Kind(source) == 'd')
        {
            if (File.Exists(place))
            {
                File.Delete(place);
            }

            Directory.CreateDirectory(place);
        }
        else
        {
            if (Directory.Exists(place))
            {
                Directory.Delete(place);
            }

            File.WriteAllBytes(place, []);
        }

        LinuxFiles.MountAlso(source, place);
        return place;
    }

    // Missing folders are made part by part, each opened inside the volume first, so that no link leads the making outside.
    private static void Make(string volume, string inside)
    {
        var done = "";
        foreach (var part in inside.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var parent = LinuxFiles.OpenInside(volume, done);
            var path = Path.Combine(LinuxFiles.PathOf(parent), part);
            if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                Directory.CreateDirectory(path);
                File.SetUnixFileMode(path, File.GetUnixFileMode(LinuxFiles.PathOf(parent)));
            }

            done = Path.Combine(done, part);
        }
    }

    private string HostsPath(V1Pod pod, string text)
    {
        var path = _folders.Hosts(pod.Metadata.Uid);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        return path;
    }

    private string LastWordsPath(V1Pod pod, V1Container container, int restartCount)
    {
        var path = _folders.LastWords(pod.Metadata.Uid, container.Name, restartCount);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
        // Any user of the container may write it.
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return path;
    }
}
