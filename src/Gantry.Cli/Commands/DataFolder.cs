using System.Security.Cryptography;
using System.Text;

namespace Gantry.Cli.Commands;

/// <summary>
/// Where one cluster keeps its things on this machine. Everything that must differ between two clusters of a machine (sockets, the bridge, the
/// packet table) is named after the data directory, so two directories never meet.
/// </summary>
public sealed class DataFolder
{
    public const string Default = "/var/lib/gantry";

    private readonly string _suffix;

    /// <param name="path">The data directory, absolute or relative to the working directory.</param>
    public DataFolder(string path)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _suffix = Root == Default ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..6];
    }

    public string Root { get; }

    public string StoreFile => Path.Combine(Root, "store", "gantry.db");

    public string Pki => Path.Combine(Root, "pki");

    public string AdminKubeconfig => Path.Combine(Root, "admin.kubeconfig");

    public string Containerd => Path.Combine(Root, "containerd");

    public string Pods => Path.Combine(Root, "pods");

    /// <summary>The volumes of claims that ask for storage on this machine.</summary>
    public string Volumes => Path.Combine(Root, "volumes");

    public string Logs => Path.Combine(Root, "logs");

    public string Cni => Path.Combine(Root, "cni");

    /// <summary>Sockets; short, because the path of a unix socket holds at most 107 bytes.</summary>
    public string Run => _suffix.Length == 0 ? "/run/gantry" : "/run/gantry-" + _suffix;

    /// <summary>What a running server wrote about itself; see <see cref="ServerRecord"/>.</summary>
    public string ServerFile => Path.Combine(Root, "server.json");

    /// <summary>Where a server that runs in the background writes its log.</summary>
    public string ServerLog => Path.Combine(Root, "server.log");

    /// <summary>Names the packet table and the service interface.</summary>
    public string NetworkName => _suffix.Length == 0 ? "gantry" : "gtr-" + _suffix;

    public string Bridge => _suffix.Length == 0 ? "gantry0" : "gtr-" + _suffix + "-b0";

    /// <summary>The option that makes another command find this cluster; empty for the default.</summary>
    public string Option => _suffix.Length == 0 ? "" : " --data-dir " + Root;

    /// <summary>Makes the directory with mode 0700.</summary>
    /// <exception cref="CommandFailure">It cannot be made or is not ours.</exception>
    public void Make()
    {
        try
        {
            Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"the data directory {Root} cannot be made: {e.Message}; choose another with --data-dir", e);
        }
    }
}
