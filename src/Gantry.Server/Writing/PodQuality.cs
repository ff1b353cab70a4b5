using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Defaulting;

namespace Gantry.Server.Writing;

/// <summary>The quality of service of a pod, from the requests and limits of its containers (Kubernetes documentation, "Pod Quality of Service Classes").</summary>
public static class PodQuality
{
    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary><c>Guaranteed</c>, <c>Burstable</c> or <c>BestEffort</c>.</summary>
    /// <param name="spec">A pod's spec.</param>
    public static string Of(TreeMap spec) => Of(spec.Items("containers").Concat(spec.Items("initContainers")).SelectMany(container =>
    {
        var resources = container.Map("resources");
        return Counted.Select(name => (Amount(resources?.Map("requests"), name), Amount(resources?.Map("limits"), name)));
    }));

    /// <summary>As <see cref="Of(TreeMap)"/>, of a pod that has been read.</summary>
    /// <param name="spec">A pod's spec.</param>
    public static string Of(V1PodSpec spec) => Of(spec.Containers.Concat(spec.InitContainers).SelectMany(container =>
        Counted.Select(name => (Amount(container.Resources.Requests, name), Amount(container.Resources.Limits, name)))));

    private static string Of(IEnumerable<(Quantity? Request, Quantity? Limit)> amounts)
    {
        var (any, guaranteed) = (false, true);
        foreach (var (request, limit) in amounts)
        {
            any |= request is not null || limit is not null;
            guaranteed &= limit is not null && (request is null || request.Value.CompareTo(limit.Value) == 0);
        }

        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static Quantity? Amount(TreeMap? amounts, string name) =>
        amounts?.Text(name) is { } text && Quantity.TryParse(text, out var amount) && amount.Sign > 0 ? amount : null;

    private static Quantity? Amount(IReadOnlyDictionary<string, Quantity> amounts, string name) =>
        amounts.TryGetValue(name, out var amount) && amount.Sign > 0 ? amount : null;
}
