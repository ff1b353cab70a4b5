using Gantry.Node.Tests.Runtime;

namespace Gantry.Node.Tests.Streaming;

/// <summary>A test with real containers and the real kubectl: left out, with the reason, where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute()
    {
        Skip = new ContainerdFactAttribute().Skip ?? (Kubectl.Program is null ? "left out because kubectl isn't installed" : null);
    }
}
