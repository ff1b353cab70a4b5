using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Jobs;

/// <summary>A Job's pods, counted together with what the status knows already.</summary>
internal sealed class Tally
{
    public Tally(JobView view, IReadOnlyList<V1Pod> pods)
    {
        (Job, Pods, Now) = (view.Job, pods, view.Now);
        Completions = Job.Spec.Completions ?? 0;
        Active = [.. pods.Where(PodFacts.IsActive)];
        Ready = Active.Count(PodFacts.IsReady);
        Terminating = pods.Count(JobPods.IsTerminating);
        var uncounted = Job.Status.UncountedTerminatedPods ?? new V1UncountedTerminatedPods();
        var succeeded = Fresh(uncounted.Succeeded).Where(p => p.Status.Phase == "Succeeded").ToList();
        var failed = Fresh(uncounted.Failed).Where(p => JobPods.IsFailed(p, Job)).ToList();
        Failed = Job.Status.Failed + uncounted.Failed.Count + failed.Count(p => FailureVerdict.Of(Job.Spec.PodFailurePolicy, p).Counts);
        Succeeded = Job.Status.Succeeded + uncounted.Succeeded.Count + succeeded.Count;
        Retries = Remember(view.Retries, succeeded, failed);
        if (JobPods.IsIndexed(Job))
        {
            CountIndexes();
            Succeeded = SucceededIndexes.Count;
        }
    }

    public V1Job Job { get; }

    public IReadOnlyList<V1Pod> Pods { get; }

    public DateTimeOffset Now { get; }

    public int Completions { get; }

    /// <summary>The pods that run or will, and nobody deleted.</summary>
    public IReadOnlyList<V1Pod> Active { get; }

    public int Ready { get; }

    public int Terminating { get; }

    public int Succeeded { get; }

    public int Failed { get; }

    public JobRetries Retries { get; }

    /// <summary>The indexes the status has counted already.</summary>
    public IndexSet CountedIndexes { get; private set; } = IndexSet.Empty;

    public IndexSet SucceededIndexes { get; private set; } = IndexSet.Empty;

    /// <summary>Null for a Job without a limit per index.</summary>
    public IndexSet? FailedIndexes { get; private set; }

    /// <summary>By index, the failed pod that is kept until its successor, which takes over its count, is there.</summary>
    public IReadOnlyDictionary<int, V1Pod> Kept { get; private set; } = new Dictionary<int, V1Pod>();

    /// <summary>The indexes of the pods that the filter picks.</summary>
    public IEnumerable<int> Indexes(IEnumerable<V1Pod> pods) => pods.Select(p => JobPods.IndexOf(p, Job)).Where(i => i is not null).Select(i => i!.Value);

    /// <summary>The pods that neither the status nor its list of pods to be counted has, and that count.</summary>
    private IEnumerable<V1Pod> Fresh(IReadOnlyList<string> uncounted) =>
        Pods.Where(p => JobPods.IsTracked(p) && !uncounted.Contains(p.Metadata.Uid) && (!JobPods.IsIndexed(Job) || JobPods.IndexOf(p, Job) is not null));

    private static JobRetries Remember(JobRetries before, List<V1Pod> succeeded, List<V1Pod> failed)
    {
        var success = succeeded.Select(JobPods.EndedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        var later = failed.Select(JobPods.EndedAt).Where(at => at >= success).ToList();
        var known = succeeded.Count > 0 && before.Last is { } last && last <= success ? JobRetries.None : before;
        return later.Count == 0 ? known : new JobRetries(known.Failures + later.Count, later.Max());
    }

    private void CountIndexes()
    {
        CountedIndexes = IndexSet.Parse(Job.Status.CompletedIndexes, Completions);
        SucceededIndexes = CountedIndexes.With(Indexes(Pods.Where(p => p.Status.Phase == "Succeeded" && JobPods.IsTracked(p))));
        if (JobPods.PerIndex(Job))
        {
            FailedIndexes = IndexSet.Parse(Job.Status.FailedIndexes ?? "", Completions).With(Indexes(Pods.Where(p => JobPods.IsTracked(p) && FailsIndex(p))));
            Kept = Keep(FailedIndexes);
        }
    }

    private bool FailsIndex(V1Pod pod)
    {
        if (!JobPods.IsFailed(pod, Job))
        {
            return false;
        }

        var verdict = FailureVerdict.Of(Job.Spec.PodFailurePolicy, pod);
        return verdict.Action == "FailIndex" || (verdict.Counts && JobPods.Number(pod, JobPods.IndexFailures) >= Job.Spec.BackoffLimitPerIndex);
    }

    private Dictionary<int, V1Pod> Keep(IndexSet failedIndexes)
    {
        var active = Indexes(Active).ToHashSet();
        var kept = new Dictionary<int, V1Pod>();
        foreach (var pod in Pods.Where(p => JobPods.IsTracked(p) && JobPods.IsFailed(p, Job)))
        {
            if (JobPods.IndexOf(pod, Job) is { } index && !SucceededIndexes.Contains(index) && !failedIndexes.Contains(index) && !active.Contains(index)
                && (!kept.TryGetValue(index, out var other) || Later(pod, other)))
            {
                kept[index] = pod;
            }
        }

        return kept;
    }

    private static bool Later(V1Pod pod, V1Pod other) =>
        (JobPods.FailuresBefore(pod), JobPods.EndedAt(pod)).CompareTo((JobPods.FailuresBefore(other), JobPods.EndedAt(other))) >= 0;
}
