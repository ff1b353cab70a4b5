using System.Net;
using Gantry.Cli.Commands;
using Gantry.Node;
using Gantry.Node.Cni;
using Gantry.Node.Runtime;

namespace Gantry.Cli.Cluster;

/// <summary>Where the node of a cluster keeps its things, and what they are called on the machine.</summary>
internal static class NodeFolders
{
    public static RuntimeOptions Runtime(DataFolder folder) => new()
    {
        Root = folder.Containerd,
        State = Path.Combine(folder.Run, "containerd"),
        CniConfDirectory = Path.Combine(folder.Cni, "conf"),
    };

    /// <param name="folder">The cluster.</param>
    /// <param name="clusterCidr">The addresses of all pods; null where nothing is wired any more.</param>
    public static CniOptions Cni(DataFolder folder, IPNetwork? clusterCidr) => new()
    {
        PodCidr = "",
        ClusterCidr = clusterCidr?.ToString() ?? "",
        Bridge = folder.Bridge,
        LeaseDirectory = Path.Combine(folder.Cni, "leases"),
    };

    public static NodeOptions Node(DataFolder folder, string name, IReadOnlyList<string> addresses) => new()
    {
        Name = name,
        PodDirectory = folder.Pods,
        LogDirectory = folder.Logs,
        Addresses = addresses,
        CgroupRoot = "/" + folder.NetworkName,
        SeccompDirectory = Path.Combine(folder.Root, "seccomp"),
    };
}
