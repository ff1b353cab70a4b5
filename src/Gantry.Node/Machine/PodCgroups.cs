namespace Gantry.Node.Machine;

/// <summary>The cgroups that hold pods. The runtime makes them with the first container; it leaves them when the last is gone.</summary>
public static class PodCgroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Removes a pod's cgroups in every hierarchy. What is not there, or still holds a process, stays.</summary>
    /// <param name="parent">The cgroup's path below the hierarchy, such as /gantry/burstable/pod1.</param>
    public static void Remove(string parent)
    {
        var hierarchies = File.Exists(Path.Combine(Root, "cgroup.controllers")) ? [Root] : Directory.Exists(Root) ? Directory.GetDirectories(Root) : [];
        foreach (var hierarchy in hierarchies)
        {
            RemoveTree(Path.Join(hierarchy, parent));
        }
    }

    /// <summary>Sets what all containers below a cgroup get together. It must exist, which it does once the first container runs.</summary>
    /// <param name="path">The cgroup's path below the hierarchy.</param>
    /// <param name="limits">What they get.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static void Apply(string path, Containers.PodLimits limits)
    {
        if (File.Exists(Path.Combine(Root, "cgroup.controllers")))
        {
            var folder = Path.Join(Root, path);
            Write(folder, "cpu.weight", Weight(limits.CpuShares));
            Write(folder, "cpu.max", FormattableString.Invariant($"{(limits.CpuQuota is { } quota ? quota : "max")} {Containers.ContainerLimits.CpuPeriod}"));
            Write(folder, "memory.max", limits.Memory is { } bytes ? Text(bytes) : "max");
            return;
        }

        var cpu = Path.Join(Root, "cpu", path);
        Write(cpu, "cpu.shares", Text(limits.CpuShares));
        Write(cpu, "cpu.cfs_quota_us", Text(limits.CpuQuota ?? -1));
        Write(Path.Join(Root, "memory", path), "memory.limit_in_bytes", Text(limits.Memory ?? -1));
    }

    /// <summary>Shares (2 to 262144) as weight (1 to 10000), as runtimes convert them.</summary>
    public static string Weight(long shares) => Text(1 + ((shares - 2) * 9999 / 262142));

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // A controller that is not there limits nothing.
    private static void Write(string folder, string file, string text)
    {
        var path = Path.Combine(folder, file);
        if (File.Exists(path))
        {
            File.WriteAllText(path, text);
        }
    }

    private static void RemoveTree(string path)
    {
        try
        {
            if (!Directory.Exists(path) || new DirectoryInfo(path).LinkTarget is not null)
            {
                return;
            }

            foreach (var below in Directory.EnumerateDirectories(path))
            {
                RemoveTree(below);
            }

            // The kernel's files in it cannot be deleted and need not be.
            RemoveFolder(path);
        }
        catch (IOException)
        {
            // Busy: its processes are ending; the next clean-up takes it.
        }
    }

    private static void RemoveFolder(string path)
    {
        if (Volumes.LinuxFiles.RemoveFolder(path) != 0)
        {
            throw new IOException($"{path} is busy");
        }
    }
}
