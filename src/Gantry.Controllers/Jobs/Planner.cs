using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Jobs;

/// <summary>Runs a Job's pods to completion. Pure; one plan is one step, the next view gives the next step.</summary>
public static class JobPlanner
{
    private const string Manager = "kubernetes.io/job-controller";

    /// <summary>Whether the Job is left to some other controller.</summary>
    public static bool IsForeign(V1Job job) => job.Spec.ManagedBy is { } manager && manager != Manager;

    /// <summary>The condition with which the Job ended, or null while it has not.</summary>
    public static V1JobCondition? Ended(V1Job job) => job.Status.Conditions.FirstOrDefault(c => c.Type is "Complete" or "Failed" && c.Status == "True");

    public static JobPlan Plan(JobView view)
    {
        var job = view.Job;
        if (IsForeign(job) || Selecting.NotEmpty(job.Spec.Selector) is not { } selector)
        {
            return new JobPlan([], [], view.Retries, null);
        }

        var claim = Claims.Sort(job.Metadata, Owners.Reference(job), selector, view.Pods, finalizer: JobPods.Finalizer);
        if (Ended(job) is not null)
        {
            return new JobPlan([], Release(claim.Mine), JobRetries.None, null);
        }

        var started = Start(job, view.Now);
        var tally = new Tally(view with { Job = started }, claim.Mine);
        var verdict = Verdict.Of(tally);

        // 1. Pods: all must go when the Job is to end; otherwise as many run as it wants now.
        var managed = verdict is null && !view.Hold && job.Metadata.DeletionTimestamp is null;
        var change = view.Hold ? PodChange.None(tally)
            : verdict is not null ? PodPlanner.End(tally)
            : managed ? PodPlanner.Plan(tally)
            : PodChange.None(tally);
        verdict ??= IsComplete(tally, change.Active) ? Verdict.Completed : null;
        if (change.Active > 0 && verdict is not null)
        {
            // Only when deleting them was refused: what still runs must not be declared ended.
            verdict = null;
        }

        // 2. Counting what ended, in steps that survive a crash between any two of them.
        var tracking = StatusPlanner.Plan(tally, change, verdict, managed, job.Status, out var more);
        var look = more ? TimeSpan.FromSeconds(1) : Soonest(change.Wait, verdict is null ? Verdict.Deadline(tally) : null);
        return new JobPlan([.. claim.Intents, .. change.Intents], tracking, tally.Retries, look);
    }

    /// <summary>Frees tracked pods that no Job will count: of Jobs that ended or are gone.</summary>
    public static IReadOnlyList<Intent> Release(IEnumerable<V1Pod> pods)
    {
        List<Intent> tracked = [.. pods.Where(JobPods.IsTracked).Select(p => Owners.RemoveFinalizer(p, JobPods.Finalizer))];
        return tracked.Count == 0 ? [] : [new Together(tracked)];
    }

    private static V1Job Start(V1Job job, DateTimeOffset now) =>
        job.Status.StartTime is not null || JobPods.IsSuspended(job) ? job : job with { Status = job.Status with { StartTime = now } };

    private static bool IsComplete(Tally tally, int active) => active == 0
        && (tally.Job.Spec.Completions is { } completions ? tally.Succeeded >= completions : tally.Succeeded > 0);

    private static TimeSpan? Soonest(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;
}
