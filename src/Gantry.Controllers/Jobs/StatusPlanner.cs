using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Jobs;

/// <summary>
/// Counts ended pods exactly once. A pod is first listed in the status as ended, then loses its finalizer, then moves from the list to the
/// counts; so it is neither lost nor counted twice, whenever the process stops in between.
/// </summary>
internal static class StatusPlanner
{
    /// <summary>Ended pods listed in the status at once, which bounds its size.</summary>
    private const int MostUncounted = 500;

    /// <param name="tally">The counts; its Job has its start time.</param>
    /// <param name="change">What this plan does to the pods.</param>
    /// <param name="verdict">How the Job is to end, or null.</param>
    /// <param name="managed">Whether this plan decided about the pods, so that suspension may be judged.</param>
    /// <param name="present">The status as it is stored.</param>
    /// <param name="more">Whether more pods ended than one step counts.</param>
    public static IReadOnlyList<Intent> Plan(Tally tally, PodChange change, Verdict? verdict, bool managed, V1JobStatus present, out bool more)
    {
        var job = tally.Job;
        var intents = new List<Intent>();
        var events = new List<Intent>();
        var status = job.Status with { Active = change.Active, Ready = change.Ready, Terminating = change.Terminating };
        if (managed && verdict is null)
        {
            status = Suspension(tally, status, events);
        }

        // 1. List what ended and is not counted yet.
        var (listed, release) = List(tally, Counted(status, tally.Pods), verdict, out more);
        listed = Indexes(tally, listed, release);
        if (verdict is not null)
        {
            listed = listed with { Conditions = JobConditions.With(listed.Conditions, verdict.Interim, "True", verdict.Reason, verdict.Message, tally.Now) };
        }

        // 2. Let those pods go. That they are gone from the list of finalizers is what counts them, with the next look.
        if (release.Count > 0)
        {
            if (listed != present)
            {
                intents.Add(new Update<V1Job>(job with { Status = listed }, "status"));
            }

            intents.Add(new Together([.. release.Select(p => Owners.RemoveFinalizer(p, JobPods.Finalizer))]));
            return [.. intents, .. events];
        }

        // 3. All are counted: the Job may end.
        if (verdict is not null && IsAtRest(listed))
        {
            listed = End(listed, verdict, tally, events);
        }

        if (listed != present)
        {
            intents.Add(new Update<V1Job>(job with { Status = listed }, "status"));
        }

        return [.. intents, .. events];
    }

    /// <summary>The status with the listed pods that have lost their finalizer in its counts.</summary>
    private static V1JobStatus Counted(V1JobStatus status, IReadOnlyList<V1Pod> pods)
    {
        var listed = status.UncountedTerminatedPods ?? new V1UncountedTerminatedPods();
        var tracked = pods.Where(JobPods.IsTracked).Select(p => p.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var rest = new V1UncountedTerminatedPods { Succeeded = [.. listed.Succeeded.Where(tracked.Contains)], Failed = [.. listed.Failed.Where(tracked.Contains)] };
        return status with
        {
            UncountedTerminatedPods = rest,
            Succeeded = status.Succeeded + listed.Succeeded.Count - rest.Succeeded.Count,
            Failed = status.Failed + listed.Failed.Count - rest.Failed.Count,
        };
    }

    private static (V1JobStatus Status, List<V1Pod> Release) List(Tally tally, V1JobStatus status, Verdict? verdict, out bool more)
    {
        var job = tally.Job;
        var indexed = JobPods.IsIndexed(job);
        var succeeded = status.UncountedTerminatedPods!.Succeeded.ToList();
        var failed = status.UncountedTerminatedPods.Failed.ToList();
        var release = new List<V1Pod>();
        var indexes = 0;
        more = false;
        var pods = tally.Pods.Where(p => JobPods.IsTracked(p));
        foreach (var pod in indexed ? pods.OrderBy(p => JobPods.IndexOf(p, job) ?? -1) : pods)
        {
            var isFailed = JobPods.IsFailed(pod, job);
            if (!MayRelease(tally, pod, isFailed, verdict))
            {
                continue;
            }

            if (indexes + succeeded.Count + failed.Count >= MostUncounted)
            {
                more = true;
                break;
            }

            release.Add(pod);
            var uid = pod.Metadata.Uid;
            if (pod.Status.Phase == "Succeeded" && !failed.Contains(uid))
            {
                if (indexed)
                {
                    indexes++;
                }
                else if (!succeeded.Contains(uid))
                {
                    succeeded.Add(uid);
                }
            }
            else if ((isFailed || verdict is { Success: false }) && !failed.Contains(uid) && (!indexed || JobPods.IndexOf(pod, job) is not null)
                && FailureVerdict.Of(job.Spec.PodFailurePolicy, pod).Counts)
            {
                // A Job that fails takes its running pods with it; they failed as well.
                failed.Add(uid);
            }
        }

        return (status with { UncountedTerminatedPods = new V1UncountedTerminatedPods { Succeeded = succeeded, Failed = failed } }, release);
    }

    private static bool MayRelease(Tally tally, V1Pod pod, bool isFailed, Verdict? verdict)
    {
        if (tally.Job.Metadata.DeletionTimestamp is not null || verdict is not null || pod.Status.Phase == "Succeeded")
        {
            return true;
        }

        // The last failed pod of an index stays until its successor has taken over its count.
        return isFailed && !(JobPods.IndexOf(pod, tally.Job) is { } index && tally.Kept.TryGetValue(index, out var kept) && kept.Metadata.Uid == pod.Metadata.Uid);
    }

    private static V1JobStatus Indexes(Tally tally, V1JobStatus status, List<V1Pod> release)
    {
        if (!JobPods.IsIndexed(tally.Job))
        {
            return status;
        }

        // Only what is released now is counted now; the next step counts the rest.
        var completed = tally.CountedIndexes.With(tally.Indexes(release.Where(p => p.Status.Phase == "Succeeded")));
        return status with { Succeeded = completed.Count, CompletedIndexes = completed.ToString(), FailedIndexes = tally.FailedIndexes?.ToString() };
    }

    private static V1JobStatus Suspension(Tally tally, V1JobStatus status, List<Intent> events)
    {
        var (job, now) = (tally.Job, tally.Now);
        var noted = status.Conditions.FirstOrDefault(c => c.Type == "Suspended")?.Status;
        if (JobPods.IsSuspended(job) && noted != "True")
        {
            events.Add(new Tell(ObjectReferences.To(job), "Normal", "Suspended", "Job suspended"));
            return status with { Conditions = JobConditions.With(status.Conditions, "Suspended", "True", "JobSuspended", "Job suspended", now) };
        }

        if (!JobPods.IsSuspended(job) && noted == "True")
        {
            // The deadline counts from the resumption, not from the first start.
            events.Add(new Tell(ObjectReferences.To(job), "Normal", "Resumed", "Job resumed"));
            return status with { StartTime = now, Conditions = JobConditions.With(status.Conditions, "Suspended", "False", "JobResumed", "Job resumed", now) };
        }

        return status;
    }

    private static bool IsAtRest(V1JobStatus status) =>
        status is { Active: 0, Terminating: 0 or null } && status.UncountedTerminatedPods is { Succeeded.Count: 0, Failed.Count: 0 };

    private static V1JobStatus End(V1JobStatus status, Verdict verdict, Tally tally, List<Intent> events)
    {
        var regarding = ObjectReferences.To(tally.Job);
        if (verdict.Success && tally.Job.Spec.Completions is { } completions && tally.Succeeded > completions)
        {
            events.Add(new Tell(regarding, "Warning", "TooManySucceededPods", "Too many succeeded pods running after completion count reached"));
        }

        events.Add(verdict.Success
            ? new Tell(regarding, "Normal", "Completed", "Job completed")
            : new Tell(regarding, "Warning", verdict.Reason, verdict.Message));
        return status with
        {
            Conditions = JobConditions.With(status.Conditions, verdict.Final, "True", verdict.Reason, verdict.Message, tally.Now),
            CompletionTime = verdict.Success ? tally.Now : status.CompletionTime,
        };
    }
}
