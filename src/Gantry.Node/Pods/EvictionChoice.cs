using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>Which pod must go when the machine is short of memory, and what its user is told. Pure.</summary>
public static class EvictionChoice
{
    /// <summary>Pods of this priority and above are the system's own and never go.</summary>
    private const int SystemPriority = 2_000_000_000;

    /// <summary>
    /// The pod that goes first: those that use more than they asked for before the others, then the least important, then the one furthest
    /// above what it asked for. Null when none may go.
    /// </summary>
    public static MemoryUse? First(IEnumerable<MemoryUse> pods) => pods
        .Where(p => (p.Pod.Spec.Priority ?? 0) < SystemPriority && p.Total > 0)
        .OrderBy(p => p.Total > p.Asked ? 0 : 1)
        .ThenBy(p => p.Pod.Spec.Priority ?? 0)
        .ThenByDescending(p => p.Total - p.Asked)
        .ThenBy(p => p.Pod.Metadata.Uid, StringComparer.Ordinal)
        .FirstOrDefault();

    public static PodEnd End(MemoryUse pod, long reserve, long free)
    {
        var greedy = pod.Containers
            .Select(c => (Name: c.Key, Used: c.Value, Asked: Asked(pod.Pod, c.Key)))
            .Where(c => c.Used > c.Asked.Value)
            .Select(c => $"Container {c.Name} was using {Text(c.Used)}, request is {c.Asked}, has larger consumption of memory. ");
        return new PodEnd("Failed", "Evicted", $"The node was low on resource: memory. Threshold quantity: {Text(reserve)}, available: {Text(free)}. {string.Concat(greedy)}")
        {
            Grace = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>The end of a pod whose volume holds more than its limit.</summary>
    public static PodEnd End(string volume, Quantity limit) => new("Failed", "Evicted", $"Usage of EmptyDir volume \"{volume}\" exceeds the limit \"{limit}\". ")
    {
        Grace = TimeSpan.FromSeconds(1),
    };

    private static Quantity Asked(V1Pod pod, string container) =>
        PodSpecs.AllContainers(pod).FirstOrDefault(c => c.Name == container)?.Resources.Requests.GetValueOrDefault("memory") ?? Quantity.Zero;

    // Whole KiB, as users know it from kubectl.
    private static string Text(long bytes) => Quantity.FromValue(bytes / 1024 * 1024, QuantityFormat.BinarySI).Canonical;
}
