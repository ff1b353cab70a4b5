using Gantry.Node.Runtime;

namespace Gantry.Cli.Commands;

/// <summary>Where the container runtime of a node lives in a cluster's directory.</summary>
internal static class RuntimeFolders
{
    public static RuntimeOptions Runtime(DataFolder folder) => new()
    {
        Root = folder.Containerd,
        State = Path.Combine(folder.Run, "containerd"),
        CniConfDirectory = folder.Cni,
    };
}
