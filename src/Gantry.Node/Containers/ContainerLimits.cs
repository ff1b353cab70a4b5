using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Cri;

namespace Gantry.Node.Containers;

/// <summary>Requests and limits as the kernel's cgroups take them.</summary>
public static class ContainerLimits
{
    /// <summary>The kernel's own period in microseconds; shorter ones cost more switches, longer ones stall longer.</summary>
    public const long CpuPeriod = 100_000;

    private const long MinShares = 2;
    private const long MinQuota = 1000;
    private const long MaxShares = 262_144;

    /// <param name="pod">The pod, for its class.</param>
    /// <param name="container">The container.</param>
    /// <param name="memory">The machine's memory in bytes.</param>
    /// <param name="unified">Whether the machine has the unified hierarchy (v2).</param>
    public static LinuxContainerResources Of(V1Pod pod, V1Container container, long memory, bool unified)
    {
        var requests = container.Resources.Requests;
        var limits = container.Resources.Limits;
        // A limit without a request asks for as much as it allows.
        var cpu = requests.TryGetValue("cpu", out var asked) || limits.TryGetValue("cpu", out asked) ? asked.MilliValue : 0;
        var result = new LinuxContainerResources
        {
            CpuShares = Shares(cpu),
            MemoryLimitInBytes = limits.GetValueOrDefault("memory").Value,
            OomScoreAdj = OomScore(pod, container, memory),
        };
        if (limits.TryGetValue("cpu", out var cap) && !cap.IsZero)
        {
            result.CpuPeriod = CpuPeriod;
            result.CpuQuota = Quota(cap.MilliValue);
        }

        if (unified)
        {
            // The whole container ends when it is out of memory, not one process of it.
            result.Unified["memory.oom.group"] = "1";
        }

        return result;
    }

    /// <summary>Thousandths of a processor as the share in times of contention.</summary>
    public static long Shares(long milli) => Math.Clamp(milli * 1024 / 1000, MinShares, MaxShares);

    /// <summary>Thousandths of a processor as microseconds in each period.</summary>
    public static long Quota(long milli) => Math.Max(milli * CpuPeriod / 1000, MinQuota);

    /// <summary>Who goes first when the machine is out of memory: 1000 best effort, -997 guaranteed, between them those that asked for little.</summary>
    public static long OomScore(V1Pod pod, V1Container container, long memory)
    {
        const long Spared = -997;
        const long First = 1000;
        // Priorities of two billion are those of the system's own pods.
        if (pod.Spec.Priority >= 2_000_000_000)
        {
            return Spared;
        }

        switch (PodQos.Of(pod))
        {
            case PodQos.Guaranteed:
                return Spared;
            case PodQos.BestEffort:
                return First;
            default:
                var share = memory > 0 ? 1000 * container.Resources.Requests.GetValueOrDefault("memory").Value / memory : 0;
                return Math.Clamp(First - share, First + Spared, First - 1);
        }
    }
}
