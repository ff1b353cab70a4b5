using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Pods;

namespace Gantry.Node.Containers;

/// <summary>What all containers of a pod together get from the kernel.</summary>
/// <param name="CpuShares">The share in times of contention.</param>
/// <param name="CpuQuota">Microseconds in each period; null: no limit.</param>
/// <param name="Memory">Bytes; null: no limit.</param>
public sealed record PodLimits(long CpuShares, long? CpuQuota, long? Memory)
{
    /// <summary>Shares from what the pod asks for; limits only where every container has one.</summary>
    public static PodLimits Of(V1Pod pod)
    {
        var cpu = Limit(pod, "cpu");
        return new PodLimits(ContainerLimits.Shares(PodAdmission.Asked(pod, "cpu").MilliValue), cpu is { } cap ? ContainerLimits.Quota(cap.MilliValue) : null, Limit(pod, "memory")?.Value);
    }

    private static Quantity? Limit(V1Pod pod, string resource) =>
        PodSpecs.AllContainers(pod).All(c => !c.Resources.Limits.GetValueOrDefault(resource).IsZero)
            ? PodAdmission.Most(pod, c => c.Resources.Limits[resource]) + pod.Spec.Overhead.GetValueOrDefault(resource)
            : null;
}
