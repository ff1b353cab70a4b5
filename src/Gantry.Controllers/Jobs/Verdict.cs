using Gantry.Api.Models;

namespace Gantry.Controllers.Jobs;

/// <summary>That a Job is to end, before its pods have: kept in the conditions <c>SuccessCriteriaMet</c> or <c>FailureTarget</c> until they have.</summary>
/// <param name="Success">How it ends.</param>
/// <param name="Reason">One word.</param>
/// <param name="Message">A sentence.</param>
internal sealed record Verdict(bool Success, string Reason, string Message)
{
    /// <summary>The condition while pods still run.</summary>
    public string Interim => Success ? "SuccessCriteriaMet" : "FailureTarget";

    /// <summary>The condition when all have ended.</summary>
    public string Final => Success ? "Complete" : "Failed";

    public static Verdict Completed { get; } = new(true, "CompletionsReached", "Reached expected number of succeeded pods");

    /// <summary>The verdict, or null while the Job goes on. One that the status holds already stands.</summary>
    public static Verdict? Of(Tally tally)
    {
        var spec = tally.Job.Spec;
        if (Held(tally.Job, "SuccessCriteriaMet", true) is { } met)
        {
            return met;
        }

        if (Held(tally.Job, "FailureTarget", false) is { } target)
        {
            return target;
        }

        if (FailingPod(tally) is { } why)
        {
            return new Verdict(false, "PodFailurePolicy", why);
        }

        if (tally.Failed > (spec.BackoffLimit ?? 6) || TooManyRestarts(tally))
        {
            return new Verdict(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }

        if (Deadline(tally) is { } rest && rest <= TimeSpan.Zero)
        {
            return new Verdict(false, "DeadlineExceeded", "Job was active longer than specified deadline");
        }

        return tally.FailedIndexes is { } failed && Indexes(tally, failed) is { } indexes ? indexes
            : JobPods.IsIndexed(tally.Job) ? SuccessPolicy(tally)
            : null;
    }

    /// <summary>The time until the Job's deadline; null without one.</summary>
    public static TimeSpan? Deadline(Tally tally) =>
        tally.Job.Spec.ActiveDeadlineSeconds is { } seconds && tally.Job.Status.StartTime is { } start && !JobPods.IsSuspended(tally.Job)
            ? start.AddSeconds(seconds) - tally.Now
            : null;

    private static Verdict? Held(V1Job job, string type, bool success) =>
        job.Status.Conditions.FirstOrDefault(c => c.Type == type && c.Status == "True") is { } held ? new Verdict(success, held.Reason, held.Message) : null;

    private static string? FailingPod(Tally tally) => tally.Job.Spec.PodFailurePolicy is null ? null : tally.Pods
        .Where(p => JobPods.IsFailed(p, tally.Job))
        .Select(p => FailureVerdict.Of(tally.Job.Spec.PodFailurePolicy, p))
        .FirstOrDefault(v => v.Action == "FailJob")?.Message;

    /// <summary>Containers that are restarted in place count as well, because their pods never fail.</summary>
    private static bool TooManyRestarts(Tally tally)
    {
        if (tally.Job.Spec.Template.Spec.RestartPolicy != "OnFailure")
        {
            return false;
        }

        var restarts = tally.Pods.Where(p => p.Status.Phase is "Running" or "Pending")
            .SelectMany(p => p.Status.InitContainerStatuses.Concat(p.Status.ContainerStatuses)).Sum(c => c.RestartCount);
        return restarts > 0 && restarts >= (tally.Job.Spec.BackoffLimit ?? 6);
    }

    private static Verdict? Indexes(Tally tally, IndexSet failed)
    {
        if (tally.Job.Spec.MaxFailedIndexes is { } most && failed.Count > most)
        {
            return new Verdict(false, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        }

        return failed.Count > 0 && failed.Count + tally.SucceededIndexes.Count >= tally.Completions
            ? new Verdict(false, "FailedIndexes", "Job has failed indexes")
            : null;
    }

    private static Verdict? SuccessPolicy(Tally tally)
    {
        var rules = tally.Job.Spec.SuccessPolicy?.Rules ?? [];
        for (var i = 0; i < rules.Count; i++)
        {
            var wanted = rules[i].SucceededIndexes is { } text ? IndexSet.Parse(text, tally.Completions) : null;
            var have = wanted is null ? tally.SucceededIndexes.Count : wanted.Common(tally.SucceededIndexes);
            if ((rules[i].SucceededCount ?? wanted?.Count) is { } need && have >= need)
            {
                return new Verdict(true, "SuccessPolicy", $"Matched rules at index {i}");
            }
        }

        return null;
    }
}
