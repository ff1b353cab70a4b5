using System.Globalization;
using Gantry.Api;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Deployments, ReplicaSets, StatefulSets, DaemonSets, ReplicationControllers.</summary>
public static class AppsRules
{
    public static void Deployment(FieldErrors errors, V1Deployment d, V1Deployment? old)
    {
        var (spec, at) = (d.Spec, FieldPath.Root("spec"));
        errors.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        SelectorRules.ValidateWorkload(errors, spec.Selector, spec.Template.Metadata.Labels, at);
        Template(errors, spec.Template, at.Child("template"), "Always");
        Strategy(errors, spec.Strategy, at.Child("strategy"));
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        errors.NotNegative(at.Child("revisionHistoryLimit"), (long?)spec.RevisionHistoryLimit);
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
            errors.Immutable(at.Child("selector"), Equals(spec.Selector, old.Spec.Selector), spec.Selector);
        }
    }

    private static void Template(FieldErrors errors, V1PodTemplateSpec template, FieldPath at, string restartPolicy)
    {
        PodRules.Template(errors, template, at);
        Restarts(errors, template, at, restartPolicy);
    }

    private static void Restarts(FieldErrors errors, V1PodTemplateSpec template, FieldPath at, string restartPolicy)
    {
        if (template.Spec.RestartPolicy != restartPolicy && template.Spec.RestartPolicy.Length > 0)
        {
            errors.OneOf(at.Child("spec").Child("restartPolicy"), template.Spec.RestartPolicy, restartPolicy);
        }

        if (template.Spec.ActiveDeadlineSeconds is not null)
        {
            errors.Forbidden(at.Child("spec").Child("activeDeadlineSeconds"), "activeDeadlineSeconds in ReplicaSet is not Supported");
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
                errors.RequiredOneOf(at, strategy.Type, "Recreate", "RollingUpdate");
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

    private static int? Percent(IntOrString v) =>
        v.StringValue.EndsWith('%') && int.TryParse(v.StringValue.AsSpan(0, v.StringValue.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    private static bool IsZero(IntOrString? value) => value is not { } v || (v.IsInt ? v.IntValue == 0 : Percent(v) is 0 or null);

    public static void ReplicaSet(FieldErrors errors, V1ReplicaSet r, V1ReplicaSet? old)
    {
        var (spec, at) = (r.Spec, FieldPath.Root("spec"));
        errors.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        SelectorRules.ValidateWorkload(errors, spec.Selector, spec.Template.Metadata.Labels, at);
        Template(errors, spec.Template, at.Child("template"), "Always");
        if (old is not null)
        {
            errors.Immutable(at.Child("selector"), Equals(spec.Selector, old.Spec.Selector), spec.Selector);
        }
    }

    public static void ReplicationController(FieldErrors errors, V1ReplicationController r)
    {
        var (spec, at) = (r.Spec, FieldPath.Root("spec"));
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        if (spec.Selector.Count == 0)
        {
            errors.Required(at.Child("selector"));
        }

        errors.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        if (spec.Template is not { } template)
        {
            errors.Required(at.Child("template"));
            return;
        }

        if (spec.Selector.Any(p => template.Metadata.Labels.GetValueOrDefault(p.Key) != p.Value))
        {
            errors.InvalidDump(at.Child("template").Child("metadata").Child("labels"), GoDump.Map(template.Metadata.Labels), "`selector` does not match template `labels`");
        }

        Template(errors, template, at.Child("template"), "Always");
    }

    public static void StatefulSet(FieldErrors errors, V1StatefulSet s, V1StatefulSet? old)
    {
        var (spec, at) = (s.Spec, FieldPath.Root("spec"));
        switch (spec.PodManagementPolicy)
        {
            case "":
                errors.Required(at.Child("podManagementPolicy"));
                break;
            case "OrderedReady" or "Parallel":
                break;
            default:
                errors.Invalid(at.Child("podManagementPolicy"), spec.PodManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
                break;
        }

        switch (spec.UpdateStrategy.Type)
        {
            case "":
                errors.Required(at.Child("updateStrategy"));
                break;
            case "OnDelete":
                if (spec.UpdateStrategy.RollingUpdate is not null)
                {
                    errors.InvalidDump(at.Child("updateStrategy").Child("rollingUpdate"), GoDump.Of(spec.UpdateStrategy.RollingUpdate), "only allowed for updateStrategy 'RollingUpdate'");
                }

                break;
            case "RollingUpdate":
                errors.NotNegative(at.Child("updateStrategy").Child("rollingUpdate").Child("partition"), (long?)spec.UpdateStrategy.RollingUpdate?.Partition);
                break;
            default:
                errors.InvalidDump(at.Child("updateStrategy"), GoDump.Of(spec.UpdateStrategy), "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }

        if (spec.PersistentVolumeClaimRetentionPolicy is { } retention)
        {
            var path = at.Child("persistentVolumeClaimRetentionPolicy");
            errors.OneOf(path.Child("whenDeleted"), retention.WhenDeleted, "Retain", "Delete");
            errors.OneOf(path.Child("whenScaled"), retention.WhenScaled, "Retain", "Delete");
        }

        errors.NotNegative(at.Child("replicas"), (long?)spec.Replicas);
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        if (spec.Ordinals is { } ordinals)
        {
            errors.NotNegative(at.Child("ordinals").Child("start"), (long)ordinals.Start);
        }

        SelectorRules.ValidateWorkload(errors, spec.Selector, spec.Template.Metadata.Labels, at);
        // The pods get volumes from the claim templates as well; what else is in their spec is checked when they are made.
        MetadataRules.Labels(errors, spec.Template.Metadata.Labels, at.Child("template").Child("labels"));
        MetadataRules.Annotations(errors, spec.Template.Metadata.Annotations, at.Child("template").Child("annotations"));
        Restarts(errors, spec.Template, at.Child("template"), "Always");
        if (old is null)
        {
            return;
        }

        var same = old.Spec with
        {
            Replicas = spec.Replicas, Template = spec.Template, UpdateStrategy = spec.UpdateStrategy, MinReadySeconds = spec.MinReadySeconds, Ordinals = spec.Ordinals,
            RevisionHistoryLimit = spec.RevisionHistoryLimit, PersistentVolumeClaimRetentionPolicy = spec.PersistentVolumeClaimRetentionPolicy,
        };
        if (!same.Equals(spec))
        {
            errors.Forbidden(at, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    public static void DaemonSet(FieldErrors errors, V1DaemonSet d, V1DaemonSet? old)
    {
        var (spec, at) = (d.Spec, FieldPath.Root("spec"));
        SelectorRules.ValidateWorkload(errors, spec.Selector, spec.Template.Metadata.Labels, at);
        Template(errors, spec.Template, at.Child("template"), "Always");
        errors.NotNegative(at.Child("minReadySeconds"), (long)spec.MinReadySeconds);
        errors.NotNegative(at.Child("revisionHistoryLimit"), (long?)spec.RevisionHistoryLimit);
        var update = at.Child("updateStrategy");
        if (spec.UpdateStrategy.Type == "RollingUpdate")
        {
            if (spec.UpdateStrategy.RollingUpdate is not { } rolling)
            {
                errors.Required(update.Child("rollingUpdate"));
            }
            else
            {
                var path = update.Child("rollingUpdate");
                PositiveIntOrPercent(errors, rolling.MaxUnavailable, path.Child("maxUnavailable"));
                PositiveIntOrPercent(errors, rolling.MaxSurge, path.Child("maxSurge"));
                NotMoreThanAll(errors, rolling.MaxUnavailable, path.Child("maxUnavailable"));
                NotMoreThanAll(errors, rolling.MaxSurge, path.Child("maxSurge"));
                if (IsZero(rolling.MaxUnavailable) && IsZero(rolling.MaxSurge))
                {
                    errors.Required(path.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
                }
                else if (!IsZero(rolling.MaxUnavailable) && !IsZero(rolling.MaxSurge))
                {
                    errors.InvalidDump(path.Child("maxSurge"), GoDump.Of(rolling.MaxSurge?.ToString()), "may not be set when maxUnavailable is non-zero");
                }
            }
        }
        else if (spec.UpdateStrategy.Type != "OnDelete")
        {
            errors.OneOf(update, spec.UpdateStrategy.Type, "RollingUpdate", "OnDelete");
        }

        if (old is not null)
        {
            errors.Immutable(at.Child("selector"), Equals(spec.Selector, old.Spec.Selector), spec.Selector);
        }
    }

    public static void ControllerRevision(FieldErrors errors, V1ControllerRevision r, V1ControllerRevision? old)
    {
        if (r.Data is null or { ValueKind: System.Text.Json.JsonValueKind.Null or System.Text.Json.JsonValueKind.Undefined })
        {
            errors.Required(FieldPath.Root("data"), "data is mandatory");
        }

        errors.NotNegative(FieldPath.Root("revision"), r.Revision);
        if (old is not null)
        {
            errors.Immutable(FieldPath.Root("data"), JsonModel.Same(r.Data, old.Data), r.Data?.GetRawText());
        }
    }
}
