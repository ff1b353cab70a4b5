using System.Globalization;
using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.ReplicaSets;

/// <summary>Which pods go first when there are too many: those that are missed least.</summary>
public static class DeletionOrder
{
    private const string CostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    /// <summary>The pods, first to be deleted first.</summary>
    /// <remarks>
    /// The rules in order, as Kubernetes documents them: without a node; pending, then unknown; not ready; lower deletion cost; more
    /// siblings on the node; ready for a shorter time (in powers of two, so that small differences do not decide); more restarts; younger.
    /// </remarks>
    public static IEnumerable<V1Pod> Sort(IEnumerable<V1Pod> pods, IReadOnlyDictionary<string, int> perNode, DateTimeOffset now) => pods
        .OrderBy(p => p.Spec.NodeName.Length > 0)
        .ThenBy(p => p.Status.Phase switch { "Pending" or "" => 0, "Unknown" => 1, _ => 2 })
        .ThenBy(PodFacts.IsReady)
        .ThenBy(Cost)
        .ThenByDescending(p => perNode.GetValueOrDefault(p.Spec.NodeName))
        .ThenBy(p => PodFacts.IsReady(p) ? Age(PodFacts.Condition(p, "Ready")!.LastTransitionTime, now) : 0)
        .ThenByDescending(PodFacts.Restarts)
        .ThenBy(p => Age(p.Metadata.CreationTimestamp, now))
        .ThenByDescending(p => p.Metadata.CreationTimestamp)
        .ThenBy(p => p.Metadata.Name, StringComparer.Ordinal);

    private static int Cost(V1Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(CostAnnotation, out var text)
        && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost)
            ? cost
            : 0;

    /// <summary>The age in powers of two of seconds; unknown is youngest.</summary>
    private static int Age(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } at && now > at ? (int)Math.Log2((now - at).TotalSeconds + 1) + 1 : 0;
}
