using System.Runtime.InteropServices;
using Gantry.Api.Models;

namespace Gantry.Node.Machine;

/// <summary>What a machine and its system are called.</summary>
public static class MachineIdentity
{
    public static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToUpperInvariant(),
    };

    /// <param name="runtimeVersion">Such as containerd://1.6.20; empty before it is known.</param>
    /// <param name="version">The node's own version.</param>
    public static V1NodeSystemInfo Read(string runtimeVersion, string version) => new()
    {
        MachineID = Line("/etc/machine-id"),
        SystemUUID = Line("/sys/class/dmi/id/product_uuid"),
        BootID = Line("/proc/sys/kernel/random/boot_id"),
        KernelVersion = Line("/proc/sys/kernel/osrelease"),
        OsImage = OsName("/etc/os-release"),
        ContainerRuntimeVersion = runtimeVersion,
        KubeletVersion = version,
        KubeProxyVersion = version,
        OperatingSystem = "linux",
        Architecture = Architecture,
    };

    private static string Line(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string OsName(string path) =>
        File.Exists(path) && File.ReadLines(path).FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) is { } line ? line[12..].Trim('"') : "Linux";
}
