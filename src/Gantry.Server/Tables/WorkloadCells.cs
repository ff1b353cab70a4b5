using Gantry.Api.Models;
using Gantry.Api.Trees;

namespace Gantry.Server.Tables;

/// <summary>The cells of what makes pods.</summary>
internal static class WorkloadCells
{
    public static IReadOnlyList<Tree> Deployment(V1Deployment o, string age) =>
    [
        o.Metadata.Name, CellText.Of(o.Status.ReadyReplicas, o.Spec.Replicas ?? 0), o.Status.UpdatedReplicas, o.Status.AvailableReplicas, age,
        CellText.ContainerNames(o.Spec.Template), CellText.Images(o.Spec.Template), CellText.SelectorText(o.Spec.Selector),
    ];

    public static IReadOnlyList<Tree> ReplicaSet(V1ReplicaSet o, string age) =>
    [
        o.Metadata.Name, o.Spec.Replicas ?? 0, o.Status.Replicas, o.Status.ReadyReplicas, age,
        CellText.ContainerNames(o.Spec.Template), CellText.Images(o.Spec.Template), CellText.Selector(o.Spec.Selector),
    ];

    public static IReadOnlyList<Tree> ReplicationController(V1ReplicationController o, string age) =>
    [
        o.Metadata.Name, o.Spec.Replicas ?? 0, o.Status.Replicas, o.Status.ReadyReplicas, age,
        CellText.ContainerNames(o.Spec.Template), CellText.Images(o.Spec.Template), CellText.Labels(o.Spec.Selector),
    ];

    public static IReadOnlyList<Tree> StatefulSet(V1StatefulSet o, string age) =>
    [
        o.Metadata.Name, CellText.Of(o.Status.ReadyReplicas, o.Spec.Replicas ?? 0), age,
        CellText.ContainerNames(o.Spec.Template), CellText.Images(o.Spec.Template),
    ];

    public static IReadOnlyList<Tree> DaemonSet(V1DaemonSet o, string age) =>
    [
        o.Metadata.Name, o.Status.DesiredNumberScheduled, o.Status.CurrentNumberScheduled, o.Status.NumberReady, o.Status.UpdatedNumberScheduled,
        o.Status.NumberAvailable, CellText.Labels(o.Spec.Template.Spec?.NodeSelector ?? JsonModel.Empty<string>()), age,
        CellText.ContainerNames(o.Spec.Template), CellText.Images(o.Spec.Template), CellText.Selector(o.Spec.Selector),
    ];

    public static IReadOnlyList<Tree> Job(V1Job o, string age, DateTimeOffset now)
    {
        var (spec, status) = (o.Spec, o.Status);
        var completions = spec.Completions is { } wanted ? CellText.Of(status.Succeeded, wanted)
            : CellText.Of(status.Succeeded, 1) + (spec.Parallelism > 1 ? " of " + CellText.Number(spec.Parallelism.Value) : "");
        var duration = status.StartTime is not { } started ? "" : HumanTime.Span((status.CompletionTime ?? now) - started);
        return
        [
            o.Metadata.Name, JobStatus(o), completions, duration, age,
            CellText.ContainerNames(spec.Template), CellText.Images(spec.Template), CellText.Selector(spec.Selector),
        ];
    }

    public static IReadOnlyList<Tree> CronJob(V1CronJob o, string age, DateTimeOffset now)
    {
        var template = o.Spec.JobTemplate.Spec;
        return
        [
            o.Metadata.Name, o.Spec.Schedule, o.Spec.TimeZone ?? CellText.None,
            o.Spec.Suspend switch { null => CellText.Unset, true => "True", _ => "False" },
            o.Status.Active.Count, o.Status.LastScheduleTime is { } last ? HumanTime.Since(last, now) : CellText.None, age,
            CellText.ContainerNames(template?.Template), CellText.Images(template?.Template), CellText.Selector(template?.Selector),
        ];
    }

    public static IReadOnlyList<Tree> PodTemplate(V1PodTemplate o) =>
    [
        o.Metadata.Name, CellText.ContainerNames(o.Template), CellText.Images(o.Template), CellText.Labels(o.Template.Metadata.Labels),
    ];

    public static IReadOnlyList<Tree> ControllerRevision(V1ControllerRevision o, string age)
    {
        var owner = o.Metadata.OwnerReferences.FirstOrDefault(r => r.Controller == true);
        var text = CellText.None;
        if (owner is not null)
        {
            var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
            text = owner.Kind.ToLowerInvariant() + (slash < 0 ? "" : "." + owner.ApiVersion[..slash]) + "/" + owner.Name;
        }

        return [o.Metadata.Name, text, o.Revision, age];
    }

    public static IReadOnlyList<Tree> DisruptionBudget(V1PodDisruptionBudget o, string age) =>
    [
        o.Metadata.Name, o.Spec.MinAvailable?.ToString() ?? "N/A", o.Spec.MaxUnavailable?.ToString() ?? "N/A", o.Status.DisruptionsAllowed, age,
    ];

    private static string JobStatus(V1Job o)
    {
        bool Is(string type) => o.Status.Conditions.Any(c => c.Type == type && c.Status == "True");
        return Is("Complete") ? "Complete"
            : Is("Failed") ? "Failed"
            : o.Metadata.DeletionTimestamp is not null ? "Terminating"
            : Is("Suspended") ? "Suspended"
            : Is("FailureTarget") ? "FailureTarget"
            : "Running";
    }
}
