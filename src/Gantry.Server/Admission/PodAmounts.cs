using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Admission;

/// <summary>
/// What a pod asks for as a whole: its containers together, or where that is more the largest init container together with the restartable ones
/// started before it; plus the overhead.
/// </summary>
public static class PodAmounts
{
    public static IReadOnlyDictionary<string, Quantity> Requests(V1Pod pod) => Sum(pod, r => r.Requests);

    /// <summary>What its containers ask for, without the overhead.</summary>
    public static IReadOnlyDictionary<string, Quantity> ContainerRequests(V1Pod pod) => Sum(pod, r => r.Requests, withOverhead: false);

    /// <summary>What its containers are limited to, without the overhead.</summary>
    public static IReadOnlyDictionary<string, Quantity> ContainerLimits(V1Pod pod) => Sum(pod, r => r.Limits, withOverhead: false);

    public static IReadOnlyDictionary<string, Quantity> Limits(V1Pod pod)
    {
        var sum = Sum(pod, r => r.Limits, withOverhead: false);
        foreach (var (resource, amount) in pod.Spec.Overhead)
        {
            // Overhead raises a limit, but it does not make one.
            if (sum.TryGetValue(resource, out var limit))
            {
                sum[resource] = limit + amount;
            }
        }

        return sum;
    }

    private static Dictionary<string, Quantity> Sum(
        V1Pod pod, Func<V1ResourceRequirements, IReadOnlyDictionary<string, Quantity>> part, bool withOverhead = true)
    {
        var total = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in pod.Spec.Containers)
        {
            Add(total, part(container.Resources));
        }

        var restartable = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var init = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in pod.Spec.InitContainers)
        {
            var needs = new Dictionary<string, Quantity>(restartable, StringComparer.Ordinal);
            Add(needs, part(container.Resources));
            if (container.RestartPolicy == "Always")
            {
                Add(total, part(container.Resources));
                Add(restartable, part(container.Resources));
            }

            Raise(init, needs);
        }

        Raise(total, init);
        if (withOverhead)
        {
            Add(total, pod.Spec.Overhead);
        }

        return total;
    }

    private static void Add(Dictionary<string, Quantity> sum, IReadOnlyDictionary<string, Quantity> amounts)
    {
        foreach (var (resource, amount) in amounts)
        {
            sum[resource] = sum.TryGetValue(resource, out var before) ? before + amount : amount;
        }
    }

    private static void Raise(Dictionary<string, Quantity> most, Dictionary<string, Quantity> amounts)
    {
        foreach (var (resource, amount) in amounts)
        {
            if (!most.TryGetValue(resource, out var before) || amount > before)
            {
                most[resource] = amount;
            }
        }
    }
}
