using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>CronJobs.</summary>
internal static class CronJobRules
{
    private const int LongestName = 52; // a job's name adds eleven characters, and is a label

    public static void CronJob(FieldErrors errors, V1CronJob job, V1CronJob? old)
    {
        var (spec, before, at) = (job.Spec, old?.Spec, FieldPath.Root("spec"));
        if (spec.Schedule.Length == 0)
        {
            errors.Required(at.Child("schedule"));
        }
        else
        {
            Schedule(errors, spec, before?.Schedule.Contains("TZ", StringComparison.Ordinal) == true, at.Child("schedule"));
        }

        errors.NotNegative(at.Child("startingDeadlineSeconds"), spec.StartingDeadlineSeconds);
        if (spec.TimeZone is { } zone && (before is null || before.TimeZone != zone))
        {
            TimeZoneRule(errors, zone, at.Child("timeZone"));
        }

        errors.RequiredOneOf(at.Child("concurrencyPolicy"), spec.ConcurrencyPolicy, "Allow", "Forbid", "Replace");
        var template = at.Child("jobTemplate").Child("spec");
        JobRules.Spec(errors, spec.JobTemplate.Spec, template, before?.JobTemplate.Spec.Template);
        if (spec.JobTemplate.Spec.Selector is { } selector)
        {
            errors.InvalidDump(template.Child("selector"), GoDump.Of(selector), "`selector` will be auto-generated");
        }

        if (spec.JobTemplate.Spec.ManualSelector == true)
        {
            errors.NotSupportedDump(template.Child("manualSelector"), "true", "nil", "false");
        }

        errors.NotNegative(at.Child("successfulJobsHistoryLimit"), (long?)spec.SuccessfulJobsHistoryLimit);
        errors.NotNegative(at.Child("failedJobsHistoryLimit"), (long?)spec.FailedJobsHistoryLimit);
        if (old is null && job.Metadata.Name.Length > LongestName)
        {
            errors.Invalid(FieldPath.Root("metadata").Child("name"), job.Metadata.Name, Rules.TooLong(LongestName));
        }
    }

    private static void Schedule(FieldErrors errors, V1CronJobSpec spec, bool zoneAllowed, FieldPath at)
    {
        if (CronRules.Check(spec.Schedule) is { } wrong)
        {
            errors.Invalid(at, spec.Schedule, wrong);
        }

        if (!spec.Schedule.Contains("TZ", StringComparison.Ordinal))
        {
            return;
        }

        if (!zoneAllowed)
        {
            errors.Invalid(at, spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        else if (spec.TimeZone is not null)
        {
            errors.Invalid(at, spec.Schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        }
    }

    private static void TimeZoneRule(FieldErrors errors, string zone, FieldPath at)
    {
        if (zone.Length == 0)
        {
            errors.Invalid(at, zone, "timeZone must be nil or non-empty string");
            return;
        }

        if (zone.Split('/').Any(part => part is "." or ".." || part.Length is 0 or > 14 || part[0] == '-' || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+')))
        {
            errors.Invalid(at, zone, "unknown time zone " + zone);
            return;
        }

        if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(at, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }

        if (!CronRules.IsZone(zone))
        {
            errors.Invalid(at, zone, "unknown time zone " + zone);
        }
    }
}
