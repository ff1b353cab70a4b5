using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Node.Containers;

/// <summary>How much of what a pod may use is promised to it.</summary>
public static class PodQos
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary>The class that the API has recorded, else the one that follows from requests and limits.</summary>
    public static string Of(V1Pod pod)
    {
        if (pod.Status.QosClass.Length > 0)
        {
            return pod.Status.QosClass;
        }

        var all = pod.Spec.InitContainers.Concat(pod.Spec.Containers).Select(c => c.Resources).ToList();
        if (all.All(r => Counted.All(n => IsZero(r.Requests, n) && IsZero(r.Limits, n))))
        {
            return BestEffort;
        }

        return all.All(r => Counted.All(n => !IsZero(r.Limits, n) && (!r.Requests.TryGetValue(n, out var asked) || asked == r.Limits[n]))) ? Guaranteed : Burstable;
    }

    private static bool IsZero(IReadOnlyDictionary<string, Quantity> amounts, string name) => amounts.GetValueOrDefault(name).IsZero;
}
