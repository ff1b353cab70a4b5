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
