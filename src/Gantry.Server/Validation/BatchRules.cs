using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Jobs and CronJobs.</summary>
public static class BatchRules
{
    private const int MaxParallelismForIndexed = 100_000;

    public static void Job(FieldErrors errors, V1Job job, V1Job? old)
    {
        var at = FieldPath.Root("spec");
        Spec(errors, job.Spec, at);
        if (job.Metadata.Name.Length > 63)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), job.Metadata.Name, Rules.TooLong(63));
        }

        if (job.Spec.Selector is null)
        {
            errors.Required(at.Child("selector"));
        }
        else if (!SelectorRules.Matches(job.Spec.Selector, job.Spec.Template.Metadata.Labels))
        {
            errors.InvalidDump(at.Child("template").Child("metadata").Child("labels"), GoDump.Map(job.Spec.Template.Metadata.Labels), "`selector` does not match template `labels`");
        }

        if (job.Spec.ManualSelector != true)
        {
            Generated(errors, job, at);
        }

        if (old is not null)
        {
            JobUpdate(errors, job, old, at);
        }
    }

    // A selector that the server made holds on to the job by its uid.
    private static void Generated(FieldErrors errors, V1Job job, FieldPath at)
    {
        var (uid, name, labels) = (job.Metadata.Uid, job.Metadata.Name, job.Spec.Template.Metadata.Labels);
        var path = at.Child("template").Child("metadata").Child("labels");
        foreach (var (key, expected) in (ReadOnlySpan<(string, string)>)
            [("controller-uid", uid), ("batch.kubernetes.io/controller-uid", uid), ("job-name", name), ("batch.kubernetes.io/job-name", name)])
        {
            if (!labels.TryGetValue(key, out var found))
            {
                errors.Required(path.Key(key), $"must be '{expected}'");
            }
            else if (found != expected)
            {
                errors.InvalidDump(path.Key(key), GoDump.Map(labels), $"must be '{expected}'");
            }
        }

        if (job.Spec.Selector is { } selector
            && !(selector.MatchExpressions.Count == 0 && selector.MatchLabels.Count == 1
                && (selector.MatchLabels.GetValueOrDefault("batch.kubernetes.io/controller-uid") ?? selector.MatchLabels.GetValueOrDefault("controller-uid")) == uid))
        {
            errors.InvalidDump(at.Child("selector"), GoDump.Of(selector), "`selector` not auto-generated");
        }
    }

    private static void JobUpdate(FieldErrors errors, V1Job job, V1Job old, FieldPath at)
    {
        var (now, before) = (job.Spec, old.Spec);
        if (now.CompletionMode != "Indexed" || before.CompletionMode != "Indexed" || now.Completions != now.Parallelism)
        {
            errors.Immutable(at.Child("completions"), now.Completions == before.Completions, now.Completions);
        }

        errors.Immutable(at.Child("selector"), Equals(now.Selector, before.Selector), now.Selector);
        // a job that has not started may change where its pods are placed
        var suspended = before.Suspend == true && old.Status.StartTime is null;
        var template = suspended ? Unplaced(now.Template) : now.Template;
        errors.Immutable(at.Child("template"), template.Equals(suspended ? Unplaced(before.Template) : before.Template), now.Template);
        errors.Immutable(at.Child("completionMode"), now.CompletionMode == before.CompletionMode, now.CompletionMode);
        errors.Immutable(at.Child("podFailurePolicy"), Equals(now.PodFailurePolicy, before.PodFailurePolicy), now.PodFailurePolicy);
        errors.Immutable(at.Child("backoffLimitPerIndex"), now.BackoffLimitPerIndex == before.BackoffLimitPerIndex, now.BackoffLimitPerIndex);
        errors.Immutable(at.Child("managedBy"), now.ManagedBy == before.ManagedBy, now.ManagedBy);
        errors.Immutable(at.Child("successPolicy"), Equals(now.SuccessPolicy, before.SuccessPolicy), now.SuccessPolicy);
    }

    private static V1PodTemplateSpec Unplaced(V1PodTemplateSpec t) => t with
    {
        Metadata = t.Metadata with { Labels = JsonModel.Empty<string>(), Annotations = JsonModel.Empty<string>() },
        Spec = t.Spec with { NodeSelector = JsonModel.Empty<string>(), Affinity = null, Tolerations = [], SchedulingGates = [] },
    };

    public static void Spec(FieldErrors errors, V1JobSpec spec, FieldPath at)
    {
        errors.NotNegative(at.Child("parallelism"), (long?)spec.Parallelism);
        errors.NotNegative(at.Child("completions"), (long?)spec.Completions);
        errors.NotNegative(at.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds);
        errors.NotNegative(at.Child("backoffLimit"), (long?)spec.BackoffLimit);
        errors.NotNegative(at.Child("ttlSecondsAfterFinished"), (long?)spec.TtlSecondsAfterFinished);
        errors.NotNegative(at.Child("backoffLimitPerIndex"), (long?)spec.BackoffLimitPerIndex);
        errors.NotNegative(at.Child("maxFailedIndexes"), (long?)spec.MaxFailedIndexes);
        if (spec.CompletionMode is { } mode)
        {
            errors.OneOf(at.Child("completionMode"), mode, "NonIndexed", "Indexed");
            if (mode == "Indexed")
            {
                if (spec.Completions is null)
                {
                    errors.Required(at.Child("completions"), "when completion mode is Indexed");
                }

                if (spec.Parallelism > MaxParallelismForIndexed)
                {
                    errors.Invalid(at.Child("parallelism"), spec.Parallelism, "must be less than or equal to 100000 when completion mode is Indexed");
                }
            }
        }

        if (spec.BackoffLimitPerIndex is not null && spec.CompletionMode != "Indexed")
        {
            errors.Invalid(at.Child("backoffLimitPerIndex"), spec.BackoffLimitPerIndex, "requires indexed completion mode");
        }

        if (spec.PodReplacementPolicy is { } replacement)
        {
            errors.OneOf(at.Child("podReplacementPolicy"), replacement, "Failed", "TerminatingOrFailed");
        }

        PodFailurePolicy(errors, spec, at.Child("podFailurePolicy"));
        PodRules.Template(errors, spec.Template, at.Child("template"));
        var restart = at.Child("template").Child("spec").Child("restartPolicy");
        if (spec.Template.Spec.RestartPolicy is "" or "Always")
        {
            errors.Required(restart, "valid values: \"OnFailure\", \"Never\"");
        }
        else if (spec.Template.Spec.RestartPolicy is not ("OnFailure" or "Never"))
        {
            errors.OneOf(restart, spec.Template.Spec.RestartPolicy, "OnFailure", "Never");
        }
        else if (spec.PodFailurePolicy is not null && spec.Template.Spec.RestartPolicy != "Never")
        {
            errors.Invalid(restart, spec.Template.Spec.RestartPolicy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    private static void PodFailurePolicy(FieldErrors errors, V1JobSpec spec, FieldPath at)
    {
        for (var i = 0; i < (spec.PodFailurePolicy?.Rules.Count ?? 0); i++)
        {
            var (rule, path) = (spec.PodFailurePolicy!.Rules[i], at.Child("rules").Index(i));
            errors.RequiredOneOf(path.Child("action"), rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
            if (rule.OnExitCodes is null && rule.OnPodConditions.Count == 0)
            {
                errors.InvalidDump(path, GoDump.Of(rule), "specifying one of OnExitCodes and OnPodConditions is required");
            }
            else if (rule.OnExitCodes is not null && rule.OnPodConditions.Count > 0)
            {
                errors.InvalidDump(path, GoDump.Of(rule), "specifying both OnExitCodes and OnPodConditions is not supported");
            }

            if (rule.OnExitCodes is { } codes)
            {
                errors.RequiredOneOf(path.Child("onExitCodes").Child("operator"), codes.Operator, "In", "NotIn");
                if (codes.Values.Count == 0)
                {
                    errors.InvalidDump(path.Child("onExitCodes").Child("values"), "[]", "at least one value is required");
                }
            }
        }
    }

    public static void CronJob(FieldErrors errors, V1CronJob job)
    {
        var (spec, at) = (job.Spec, FieldPath.Root("spec"));
        if (job.Metadata.Name.Length > 52)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), job.Metadata.Name, "must be no more than 52 characters");
        }

        if (spec.Schedule.Length == 0)
        {
            errors.Required(at.Child("schedule"));
        }
        else
        {
            if (spec.Schedule.Contains("TZ", StringComparison.Ordinal))
            {
                errors.Invalid(at.Child("schedule"), spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
            }
            else if (CronRules.Check(spec.Schedule) is { } wrong)
            {
                errors.Invalid(at.Child("schedule"), spec.Schedule, wrong);
            }
        }

        errors.NotNegative(at.Child("startingDeadlineSeconds"), spec.StartingDeadlineSeconds);
        if (spec.TimeZone is { } zone)
        {
            TimeZoneRule(errors, zone, at.Child("timeZone"));
        }

        errors.RequiredOneOf(at.Child("concurrencyPolicy"), spec.ConcurrencyPolicy, "Allow", "Forbid", "Replace");
        Spec(errors, spec.JobTemplate.Spec, at.Child("jobTemplate").Child("spec"));
        errors.NotNegative(at.Child("successfulJobsHistoryLimit"), (long?)spec.SuccessfulJobsHistoryLimit);
        errors.NotNegative(at.Child("failedJobsHistoryLimit"), (long?)spec.FailedJobsHistoryLimit);
    }

    private static void TimeZoneRule(FieldErrors errors, string zone, FieldPath at)
    {
        if (zone.Length == 0)
        {
            errors.Invalid(at, zone, "timeZone must be nil or non-empty string");
        }
        else if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(at, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            errors.Invalid(at, zone, "unknown time zone " + zone);
        }
    }
}
