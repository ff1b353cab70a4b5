using Gantry.Node.Runtime;

namespace Gantry.Cli.Commands;

/// <summary>Where the parts of a node live in a cluster's directory.</summary>
internal static class NodePaths
{
    public static RuntimeOptions Runtime(DataFolder folder) => new()
    {
        Root = folder.Containerd,
        State = Path.Combine(folder.Run, "containerd"),
        CniConfDirectory = folder.Cni,
    };
}
