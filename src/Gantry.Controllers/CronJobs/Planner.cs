using System.Globalization;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Jobs;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.CronJobs;

/// <summary>Makes Jobs when they are due, and removes those that ended long ago. Pure.</summary>
public static class CronPlanner
{
    private const string ScheduledAt = "batch.kubernetes.io/cronjob-scheduled-timestamp";
    private const int MostMissed = 100;

    public static CronPlan Plan(CronView view)
    {
        var cron = view.CronJob;
        var events = new List<Intent>();
        var status = Follow(view, events);
        if (cron.Metadata.DeletionTimestamp is not null)
        {
            return new CronPlan([], status, events, null, null);
        }

        var trim = CronHistory.Trim(view);
        if (cron.Spec.Suspend == true || Schedule(view, events) is not { } schedule)
        {
            return new CronPlan(trim, status, events, null, null);
        }

        // 1. Which time is due, and is it still worth while?
        var look = schedule.Next(view.Now) is { } next ? next - view.Now + TimeSpan.FromMilliseconds(100) : (TimeSpan?)null;
        if (Due(view, schedule, events) is not { } due)
        {
            return new CronPlan(trim, status, events, null, look);
        }

        // 2. What becomes of those that still run?
        var intents = new List<Intent>(trim);
        if (status.Active.Count > 0 && cron.Spec.ConcurrencyPolicy == "Forbid")
        {
            events.Add(Tell(cron, "Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return new CronPlan(trim, status, events, null, look);
        }

        if (cron.Spec.ConcurrencyPolicy == "Replace")
        {
            foreach (var job in view.Jobs.Where(j => status.Active.Any(a => a.Uid == j.Metadata.Uid)))
            {
                intents.Add(CronHistory.Remove(cron, job, "Deleted job {0}"));
            }

            status = status with { Active = [] };
        }

        // 3. The new one. Its name follows from its time, so that it is never made twice.
        var made = Job(cron, due, view);
        intents.Add(new Create<V1Job>(made)
        {
            OrExists = true,
            Announce = new Announcement(ObjectReferences.To(cron), "SuccessfulCreate", "Created job {0}", "FailedCreate", "Error creating job: {0}"),
        });
        return new CronPlan(intents, status with { LastScheduleTime = due }, events, made, look);
    }

    /// <summary>The reference to a Job that runs, as the status lists it.</summary>
    public static V1ObjectReference Reference(V1Job job) => ObjectReferences.To(job);

    /// <summary>The status with the Jobs that are known to run and the last success.</summary>
    private static V1CronJobStatus Follow(CronView view, List<Intent> events)
    {
        var (cron, status) = (view.CronJob, view.CronJob.Status);
        var active = new List<V1ObjectReference>();
        foreach (var listed in status.Active)
        {
            var job = view.Jobs.FirstOrDefault(j => j.Metadata.Uid == listed.Uid);
            if (job is null)
            {
                events.Add(Tell(cron, "Normal", "MissingJob", $"Active job went missing: {listed.Name}"));
            }
            else if (JobPlanner.Ended(job) is { } ended)
            {
                events.Add(Tell(cron, "Normal", "SawCompletedJob", $"Saw completed job: {listed.Name}, condition: {ended.Type}"));
            }
            else
            {
                active.Add(listed);
            }
        }

        foreach (var job in view.Jobs.Where(j => JobPlanner.Ended(j) is null && active.TrueForAll(a => a.Uid != j.Metadata.Uid)))
        {
            // A Job whose making was not noted any more because the process stopped right then has the name of its time; it is not unexpected.
            if (job.Metadata.Name == NameAt(cron, status.LastScheduleTime) || job.Metadata.Annotations.ContainsKey(ScheduledAt))
            {
                active.Add(Reference(job));
            }
            else
            {
                events.Add(Tell(cron, "Warning", "UnexpectedJob", $"Saw a job that the controller did not create or forgot: {job.Metadata.Name}"));
            }
        }

        var success = view.Jobs.Where(j => JobPlanner.Ended(j)?.Type == "Complete").Select(j => j.Status.CompletionTime).Append(status.LastSuccessfulTime).Max();
        return status with { Active = active, LastSuccessfulTime = success };
    }

    private static CronSchedule? Schedule(CronView view, List<Intent> events)
    {
        var cron = view.CronJob;
        var zone = view.LocalZone;
        if (cron.Spec.TimeZone is { } name && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!))
        {
            events.Add(Tell(cron, "Warning", "UnknownTimeZone", $"invalid timeZone: \"{name}\": unknown time zone {name}"));
            return null;
        }

        try
        {
            return CronSchedule.Parse(cron.Spec.Schedule, zone);
        }
        catch (FormatException wrong)
        {
            events.Add(Tell(cron, "Warning", "UnparseableSchedule", $"unparseable schedule: \"{cron.Spec.Schedule}\" : {wrong.Message}"));
            return null;
        }
    }

    private static DateTimeOffset? Due(CronView view, CronSchedule schedule, List<Intent> events)
    {
        var (cron, now) = (view.CronJob, view.Now);
        var deadline = cron.Spec.StartingDeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var earliest = cron.Status.LastScheduleTime ?? cron.Metadata.CreationTimestamp ?? now;
        if (deadline is { } limit && now - limit > earliest)
        {
            earliest = now - limit;
        }

        var (due, tooMany) = schedule.Latest(earliest, now, MostMissed);
        if (tooMany)
        {
            events.Add(Tell(cron, "Warning", "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
        }

        if (due is { } at && deadline is { } most && at + most < now)
        {
            events.Add(Tell(cron, "Warning", "MissSchedule", $"Missed scheduled time to start a job: {at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)}"));
            return null;
        }

        return due == cron.Status.LastScheduleTime || view.Jobs.Any(j => j.Metadata.Name == NameAt(cron, due)) ? null : due;
    }

    private static string NameAt(V1CronJob cron, DateTimeOffset? at) =>
        string.Create(CultureInfo.InvariantCulture, $"{cron.Metadata.Name}-{at?.ToUnixTimeSeconds() / 60}");

    private static V1Job Job(V1CronJob cron, DateTimeOffset due, CronView view)
    {
        var template = cron.Spec.JobTemplate;
        var local = cron.Spec.TimeZone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? TimeZoneInfo.ConvertTime(due, zone) : TimeZoneInfo.ConvertTime(due, view.LocalZone);
        var stamp = local.ToString(local.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return new V1Job
        {
            Metadata = new V1ObjectMeta
            {
                Namespace = cron.Metadata.Namespace,
                Name = NameAt(cron, due),
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations.With(ScheduledAt, stamp),
                OwnerReferences = [Owners.Reference(cron)],
            },
            Spec = template.Spec,
        };
    }

    private static Tell Tell(V1CronJob cron, string type, string reason, string message) => new(ObjectReferences.To(cron), type, reason, message);
}
