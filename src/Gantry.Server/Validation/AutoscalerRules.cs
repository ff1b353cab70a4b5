using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Horizontal pod autoscalers of either version, in the newer form.</summary>
public static class AutoscalerRules
{
    private const int LongestWindow = 3600;
    private const int LongestPeriod = 1800;

    /// <summary>An autoscaler, or its status.</summary>
    public static void Autoscaler(FieldErrors errors, V2HorizontalPodAutoscaler autoscaler, V2HorizontalPodAutoscaler? old, string subresource)
    {
        if (subresource == "status")
        {
            var status = FieldPath.Root("status");
            errors.NotNegative(status.Child("currentReplicas"), (long)autoscaler.Status.CurrentReplicas);
            errors.NotNegative(status.Child("desiredReplicas"), (long)autoscaler.Status.DesiredReplicas);
            return;
        }

        var (spec, at) = (autoscaler.Spec, FieldPath.Root("spec"));
        var lowest = old?.Spec.MinReplicas == 0 ? 0 : 1;
        if (spec.MinReplicas < lowest)
        {
            errors.Invalid(at.Child("minReplicas"), spec.MinReplicas, lowest == 0 ? Rules.NotNegative : "must be greater than or equal to 1");
        }

        if (spec.MaxReplicas < 1)
        {
            errors.Invalid(at.Child("maxReplicas"), spec.MaxReplicas, "must be greater than 0");
        }

        if (spec.MinReplicas > spec.MaxReplicas)
        {
            errors.Invalid(at.Child("maxReplicas"), spec.MaxReplicas, "must be greater than or equal to `minReplicas`");
        }

        Reference(errors, spec.ScaleTargetRef, at.Child("scaleTargetRef"));
        for (var i = 0; i < spec.Metrics.Count; i++)
        {
            MetricRules.Metric(errors, spec.Metrics[i], at.Child("metrics").Index(i));
        }

        if (spec.MinReplicas == 0 && !spec.Metrics.Any(m => m.Type is "Object" or "External"))
        {
            errors.Forbidden(at.Child("metrics"), "must specify at least one Object or External metric to support scaling to zero replicas");
        }

        Scaling(errors, spec.Behavior?.ScaleUp, at.Child("behavior").Child("scaleUp"));
        Scaling(errors, spec.Behavior?.ScaleDown, at.Child("behavior").Child("scaleDown"));
    }

    internal static void Reference(FieldErrors errors, V2CrossVersionObjectReference reference, FieldPath at)
    {
        ReferenceRules.Segment(errors, reference.Kind, at.Child("kind"));
        ReferenceRules.Segment(errors, reference.Name, at.Child("name"));
    }

    private static void Scaling(FieldErrors errors, V2HPAScalingRules? rules, FieldPath at)
    {
        if (rules is null)
        {
            return;
        }

        if (rules.StabilizationWindowSeconds < 0)
        {
            errors.Invalid(at.Child("stabilizationWindowSeconds"), rules.StabilizationWindowSeconds, "must be greater than or equal to zero");
        }

        if (rules.StabilizationWindowSeconds > LongestWindow)
        {
            errors.Invalid(at.Child("stabilizationWindowSeconds"), rules.StabilizationWindowSeconds, "must be less than or equal to 3600");
        }

        if (rules.SelectPolicy is { } policy)
        {
            errors.OneOf(at.Child("selectPolicy"), policy, "Disabled", "Max", "Min");
        }

        if (rules.Policies.Count == 0)
        {
            errors.Required(at.Child("policies"), "must specify at least one Policy");
        }

        for (var i = 0; i < rules.Policies.Count; i++)
        {
            ScalingPolicy(errors, rules.Policies[i], at.Child("policies").Index(i));
        }
    }

    private static void ScalingPolicy(FieldErrors errors, V2HPAScalingPolicy policy, FieldPath at)
    {
        errors.OneOf(at.Child("type"), policy.Type, "Percent", "Pods");
        if (policy.Value <= 0)
        {
            errors.Invalid(at.Child("value"), policy.Value, "must be greater than zero");
        }

        if (policy.PeriodSeconds <= 0)
        {
            errors.Invalid(at.Child("periodSeconds"), policy.PeriodSeconds, "must be greater than zero");
        }

        if (policy.PeriodSeconds > LongestPeriod)
        {
            errors.Invalid(at.Child("periodSeconds"), policy.PeriodSeconds, "must be less than or equal to 1800");
        }
    }
}
