using Gantry.Api.Models;

namespace Gantry.Controllers.Objects;

/// <summary>What controllers ask about pods.</summary>
public static class PodFacts
{
    /// <summary>Whether the pod's containers have ended for good.</summary>
    public static bool IsTerminal(V1Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>Whether the pod runs or will, and nobody has deleted it.</summary>
    public static bool IsActive(V1Pod pod) => !IsTerminal(pod) && pod.Metadata.DeletionTimestamp is null;

    public static bool IsReady(V1Pod pod) => Condition(pod, "Ready")?.Status == "True";

    public static V1PodCondition? Condition(V1Pod pod, string type) => pod.Status.Conditions.FirstOrDefault(c => c.Type == type);

    /// <summary>Whether the pod has been ready for that long.</summary>
    public static bool IsAvailable(V1Pod pod, int minReadySeconds, DateTimeOffset now) => AvailableIn(pod, minReadySeconds, now) == TimeSpan.Zero;

    /// <summary>The time until the pod counts as available if it stays ready: zero when it does now, null when it is not ready.</summary>
    public static TimeSpan? AvailableIn(V1Pod pod, int minReadySeconds, DateTimeOffset now)
    {
        if (Condition(pod, "Ready") is not { Status: "True" } ready)
        {
            return null;
        }

        if (minReadySeconds == 0)
        {
            return TimeSpan.Zero;
        }

        if (ready.LastTransitionTime is not { } since)
        {
            return null;
        }

        var rest = since.AddSeconds(minReadySeconds) - now;
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    /// <summary>How often the container restarted most often did so, sidecars included.</summary>
    public static int Restarts(V1Pod pod) =>
        pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).Select(c => c.RestartCount).DefaultIfEmpty(0).Max();
}
