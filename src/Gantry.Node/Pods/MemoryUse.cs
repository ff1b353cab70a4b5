using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>What a pod's containers use of the machine's memory now.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Containers">Bytes by container name.</param>
public sealed record MemoryUse(V1Pod Pod, IReadOnlyDictionary<string, long> Containers)
{
    public long Total => Containers.Values.Sum();

    public long Asked => PodAdmission.Asked(Pod, "memory").Value;
}
