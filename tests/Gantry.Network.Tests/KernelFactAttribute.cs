namespace Gantry.Network.Tests;

/// <summary>A test on the real kernel, in network namespaces it makes; left out, and said so, without root, nft and ip.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelFactAttribute : FactAttribute
{
    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    public KernelFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root, for network namespaces";
        }
        else if (!Installed("nft"))
        {
            Skip = "needs nft (package nftables)";
        }
        else if (!Installed("ip"))
        {
            Skip = "needs ip (package iproute2)";
        }
    }

    private static bool Installed(string program) => Folders.Any(folder => File.Exists(Path.Combine(folder, program)));
}
