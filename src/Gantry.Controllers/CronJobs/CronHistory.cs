using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Jobs;

namespace Gantry.Controllers.CronJobs;

/// <summary>How many ended Jobs of a CronJob stay.</summary>
internal static class CronHistory
{
    public static IReadOnlyList<Intent> Trim(CronView view)
    {
        var spec = view.CronJob.Spec;
        return [.. Oldest(view, "Complete", spec.SuccessfulJobsHistoryLimit), .. Oldest(view, "Failed", spec.FailedJobsHistoryLimit)];
    }

    public static Delete<V1Job> Remove(V1CronJob cron, V1Job job, string message) => new(ObjectKey.Of(job), job.Metadata.Uid)
    {
        Propagation = "Background",
        Announce = new Announcement(ObjectReferences.To(cron), "SuccessfulDelete", message, "FailedDelete", "Deleted job: {0}"),
    };

    private static IEnumerable<Intent> Oldest(CronView view, string condition, int? limit)
    {
        if (limit is not { } keep)
        {
            return [];
        }

        var ended = view.Jobs.Where(j => JobPlanner.Ended(j)?.Type == condition && j.Metadata.DeletionTimestamp is null)
            .OrderBy(j => j.Status.StartTime ?? DateTimeOffset.MaxValue).ThenBy(j => j.Metadata.Name, StringComparer.Ordinal).ToList();
        return ended.Take(Math.Max(0, ended.Count - keep)).Select(j => Remove(view.CronJob, j, "Deleted job: {0}"));
    }
}
