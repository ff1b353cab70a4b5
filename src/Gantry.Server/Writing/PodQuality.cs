using Gantry.Api;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>The quality of service of a pod, from the requests and limits of its containers (Kubernetes documentation, "Pod Quality of Service Classes").</summary>
public static class PodQuality
{
    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary><c>Guaranteed</c>, <c>Burstable</c> or <c>BestEffort</c>.</summary>
    /// <param name="spec">A pod's spec.</param>
    public static string Of(TreeMap spec)
    {
        var (any, guaranteed) = (false, true);
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            var resources = container.Map("resources");
            foreach (var name in Counted)
            {
                var request = Amount(resources?.Map("requests"), name);
                var limit = Amount(resources?.Map("limits"), name);
                any |= request is not null || limit is not null;
                guaranteed &= limit is not null && (request is null || request.Value.CompareTo(limit.Value) == 0);
            }
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static Quantity? Amount(TreeMap? amounts, string name) =>
        amounts?.Text(name) is { } text && Quantity.TryParse(text, out var amount) && amount.Sign > 0 ? amount : null;
}
