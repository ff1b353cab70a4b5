using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Controllers.Jobs;

/// <summary>What a Job asks about its pods.</summary>
internal static class JobPods
{
    /// <summary>Keeps an ended pod until the Job has counted it.</summary>
    public const string Finalizer = "batch.kubernetes.io/job-tracking";
    public const string Index = "batch.kubernetes.io/job-completion-index";
    public const string IndexFailures = "batch.kubernetes.io/job-index-failure-count";
    public const string IndexIgnoredFailures = "batch.kubernetes.io/job-index-ignored-failure-count";

    public static bool IsIndexed(V1Job job) => job.Spec.CompletionMode == "Indexed";

    public static bool PerIndex(V1Job job) => IsIndexed(job) && job.Spec.BackoffLimitPerIndex is not null;

    public static bool IsSuspended(V1Job job) => job.Spec.Suspend == true;

    /// <summary>Whether a pod is replaced only when it has ended, not already when it is deleted.</summary>
    public static bool ReplacesOnlyFailed(V1Job job) => job.Spec.PodFailurePolicy is not null || job.Spec.PodReplacementPolicy == "Failed";

    public static bool IsTracked(V1Pod pod) => pod.Metadata.Finalizers.Contains(Finalizer);

    public static bool IsTerminating(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null && pod.Status.Phase is not ("Succeeded" or "Failed");

    /// <summary>Whether the pod counts as a failure. A deleted one does, since it may never come to say how it ended.</summary>
    public static bool IsFailed(V1Pod pod, V1Job job) =>
        pod.Status.Phase == "Failed"
        || (!ReplacesOnlyFailed(job) && pod.Metadata.DeletionTimestamp is not null && pod.Status.Phase != "Succeeded");

    /// <summary>The completion index if the pod has one that the Job knows, else null.</summary>
    public static int? IndexOf(V1Pod pod, V1Job job) =>
        pod.Metadata.Annotations.TryGetValue(Index, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index < (job.Spec.Completions ?? 0)
            ? index
            : null;

    public static int Number(V1Pod pod, string annotation) =>
        pod.Metadata.Annotations.TryGetValue(annotation, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>How often pods of the same index failed before this one, ignored failures included.</summary>
    public static int FailuresBefore(V1Pod pod) => Number(pod, IndexFailures) + Number(pod, IndexIgnoredFailures);

    /// <summary>When the pod ended, as well as can be known.</summary>
    public static DateTimeOffset EndedAt(V1Pod pod)
    {
        var ends = pod.Status.ContainerStatuses.Select(c => c.State.Terminated?.FinishedAt).ToList();
        if (ends.Count > 0 && ends.TrueForAll(e => e is not null))
        {
            return ends.Max()!.Value;
        }

        var notReady = pod.Status.Conditions.FirstOrDefault(c => c is { Type: "Ready", Status: "False" })?.LastTransitionTime;
        var deleted = pod.Metadata.DeletionTimestamp?.AddSeconds(-(pod.Metadata.DeletionGracePeriodSeconds ?? 0));
        return notReady ?? deleted ?? pod.Metadata.CreationTimestamp ?? DateTimeOffset.UnixEpoch;
    }
}
