using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Jobs;

namespace Gantry.Controllers.TtlAfterFinished;

/// <summary>Deletes Jobs some time after they ended, if they say so. Pure.</summary>
public static class TtlPlanner
{
    /// <summary>The time until the Job is to go: zero or less when it is due, null when it is to stay.</summary>
    public static TimeSpan? Rest(V1Job job, DateTimeOffset now) =>
        job.Metadata.DeletionTimestamp is null && job.Spec.TtlSecondsAfterFinished is { } seconds && JobPlanner.Ended(job)?.LastTransitionTime is { } ended
            ? ended.AddSeconds(seconds) - now
            : null;

    /// <summary>The deletion of the Job that is due; its pods go first, so that nobody sees them without it.</summary>
    public static Delete<V1Job> Remove(V1Job job) =>
        new(ObjectKey.Of(job), job.Metadata.Uid) { Propagation = "Foreground", ResourceVersion = job.Metadata.ResourceVersion };
}
