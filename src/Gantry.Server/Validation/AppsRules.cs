using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Handling;

namespace Gantry.Server.Validation;

/// <summary>Deployments, ReplicaSets, DaemonSets, ReplicationControllers and their revisions.</summary>
public static class AppsRules
{
    public static void Deployment(FieldErrors errors, V1Deployment d, V1Deployment? old)
    {
        var (spec, at) = (d.Spec, FieldPath.Root("spec"));
        errors.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        if (SelectorRules.ValidateWorkload(errors, spec.Selector, spec.Template.Metadata.Labels, at))
        {
            Template(errors, spec.Template, at.Child("template"), "ReplicaSet", old?.Spec.Template);
        }

        Strategy(errors, spec.Strategy, at.Child("strategy"));
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        errors.NotNegative(at.Child("revisionHistoryLimit"), (long?)spec.RevisionHistoryLimit);
        if (d.Metadata.Annotations.TryGetValue(InternalForm.RollbackTo, out var revision) && GoInteger.TryParse(revision, "ParseInt", out var number, out _))
        {
            errors.NotNegative(at.Child("rollback").Child("version"), number);
        }

        if (spec.ProgressDeadlineSeconds is { } deadline)
        {
            errors.NotNegative(at.Child("progressDeadlineSeconds"), (long)deadline);
            if (deadline <= spec.MinReadySeconds)
            {
                errors.Invalid(at.Child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
            }
        }

        if (old is not null)
        {
            Selector(errors, spec.Selector, old.Spec.Selector, at);
        }
    }

    private static void Selector(FieldErrors errors, V1LabelSelector? now, V1LabelSelector? old, FieldPath at) => errors.Immutable(at.Child("selector"), Equals(now, old), now);

    private static void Template(FieldErrors errors, V1PodTemplateSpec template, FieldPath at, string kind, V1PodTemplateSpec? old)
    {
        PodRules.Template(errors, template, at, old);
        Restarts(errors, template, at, kind);
    }

    private static void Restarts(FieldErrors errors, V1PodTemplateSpec template, FieldPath at, string kind)
    {
        errors.OneOf(at.Child("spec").Child("restartPolicy"), template.Spec.RestartPolicy, "Always");
        if (template.Spec.ActiveDeadlineSeconds is not null)
        {
            errors.Forbidden(at.Child("spec").Child("activeDeadlineSeconds"), $"activeDeadlineSeconds in {kind} is not Supported");
        }
    }

    private static void Strategy(FieldErrors errors, V1DeploymentStrategy strategy, FieldPath at)
    {
        switch (strategy.Type)
        {
            case "Recreate":
                if (strategy.RollingUpdate is not null)
                {
                    errors.Forbidden(at.Child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
                }

                break;
            case "RollingUpdate":
                if (strategy.RollingUpdate is not { } rolling)
                {
                    errors.Required(at.Child("rollingUpdate"), "this should be defaulted and never be nil");
                    break;
                }

                var path = at.Child("rollingUpdate");
                PositiveIntOrPercent(errors, rolling.MaxUnavailable, path.Child("maxUnavailable"));
                PositiveIntOrPercent(errors, rolling.MaxSurge, path.Child("maxSurge"));
                if (IsZero(rolling.MaxUnavailable) && IsZero(rolling.MaxSurge))
                {
                    errors.InvalidDump(path.Child("maxUnavailable"), GoDump.Of(rolling.MaxUnavailable), "may not be 0 when `maxSurge` is 0");
                }

                NotMoreThanAll(errors, rolling.MaxUnavailable, path.Child("maxUnavailable"));
                break;
            default:
                errors.NotSupportedDump(at, GoDump.Of(strategy), "Recreate", "RollingUpdate");
                break;
        }
    }

    public static void PositiveIntOrPercent(FieldErrors errors, IntOrString? value, FieldPath at)
    {
        if (value is not { } v)
        {
            return;
        }

        if (v.IsInt)
        {
            errors.NotNegative(at, (long)v.IntValue);
        }
        else if (Percent(v) is null)
        {
            errors.InvalidDump(at, GoDump.Of(v), "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        }
    }

    public static void NotMoreThanAll(FieldErrors errors, IntOrString? value, FieldPath at)
    {
        if (value is { IsInt: false } v && Percent(v) > 100)
        {
            errors.InvalidDump(at, GoDump.Of(v), "must not be greater than 100%");
        }
    }

    // Of more digits than a number has, Go keeps the largest number.
    private static long? Percent(IntOrString v)
    {
        var digits = v.StringValue.EndsWith('%') ? v.StringValue[..^1] : "";
        return digits.Length == 0 || !digits.All(char.IsAsciiDigit) ? null
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : long.MaxValue;
    }

    private static bool IsZero(IntOrString? value) => value is not { } v || (v.IsInt ? v.IntValue == 0 : Percent(v) is 0 || (Percent(v) is null && !Number(v)));

    // A text that is a number counts as one here, though it is refused elsewhere.
    private static bool Number(IntOrString v) => int.TryParse(v.StringValue, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n != 0;

    public static void ReplicaSet(FieldErrors errors, V1ReplicaSet r, V1ReplicaSet? old)
    {
        var (spec, at) = (r.Spec, FieldPath.Root("spec"));
        var found = new FieldErrors();
        found.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        found.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        if (SelectorRules.ValidateWorkload(found, spec.Selector, spec.Template.Metadata.Labels, at))
        {
            Template(found, spec.Template, at.Child("template"), "ReplicaSet", old?.Spec.Template);
        }

        errors.AddTimes(found, old is null ? 1 : 2);
        if (old is not null)
        {
            Selector(errors, spec.Selector, old.Spec.Selector, at);
        }
    }

    public static void ReplicationController(FieldErrors errors, V1ReplicationController r, V1ReplicationController? old)
    {
        var (spec, at, found) = (r.Spec, FieldPath.Root("spec"), new FieldErrors());
        found.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        if (spec.Selector.Count == 0)
        {
            found.Required(at.Child("selector"));
        }

        found.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        if (spec.Template is { } template)
        {
            if (spec.Selector.Any(p => template.Metadata.Labels.GetValueOrDefault(p.Key) != p.Value))
            {
                SelectorRules.Mismatch(found, template.Metadata.Labels, at);
            }

            Template(found, template, at.Child("template"), "ReplicationController", old?.Spec.Template);
        }
        else
        {
            found.Required(at.Child("template"));
        }

        errors.AddTimes(found, old is null ? 1 : 2);
    }

    public static void DaemonSet(FieldErrors errors, V1DaemonSet d, V1DaemonSet? old)
    {
        var (spec, at, found) = (d.Spec, FieldPath.Root("spec"), new FieldErrors());
        SelectorRules.Validate(found, spec.Selector, at.Child("selector"));
        if (!found.Any && (spec.Selector is null || (!SelectorRules.IsEmpty(spec.Selector) && !SelectorRules.Matches(spec.Selector, spec.Template.Metadata.Labels))))
        {
            SelectorRules.Mismatch(found, spec.Template.Metadata.Labels, at);
        }

        if (spec.Selector is { } selector && SelectorRules.IsEmpty(selector))
        {
            found.InvalidDump(at.Child("selector"), GoDump.Of(selector), "empty selector is invalid for daemonset");
        }

        Template(found, spec.Template, at.Child("template"), "DaemonSet", old?.Spec.Template);
        found.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        DaemonStrategy(found, spec.UpdateStrategy, at.Child("updateStrategy"));
        found.NotNegative(at.Child("revisionHistoryLimit"), (long?)spec.RevisionHistoryLimit);
        errors.AddTimes(found, old is null ? 1 : 2);
        if (old is not null)
        {
            Selector(errors, spec.Selector, old.Spec.Selector, at);
        }
    }

    private static void DaemonStrategy(FieldErrors errors, V1DaemonSetUpdateStrategy strategy, FieldPath at)
    {
        if (strategy.Type == "OnDelete")
        {
            return;
        }

        if (strategy.Type != "RollingUpdate")
        {
            errors.NotSupportedDump(at, GoDump.Of(strategy), "RollingUpdate", "OnDelete");
            return;
        }

        var path = at.Child("rollingUpdate");
        if (strategy.RollingUpdate is not { } rolling)
        {
            errors.Required(path);
            return;
        }

        PositiveIntOrPercent(errors, rolling.MaxUnavailable, path.Child("maxUnavailable"));
        PositiveIntOrPercent(errors, rolling.MaxSurge, path.Child("maxSurge"));
        NotMoreThanAll(errors, rolling.MaxUnavailable, path.Child("maxUnavailable"));
        NotMoreThanAll(errors, rolling.MaxSurge, path.Child("maxSurge"));
        switch (IsZero(rolling.MaxUnavailable), IsZero(rolling.MaxSurge))
        {
            case (true, true):
                errors.Required(path.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
                break;
            case (false, false):
                errors.InvalidDump(path.Child("maxSurge"), GoDump.Of(rolling.MaxSurge), "may not be set when maxUnavailable is non-zero");
                break;
        }
    }

    public static void ControllerRevision(FieldErrors errors, V1ControllerRevision r, V1ControllerRevision? old)
    {
        if (r.Data is null or { ValueKind: System.Text.Json.JsonValueKind.Null or System.Text.Json.JsonValueKind.Undefined })
        {
            errors.Required(FieldPath.Root("data"), "data is mandatory");
        }

        errors.NotNegative(FieldPath.Root("revision"), r.Revision);
        if (old is not null && !JsonModel.Same(r.Data, old.Data))
        {
            // Data of any kind are bytes to Kubernetes.
            var bytes = GoDump.Bytes(System.Text.Encoding.UTF8.GetBytes(r.Data?.GetRawText() ?? "")).Replace("[]byte", "[]uint8", StringComparison.Ordinal);
            errors.InvalidDump(
                FieldPath.Root("data"),
                "runtime.Unknown{TypeMeta:runtime.TypeMeta{APIVersion:\"\", Kind:\"\"}, Raw:" + bytes + ", ContentEncoding:\"\", ContentType:\"application/json\"}", Rules.Immutable);
        }
    }
}
