namespace Gantry.Node.Runtime;

/// <summary>Where the node's containerd lives and what it runs with. All paths are absolute.</summary>
public sealed record RuntimeOptions
{
    /// <summary>Lasting data: images, snapshots, metadata, the log.</summary>
    public required string Root { get; init; }

    /// <summary>Sockets and run-time state; must be short, since a unix socket's path holds at most 107 bytes.</summary>
    public required string State { get; init; }

    public required string CniConfDirectory { get; init; }

    public string CniBinDirectory { get; init; } = "/usr/lib/cni";

    public string Containerd { get; init; } = "/usr/bin/containerd";

    /// <summary>overlayfs, native, or empty: overlayfs where the kernel and the data directory's file system allow it.</summary>
    public string Snapshotter { get; init; } = "";

    public string PauseImage { get; init; } = "gantry.local/pause:1";

    /// <summary>How long a start may take before it counts as failed. Opening a large metadata file on a slow disk takes seconds.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    public string Socket => Path.Combine(State, "containerd.sock");

    public string ConfigFile => Path.Combine(Root, "config.toml");

    public string LogFile => Path.Combine(Root, "containerd.log");

    public string PidFile => Path.Combine(State, "containerd.pid");

    public IEnumerable<string> Check()
    {
        if (!Path.IsPathFullyQualified(Root) || !Path.IsPathFullyQualified(State))
        {
            yield return "runtime root and state must be absolute paths";
        }

        if (System.Text.Encoding.UTF8.GetByteCount(Socket) > 100)
        {
            yield return $"the socket path {Socket} is too long for a unix socket";
        }

        if (Snapshotter is not ("" or "overlayfs" or "native"))
        {
            yield return $"snapshotter {Snapshotter} is not known: overlayfs or native";
        }
    }
}
