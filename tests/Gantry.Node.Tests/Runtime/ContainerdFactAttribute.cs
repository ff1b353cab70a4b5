namespace Gantry.Node.Tests.Runtime;

/// <summary>A test with real containers: left out, with the reason, where they cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerdFactAttribute : FactAttribute
{
    public ContainerdFactAttribute()
    {
        if (!File.Exists("/usr/bin/containerd") || !Directory.Exists("/usr/lib/cni"))
        {
            Skip = "left out because containerd or the CNI plugins aren't installed";
        }
        else if (!Environment.IsPrivilegedProcess)
        {
            Skip = "left out because containers need root";
        }
    }
}
