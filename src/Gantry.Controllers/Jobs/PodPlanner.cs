using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;
using Gantry.Controllers.ReplicaSets;

namespace Gantry.Controllers.Jobs;

/// <summary>The change of a Job's pods and what it leaves.</summary>
internal sealed record PodChange(IReadOnlyList<Intent> Intents, int Active, int Ready, int Terminating, TimeSpan? Wait)
{
    public static PodChange None(Tally tally) => new([], tally.Active.Count, tally.Ready, tally.Terminating, null);
}

/// <summary>Decides which pods a Job makes and deletes. Pure.</summary>
internal static class PodPlanner
{
    /// <summary>Pods made or deleted in one go at most; the rest waits for the next look.</summary>
    private const int Burst = 500;

    /// <summary>Ends all pods of a Job that is to end. They keep their finalizer, so that they are counted.</summary>
    public static PodChange End(Tally tally) =>
        tally.Active.Count == 0 ? PodChange.None(tally)
        : new([new Together([.. tally.Active.Select(p => Delete(tally.Job, p))])], 0, 0, tally.Terminating + tally.Active.Count, null);

    public static PodChange Plan(Tally tally)
    {
        var job = tally.Job;
        var active = tally.Active.Count;
        var wanted = JobPods.IsSuspended(job) ? 0 : Wanted(tally);

        // 1. Too many, or several of one index: these go before anything new is made.
        var surplus = Surplus(tally, Math.Max(0, active - wanted)).Take(Burst).ToList();
        if (surplus.Count > 0)
        {
            // A pod that the Job itself takes away is no failure; without the finalizer nobody counts it.
            List<Intent> release = [.. surplus.Where(JobPods.IsTracked).Select(p => Owners.RemoveFinalizer(p, JobPods.Finalizer))];
            List<Intent> delete = [.. surplus.Select(p => Delete(job, p))];
            return new(
                [new Together(release), new Together(delete)], active - surplus.Count, tally.Ready - surplus.Count(PodFacts.IsReady), tally.Terminating + surplus.Count, null);
        }

        var missing = wanted - active - (JobPods.ReplacesOnlyFailed(job) ? tally.Terminating : 0);
        if (missing <= 0 || JobPods.IsSuspended(job))
        {
            return PodChange.None(tally);
        }

        // 2. Too few: after a failure only when its pause is over.
        if (!JobPods.PerIndex(job) && tally.Retries.Rest(tally.Now) is { Ticks: > 0 } rest)
        {
            return PodChange.None(tally) with { Wait = rest };
        }

        missing = Math.Min(missing, Burst);
        var (made, wait) = JobPods.IsIndexed(job) ? Indexed(tally, missing) : ([.. Enumerable.Repeat(NewPods.Plain(job), missing)], null);
        return made.Count == 0
            ? PodChange.None(tally) with { Wait = wait }
            : new([new Together([.. made.Select(p => Create(job, p))])], active + made.Count, tally.Ready, tally.Terminating, wait);
    }

    private static int Wanted(Tally tally)
    {
        var parallelism = tally.Job.Spec.Parallelism ?? 1;
        if (tally.Job.Spec.Completions is not { } completions)
        {
            // A work queue: after the first success the others are left to finish, and nobody takes the place of those that do.
            return tally.Succeeded > 0 ? tally.Active.Count : parallelism;
        }

        return Math.Clamp(completions - tally.Succeeded - (tally.FailedIndexes?.Count ?? 0), 0, parallelism);
    }

    private static List<V1Pod> Surplus(Tally tally, int least)
    {
        var gone = new List<V1Pod>();
        var rest = tally.Active;
        if (JobPods.IsIndexed(tally.Job))
        {
            gone.AddRange(tally.Active.Where(p => JobPods.IndexOf(p, tally.Job) is null));
            foreach (var same in tally.Active.GroupBy(p => JobPods.IndexOf(p, tally.Job)).Where(g => g.Key is not null))
            {
                gone.AddRange(Sort(same, tally.Now).SkipLast(1));
            }

            rest = [.. tally.Active.Except(gone, ReferenceEqualityComparer.Instance).Cast<V1Pod>()];
        }

        gone.AddRange(Sort(rest, tally.Now).Take(Math.Max(0, least - gone.Count)));
        return gone;
    }

    private static IEnumerable<V1Pod> Sort(IEnumerable<V1Pod> pods, DateTimeOffset now) => DeletionOrder.Sort(pods, new Dictionary<string, int>(), now);

    private static (List<V1Pod> Made, TimeSpan? Wait) Indexed(Tally tally, int missing)
    {
        var taken = tally.SucceededIndexes.With(tally.Indexes(tally.Active)).With(tally.FailedIndexes ?? IndexSet.Empty);
        if (JobPods.ReplacesOnlyFailed(tally.Job))
        {
            taken = taken.With(tally.Indexes(tally.Pods.Where(JobPods.IsTerminating)));
        }

        var made = new List<V1Pod>();
        TimeSpan? wait = null;
        foreach (var index in taken.FirstMissing(missing, tally.Completions))
        {
            var before = tally.Kept.GetValueOrDefault(index);
            var rest = before is null ? TimeSpan.Zero : JobRetries.Rest(JobPods.FailuresBefore(before) + 1, JobPods.EndedAt(before), tally.Now);
            if (rest == TimeSpan.Zero)
            {
                made.Add(NewPods.Indexed(tally.Job, index, before));
            }
            else if (wait is null || rest < wait)
            {
                wait = rest;
            }
        }

        return (made, wait);
    }

    private static Create<V1Pod> Create(V1Job job, V1Pod pod) => new(pod)
    {
        Announce = new Announcement(ObjectReferences.To(job), "SuccessfulCreate", "Created pod: {0}", "FailedCreate", "Error creating: {0}"),
    };

    private static Delete<V1Pod> Delete(V1Job job, V1Pod pod) => new(ObjectKey.Of(pod), pod.Metadata.Uid)
    {
        Announce = new Announcement(ObjectReferences.To(job), "SuccessfulDelete", "Deleted pod: {0}", "FailedDelete", "Error deleting: {0}"),
    };
}
