using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>A job's status: it moves forward only, and says nothing of a finished job that contradicts that it is finished.</summary>
internal static class JobStatusRules
{
    private const string Complete = "Complete";
    private const string Failed = "Failed";
    private const string FailureTarget = "FailureTarget";
    private const string SuccessCriteriaMet = "SuccessCriteriaMet";

    private static readonly FieldPath At = FieldPath.Root("status");

    private static readonly FieldPath Conditions = At.Child("conditions");

    private static bool Is(V1Job job, string condition) => job.Status.Conditions.Any(c => c.Type == condition && c.Status == "True");

    private static bool IsFinished(V1Job job) => Is(job, Complete) || Is(job, Failed);

    /// <summary>Everything in the order in which Kubernetes tells it; what stays as it was is mostly left alone.</summary>
    public static void Update(FieldErrors errors, V1Job job, V1Job old)
    {
        Counts(errors, job.Status);
        bool Changed(string condition) => Is(job, condition) != Is(old, condition);
        void Refuse(bool looked, bool wrong, string words)
        {
            if (looked && wrong)
            {
                errors.WithoutValue(Conditions, words);
            }
        }

        var (complete, failed, target, met) = (Is(job, Complete), Is(job, Failed), Is(job, FailureTarget), Is(job, SuccessCriteriaMet));
        Refuse(Changed(Complete) || Changed(Failed), complete && failed, "cannot set Complete=True and Failed=true conditions");
        Refuse(Changed(Complete) || Changed(FailureTarget), complete && target, "cannot set Complete=True and FailureTarget=true conditions");
        Times(errors, job, old);
        Refuse(Changed(Failed) || Changed(FailureTarget), failed && !target, "cannot set Failed=True condition without the FailureTarget=true condition");
        Refuse(Changed(Complete) || Changed(SuccessCriteriaMet), complete && !met, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
        Finished(errors, job, old);
        Indexes(errors, job, old);
        Pods(errors, job, old);
        Refuse(true, met && failed, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
        Refuse(true, met && target, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
        Refuse(true, job.Spec.SuccessPolicy is not null && !met && complete, "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
        Forward(errors, job, old);
    }

    private static void Counts(FieldErrors errors, V1JobStatus s)
    {
        foreach (var (name, count) in (ReadOnlySpan<(string, int?)>)[("active", s.Active), ("succeeded", s.Succeeded), ("failed", s.Failed), ("ready", s.Ready), ("terminating", s.Terminating)])
        {
            errors.NotNegative(At.Child(name), (long?)count);
        }

        if (s.UncountedTerminatedPods is not { } uncounted)
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (list, name) in new[] { (uncounted.Succeeded, "succeeded"), (uncounted.Failed, "failed") })
        {
            for (var i = 0; i < list.Count; i++)
            {
                var path = At.Child("uncountedTerminatedPods").Child(name).Index(i);
                if (list[i].Length == 0)
                {
                    errors.Invalid(path, "", "must not be empty");
                }
                else if (!seen.Add(list[i]))
                {
                    errors.Duplicate(path, list[i]);
                }
            }
        }
    }

    private static void Times(FieldErrors errors, V1Job job, V1Job old)
    {
        var (now, before) = (job.Status, old.Status);
        var (completed, started) = (now.CompletionTime != before.CompletionTime, now.StartTime != before.StartTime);
        var path = At.Child("completionTime");
        if (completed || Is(job, Complete) != Is(old, Complete))
        {
            if (now.CompletionTime is not null && !Is(job, Complete))
            {
                errors.InvalidDump(path, GoDump.Of(now.CompletionTime), "cannot set completionTime when there is no Complete=True condition");
            }
            else if (now.CompletionTime is null && Is(job, Complete))
            {
                errors.Required(path, "completionTime is required for Complete jobs");
            }
        }

        if ((completed || started) && now.CompletionTime < now.StartTime)
        {
            errors.InvalidDump(path, GoDump.Of(now.CompletionTime), "completionTime cannot be set before startTime");
        }
    }

    private static void Finished(FieldErrors errors, V1Job job, V1Job old)
    {
        if (!IsFinished(job))
        {
            return;
        }

        var (now, before) = (job.Status, old.Status);
        var newly = !IsFinished(old);
        if ((newly || now.Active != before.Active) && now.Active > 0)
        {
            errors.Invalid(At.Child("active"), now.Active, "active>0 is invalid for finished job");
        }

        if ((newly || now.StartTime != before.StartTime) && now.StartTime is null)
        {
            errors.Required(At.Child("startTime"), "startTime is required for finished job");
        }

        if ((newly || !Equals(now.UncountedTerminatedPods, before.UncountedTerminatedPods)) && now.UncountedTerminatedPods is { } uncounted && uncounted.Failed.Count + uncounted.Succeeded.Count > 0)
        {
            errors.InvalidDump(At.Child("uncountedTerminatedPods"), GoDump.Of(uncounted), "uncountedTerminatedPods needs to be empty for finished job");
        }
    }

    private static void Pods(FieldErrors errors, V1Job job, V1Job old)
    {
        var (now, before) = (job.Status, old.Status);
        if ((IsFinished(job) != IsFinished(old) || now.Terminating != before.Terminating) && now.Terminating > 0 && IsFinished(job))
        {
            errors.Invalid(At.Child("terminating"), now.Terminating, "terminating>0 is invalid for finished job");
        }

        if ((now.Ready != before.Ready || now.Active != before.Active) && now.Ready > now.Active)
        {
            errors.Invalid(At.Child("ready"), now.Ready, "cannot set more ready pods than active");
        }
    }

    private static void Indexes(FieldErrors errors, V1Job job, V1Job old)
    {
        var (completed, failed) = (job.Status.CompletedIndexes, job.Status.FailedIndexes);
        var (completedChanged, failedChanged) = (completed != old.Status.CompletedIndexes, failed != old.Status.FailedIndexes);
        var all = job.Spec.Completions ?? 0;
        var wrong = job.Spec.Completions is null ? null : JobIndexes.Parse(completed, all, out _);
        if (completedChanged && wrong is not null)
        {
            errors.Invalid(At.Child("completedIndexes"), completed, "error parsing completedIndexes: " + wrong);
        }

        var wrongToo = job.Spec.Completions is null || failed is null ? null : JobIndexes.Parse(failed, all, out _);
        if (failedChanged && job.Spec.BackoffLimitPerIndex is not null && wrongToo is not null)
        {
            errors.Invalid(At.Child("failedIndexes"), failed, "error parsing failedIndexes: " + wrongToo);
        }

        if (completedChanged && completed.Length > 0 && job.Spec.CompletionMode != "Indexed")
        {
            errors.Invalid(At.Child("completedIndexes"), completed, "cannot set non-empty completedIndexes when non-indexed completion mode");
        }

        if (failedChanged && failed is not null && job.Spec.BackoffLimitPerIndex is null)
        {
            errors.Invalid(At.Child("failedIndexes"), failed, "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
        }

        if ((completedChanged || failedChanged) && failed is not null && job.Spec.Completions is not null && Overlap(completed, failed, all) is { } index)
        {
            errors.Invalid(At.Child("failedIndexes"), failed, $"failedIndexes and completedIndexes overlap at index: {index}");
        }
    }

    // What is no interval is told as such, and does not stand in the way of the others.
    private static int? Overlap(string completed, string failed, int completions)
    {
        using var a = JobIndexes.Ranges(completed, completions).GetEnumerator();
        using var b = JobIndexes.Ranges(failed, completions).GetEnumerator();
        var (hasA, hasB) = (a.MoveNext(), b.MoveNext());
        while (hasA && hasB)
        {
            if (a.Current.Low <= b.Current.High && b.Current.Low <= a.Current.High)
            {
                return Math.Max(a.Current.Low, b.Current.Low);
            }

            if (a.Current.Low <= b.Current.Low)
            {
                hasA = a.MoveNext();
            }
            else
            {
                hasB = b.MoveNext();
            }
        }

        return null;
    }

    private static void Forward(FieldErrors errors, V1Job job, V1Job old)
    {
        var (now, before) = (job.Status, old.Status);
        foreach (var condition in (ReadOnlySpan<string>)[Failed, Complete, FailureTarget])
        {
            if (Is(old, condition) && !Is(job, condition))
            {
                errors.WithoutValue(Conditions, $"cannot disable the terminal {condition}=True condition");
            }
        }

        if (now.Failed < before.Failed)
        {
            errors.Invalid(At.Child("failed"), now.Failed, "cannot decrease the failed counter");
        }

        if (now.Succeeded < before.Succeeded && (job.Spec.CompletionMode != "Indexed" || job.Spec.Completions != job.Spec.Parallelism))
        {
            errors.Invalid(At.Child("succeeded"), now.Succeeded, "cannot decrease the succeeded counter");
        }

        if (now.CompletionTime is { } time && before.CompletionTime is { } earlier && time != earlier)
        {
            errors.InvalidDump(At.Child("completionTime"), GoDump.Of(time), "completionTime cannot be mutated");
        }

        if (before.StartTime is not null && now.StartTime != before.StartTime && job.Spec.Suspend != true)
        {
            // Changed or removed, the words are the same.
            errors.Required(At.Child("startTime"), "startTime cannot be removed for unsuspended job");
        }

        if (Is(old, SuccessCriteriaMet) && !Is(job, SuccessCriteriaMet))
        {
            errors.WithoutValue(Conditions, "cannot disable the SuccessCriteriaMet=True condition");
        }

        if (Is(old, Complete) && !Is(old, SuccessCriteriaMet) && Is(job, SuccessCriteriaMet))
        {
            errors.WithoutValue(Conditions, "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
        }
    }
}
