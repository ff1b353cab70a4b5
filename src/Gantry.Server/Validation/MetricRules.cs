using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What an autoscaler may look at.</summary>
internal static class MetricRules
{
    private static readonly string[] Types = ["ContainerResource", "External", "Object", "Pods", "Resource"];

    public static void Metric(FieldErrors errors, V2MetricSpec metric, FieldPath at)
    {
        if (metric.Type.Length == 0)
        {
            errors.Required(at.Child("type"), "must specify a metric source type");
        }

        errors.OneOf(at.Child("type"), metric.Type, Types);
        var present = Sources(errors, metric, at);
        var expected = metric.Type switch
        {
            "Object" => "object",
            "Pods" => "pods",
            "Resource" => "resource",
            "External" => "external",
            "ContainerResource" => "containerResource",
            _ => null,
        };
        if (expected is null)
        {
            errors.OneOf(at.Child("type"), metric.Type, Types);
        }
        else if (!present.Contains(expected))
        {
            errors.Required(at.Child(expected), "must populate information for the given metric source");
        }

        if (present.Count == 1)
        {
            return;
        }

        foreach (var other in present.Where(p => p != expected).Order(StringComparer.Ordinal))
        {
            errors.Forbidden(at.Child(other), "must populate the given metric source only");
        }
    }

    // Which sources there are; only the first one is looked into.
    private static List<string> Sources(FieldErrors errors, V2MetricSpec metric, FieldPath at)
    {
        var present = new List<string>();
        void Look<T>(T? source, string name, Action<FieldErrors, T, FieldPath> check)
            where T : class
        {
            if (source is null)
            {
                return;
            }

            present.Add(name);
            if (present.Count == 1)
            {
                check(errors, source, at.Child(name));
            }
        }

        Look(metric.Object, "object", ObjectSource);
        Look(metric.External, "external", ExternalSource);
        Look(metric.Pods, "pods", PodsSource);
        Look(metric.Resource, "resource", ResourceSource);
        Look(metric.ContainerResource, "containerResource", ContainerSource);
        return present;
    }

    private static void ObjectSource(FieldErrors errors, V2ObjectMetricSource source, FieldPath at)
    {
        AutoscalerRules.Reference(errors, source.DescribedObject, at.Child("describedObject"));
        Identifier(errors, source.Metric, at.Child("metric"));
        Target(errors, source.Target, at.Child("target"));
        if (source.Target.Value is null && source.Target.AverageValue is null)
        {
            errors.Required(at.Child("target").Child("averageValue"), "must set either a target value or averageValue");
        }
    }

    private static void ExternalSource(FieldErrors errors, V2ExternalMetricSource source, FieldPath at)
    {
        Identifier(errors, source.Metric, at.Child("metric"));
        Target(errors, source.Target, at.Child("target"));
        if (source.Target.Value is null && source.Target.AverageValue is null)
        {
            errors.Required(at.Child("target").Child("averageValue"), "must set either a target value for metric or a per-pod target");
        }

        if (source.Target.Value is not null && source.Target.AverageValue is not null)
        {
            errors.Forbidden(at.Child("target").Child("value"), "may not set both a target value for metric and a per-pod target");
        }
    }

    private static void PodsSource(FieldErrors errors, V2PodsMetricSource source, FieldPath at)
    {
        Identifier(errors, source.Metric, at.Child("metric"));
        Target(errors, source.Target, at.Child("target"));
        if (source.Target.AverageValue is null)
        {
            errors.Required(at.Child("target").Child("averageValue"), "must specify a positive target averageValue");
        }
    }

    private static void ResourceSource(FieldErrors errors, V2ResourceMetricSource source, FieldPath at)
    {
        if (source.Name.Length == 0)
        {
            errors.Required(at.Child("name"), "must specify a resource name");
        }

        UsageTarget(errors, source.Target, at.Child("target"));
    }

    private static void ContainerSource(FieldErrors errors, V2ContainerResourceMetricSource source, FieldPath at)
    {
        if (source.Name.Length == 0)
        {
            errors.Required(at.Child("name"), "must specify a resource name");
        }
        else
        {
            ResourceRules.ContainerResourceName(errors, source.Name, at.Child("name"));
        }

        if (source.Container.Length == 0)
        {
            errors.Required(at.Child("container"), "must specify a container");
        }
        else
        {
            errors.Invalid(at.Child("container"), source.Container, Rules.DnsLabel(source.Container));
        }

        UsageTarget(errors, source.Target, at.Child("target"));
    }

    private static void UsageTarget(FieldErrors errors, V2MetricTarget target, FieldPath at)
    {
        Target(errors, target, at);
        if (target.AverageUtilization is null && target.AverageValue is null)
        {
            errors.Required(at.Child("averageUtilization"), "must set either a target raw value or a target utilization");
        }

        if (target.AverageUtilization is not null && target.AverageValue is not null)
        {
            errors.Forbidden(at.Child("averageValue"), "may not set both a target raw value and a target utilization");
        }
    }

    private static void Target(FieldErrors errors, V2MetricTarget target, FieldPath at)
    {
        if (target.Type.Length == 0)
        {
            errors.Required(at.Child("type"), "must specify a metric target type");
        }

        if (target.Type is not ("Utilization" or "Value" or "AverageValue"))
        {
            errors.Invalid(at.Child("type"), target.Type, "must be either Utilization, Value, or AverageValue");
        }

        Positive(errors, target.Value, at.Child("value"));
        Positive(errors, target.AverageValue, at.Child("averageValue"));
        if (target.AverageUtilization < 1)
        {
            errors.Invalid(at.Child("averageUtilization"), target.AverageUtilization, "must be greater than 0");
        }
    }

    private static void Positive(FieldErrors errors, Quantity? amount, FieldPath at)
    {
        if (amount is { } set && set.CompareTo(Quantity.Zero) <= 0)
        {
            errors.InvalidDump(at, GoDump.Of(set), "must be positive");
        }
    }

    private static void Identifier(FieldErrors errors, V2MetricIdentifier metric, FieldPath at) =>
        ReferenceRules.Segment(errors, metric.Name, at.Child("name"), "must specify a metric name");
}
