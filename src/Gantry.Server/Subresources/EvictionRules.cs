using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Client.Selectors;
using Gantry.Server.Defaulting;
using Gantry.Server.Statuses;
using Gantry.Server.Tables;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary>When a pod may be evicted; pure.</summary>
internal static class EvictionRules
{
    // A budget with that many unconfirmed disruptions is not being looked after.
    private const int MaxDisruptedPods = 2000;

    private const string Violation = "Cannot evict pod as it would violate the pod's disruption budget.";

    /// <summary>Whether losing the pod disrupts nothing: it has ended, has not begun, or is going already.</summary>
    public static bool IsHarmless(V1Pod pod) =>
        pod.Status.Phase is "Succeeded" or "Failed" or "Pending" || pod.Metadata.DeletionTimestamp is not null;

    /// <summary>The budgets that speak of the pod.</summary>
    public static IReadOnlyList<V1PodDisruptionBudget> Budgets(IEnumerable<V1PodDisruptionBudget> all, V1Pod pod) =>
        [.. all.Where(b => b.Spec.Selector is { } selector
            && LabelSelector.TryParse(CellText.SelectorText(selector), out var parsed, out _) && parsed.Matches(pod.Metadata.Labels))];

    /// <summary>Whether the pod is not ready and the budget does not count on it.</summary>
    public static bool IsUnguarded(V1Pod pod, V1PodDisruptionBudget budget) =>
        !pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" })
        && (budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status.CurrentHealthy >= budget.Status.DesiredHealthy && budget.Status.DesiredHealthy > 0));

    /// <summary>Takes one disruption for the pod from the budget's status.</summary>
    /// <param name="value">The budget as a tree of the caller's own, changed in place.</param>
    /// <param name="budget">The same, typed.</param>
    /// <param name="pod">The pod's name.</param>
    /// <param name="now">When.</param>
    /// <returns>The refusal, or null.</returns>
    public static ApiStatus? Take(TreeMap value, V1PodDisruptionBudget budget, string pod, DateTimeOffset now)
    {
        var (name, status) = (budget.Metadata.Name, budget.Status);
        if (status.ObservedGeneration < budget.Metadata.Generation)
        {
            return StillProcessed(name);
        }

        if (status.DisruptionsAllowed < 0)
        {
            return ApiStatus.Forbidden("policy", "poddisruptionbudget", name, "pdb disruptions allowed is negative");
        }

        if (status.DisruptedPods.Count > MaxDisruptedPods)
        {
            return ApiStatus.Forbidden("policy", "poddisruptionbudget", name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (status.DisruptionsAllowed == 0)
        {
            var failed = status.Conditions.FirstOrDefault(c => c.Type == "DisruptionAllowed" && c.Reason == "SyncFailed");
            return Refusal(0, failed is not null
                ? $"The disruption budget {name} does not allow evicting pods currently because it failed sync: {failed.Message}"
                : string.Create(CultureInfo.InvariantCulture, $"The disruption budget {name} needs {status.DesiredHealthy} healthy pods and has {status.CurrentHealthy} currently"));
        }

        var tree = value.Made("status");
        tree["disruptionsAllowed"] = status.DisruptionsAllowed - 1;
        tree.Made("disruptedPods")[pod] = ApiTimes.Format(now);
        if (status.DisruptionsAllowed == 1)
        {
            Exhausted(tree, budget, now);
        }

        return null;
    }

    /// <summary>Marks a pod, changed in place, as one that was evicted: its owners may not count it as failed.</summary>
    public static void Tell(TreeMap pod, DateTimeOffset now) =>
        PodConditions.Set(pod.Made("status"), "DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting", ApiTimes.Format(now));

    /// <summary>The budget's controller has not caught up yet.</summary>
    public static ApiStatus StillProcessed(string budget) => Refusal(10, $"The disruption budget {budget} is still being processed by the server.");

    private static ApiStatus Refusal(int retryAfter, string cause) =>
        ApiStatus.TooManyRequests(Violation, retryAfter, new StatusCause("DisruptionBudget", cause, ""));

    private static void Exhausted(TreeMap status, V1PodDisruptionBudget budget, DateTimeOffset now)
    {
        var known = budget.Status.Conditions.FirstOrDefault(c => c.Type == "DisruptionAllowed");
        var condition = new TreeMap();
        condition["type"] = "DisruptionAllowed";
        condition["status"] = "False";
        condition["observedGeneration"] = budget.Status.ObservedGeneration;
        condition["lastTransitionTime"] = ApiTimes.Format(known is { Status: "False", LastTransitionTime: { } since } ? since : now);
        condition["reason"] = "InsufficientPods";
        condition["message"] = "";
        var others = (status.List("conditions") ?? new TreeList()).Where(c => c is not TreeMap map || map.Text("type") != "DisruptionAllowed");
        status["conditions"] = new TreeList([.. others, condition]);
    }
}
