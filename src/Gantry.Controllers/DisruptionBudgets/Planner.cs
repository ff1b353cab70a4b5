using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DisruptionBudgets;

/// <summary>Works out how many pods may be evicted now. Pure.</summary>
public static class BudgetPlanner
{
    /// <summary>A pod whose eviction was granted and that is not deleted by then is taken to stay.</summary>
    private static readonly TimeSpan DeletionLimit = TimeSpan.FromMinutes(2);

    public static BudgetPlan Plan(BudgetView view)
    {
        var budget = view.Budget;
        var events = new List<Intent>();
        if (view.Pods.Count == 0)
        {
            events.Add(Tell(budget, "Normal", "NoPods", "No matching pods found"));
        }

        if (Expected(view) is not { } counts)
        {
            var lost = view.Pods.First(p => Owners.ControllerOf(p) is { } owner && !view.Scales.ContainsKey(owner.Uid));
            var why = $"found no controllers for pod \"{lost.Metadata.Name}\"";
            events.Add(Tell(budget, "Warning", "CalculateExpectedPodCountFailed", "Failed to calculate the number of expected pods: " + why));
            return new BudgetPlan(Status(budget.Status with { DisruptionsAllowed = 0, ObservedGeneration = budget.Metadata.Generation }, "SyncFailed", why, view.Now), events, null);
        }

        var (expected, desired) = counts;
        var disrupted = Disrupted(view, events, out var look);
        var healthy = view.Pods.Count(p => p.Metadata.DeletionTimestamp is null && !disrupted.ContainsKey(p.Metadata.Name) && PodFacts.IsReady(p));
        var allowed = expected <= 0 ? 0 : Math.Max(0, healthy - desired);
        var status = budget.Status with
        {
            ObservedGeneration = budget.Metadata.Generation,
            DisruptedPods = disrupted,
            DisruptionsAllowed = allowed,
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = expected,
        };
        return new BudgetPlan(Status(status, allowed > 0 ? "SufficientPods" : "InsufficientPods", "", view.Now), events, look);
    }

    /// <summary>How many pods there should be, and how many of them must be healthy; null when a controller is unknown.</summary>
    private static (int Expected, int Desired)? Expected(BudgetView view)
    {
        var spec = view.Budget.Spec;
        if (spec.MinAvailable is { IsInt: true } least && spec.MaxUnavailable is null)
        {
            return (view.Pods.Count, least.IntValue);
        }

        // Pods without a controller have no wanted number, so they cannot count in a share.
        var controllers = view.Pods.Select(Owners.ControllerOf).Where(o => o is not null).Select(o => o!.Uid).Distinct(StringComparer.Ordinal).ToList();
        if (controllers.Exists(uid => !view.Scales.ContainsKey(uid)))
        {
            return null;
        }

        var expected = controllers.Sum(uid => view.Scales[uid]);
        return spec.MaxUnavailable is { } most ? (expected, Math.Max(0, expected - (most.Scale(expected, roundUp: true) ?? 0)))
            : spec.MinAvailable is { } share ? (expected, share.Scale(expected, roundUp: true) ?? 0)
            : (expected, 0);
    }

    private static Dictionary<string, DateTimeOffset> Disrupted(BudgetView view, List<Intent> events, out TimeSpan? look)
    {
        var kept = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        look = null;
        foreach (var (name, at) in view.Budget.Status.DisruptedPods)
        {
            var pod = view.Pods.FirstOrDefault(p => p.Metadata.Name == name);
            if (pod is null || pod.Metadata.DeletionTimestamp is not null)
            {
                continue;
            }

            var rest = at + DeletionLimit - view.Now;
            if (rest <= TimeSpan.Zero)
            {
                var budget = view.Budget.Metadata;
                events.Add(new Tell(
                    ObjectReferences.To(pod), "Warning", "NotDeleted", $"Pod was expected by PDB {budget.Namespace}/{budget.Name} to be deleted but it wasn't"));
                continue;
            }

            kept[name] = at;
            look = look is null || rest < look ? rest : look;
        }

        return kept;
    }

    private static V1PodDisruptionBudgetStatus Status(V1PodDisruptionBudgetStatus status, string reason, string message, DateTimeOffset now)
    {
        var value = reason == "SufficientPods" ? "True" : "False";
        var old = status.Conditions.FirstOrDefault(c => c.Type == "DisruptionAllowed");
        var made = new V1Condition
        {
            Type = "DisruptionAllowed",
            Status = value,
            Reason = reason,
            Message = message,
            ObservedGeneration = status.ObservedGeneration,
            LastTransitionTime = old?.Status == value ? old.LastTransitionTime : now,
        };
        return status with { Conditions = [.. status.Conditions.Where(c => c != old), made] };
    }

    private static Tell Tell(V1PodDisruptionBudget budget, string type, string reason, string message) => new(ObjectReferences.To(budget), type, reason, message);
}
