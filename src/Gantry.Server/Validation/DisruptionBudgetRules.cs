using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Pod disruption budgets (<c>policy</c>).</summary>
public static class DisruptionBudgetRules
{
    /// <summary>A budget, or its status.</summary>
    public static void DisruptionBudget(FieldErrors errors, V1PodDisruptionBudget budget, string subresource)
    {
        if (subresource == "status")
        {
            Status(errors, budget.Status, FieldPath.Root("status"));
            return;
        }

        var (spec, at) = (budget.Spec, FieldPath.Root("spec"));
        if (spec.MinAvailable is not null && spec.MaxUnavailable is not null)
        {
            errors.InvalidDump(at, GoDump.Of(spec), "minAvailable and maxUnavailable cannot be both set");
        }

        AppsRules.PositiveIntOrPercent(errors, spec.MinAvailable, at.Child("minAvailable"));
        AppsRules.NotMoreThanAll(errors, spec.MinAvailable, at.Child("minAvailable"));
        AppsRules.PositiveIntOrPercent(errors, spec.MaxUnavailable, at.Child("maxUnavailable"));
        AppsRules.NotMoreThanAll(errors, spec.MaxUnavailable, at.Child("maxUnavailable"));
        SelectorRules.Validate(errors, spec.Selector, at.Child("selector"));
        if (spec.UnhealthyPodEvictionPolicy is { } policy)
        {
            errors.OneOf(at.Child("unhealthyPodEvictionPolicy"), policy, "AlwaysAllow", "IfHealthyBudget");
        }
    }

    private static void Status(FieldErrors errors, V1PodDisruptionBudgetStatus status, FieldPath at)
    {
        ConditionRules.Conditions(errors, status.Conditions, at.Child("conditions"));
        errors.NotNegative(at.Child("disruptionsAllowed"), (long)status.DisruptionsAllowed);
        errors.NotNegative(at.Child("currentHealthy"), (long)status.CurrentHealthy);
        errors.NotNegative(at.Child("desiredHealthy"), (long)status.DesiredHealthy);
        errors.NotNegative(at.Child("expectedPods"), (long)status.ExpectedPods);
    }
}
