using Gantry.Api.Models;

namespace Gantry.Controllers.Deployments;

/// <summary>The status of a Deployment, with the reasons and messages that kubectl and its users know. Pure.</summary>
public static class DeploymentStatusPlanner
{
    private const string Complete = "NewReplicaSetAvailable";
    private const string TimedOut = "ProgressDeadlineExceeded";

    /// <summary>The status while the Deployment is scaled, paused or deleted: counts and availability, progress is not judged.</summary>
    public static V1DeploymentStatus Scaled(DeploymentView view, IReadOnlyList<V1ReplicaSet> sets, V1ReplicaSet? newSet) =>
        Pausing(view, Counted(view, sets, newSet));

    /// <summary>The status while a rollout may be going on.</summary>
    /// <param name="view">The view.</param>
    /// <param name="sets">Its ReplicaSets.</param>
    /// <param name="newSet">The one of the present template, null when it is not there yet.</param>
    /// <param name="creating">The name of the one that this plan creates, else null.</param>
    public static V1DeploymentStatus Rolling(DeploymentView view, IReadOnlyList<V1ReplicaSet> sets, V1ReplicaSet? newSet, string? creating)
    {
        var (deployment, now) = (view.Deployment, view.Now);
        var status = Pausing(view, Counted(view, sets, newSet));
        if (deployment.Spec.ProgressDeadlineSeconds is null or int.MaxValue)
        {
            status = Without(status, "Progressing");
        }
        else
        {
            status = Progress(deployment, status, newSet?.Metadata.Name, creating, now);
        }

        var failure = (newSet?.Status.Conditions ?? []).Concat(sets.SelectMany(s => s.Status.Conditions)).FirstOrDefault(c => c.Type == "ReplicaFailure");
        return failure is null
            ? Without(status, "ReplicaFailure")
            : With(status, "ReplicaFailure", failure.Status, failure.Reason, failure.Message, now);
    }

    /// <summary>Whether all pods are new, none is old, and all are available.</summary>
    public static bool IsComplete(V1Deployment deployment, V1DeploymentStatus status)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        return status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted
            && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    /// <summary>The time until the progress deadline; null when it does not apply.</summary>
    public static TimeSpan? Look(V1Deployment deployment, V1DeploymentStatus status, DateTimeOffset now)
    {
        var progress = Find(status, "Progressing");
        if (deployment.Spec.ProgressDeadlineSeconds is not { } deadline || deadline == int.MaxValue || deployment.Spec.Paused || IsComplete(deployment, status)
            || progress is null or { Reason: Complete or TimedOut } || progress.LastUpdateTime is not { } since)
        {
            return null;
        }

        var rest = since.AddSeconds(deadline) - now + TimeSpan.FromSeconds(1);
        return rest > TimeSpan.Zero ? rest : TimeSpan.FromSeconds(1);
    }

    private static V1DeploymentStatus Counted(DeploymentView view, IReadOnlyList<V1ReplicaSet> sets, V1ReplicaSet? newSet)
    {
        var deployment = view.Deployment;
        var replicas = sets.Sum(s => s.Status.Replicas);
        var available = sets.Sum(s => s.Status.AvailableReplicas);
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = replicas,
            UpdatedReplicas = newSet?.Status.Replicas ?? 0,
            ReadyReplicas = sets.Sum(s => s.Status.ReadyReplicas),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, sets.Sum(Draft.Replicas) - available),
            CollisionCount = deployment.Status.CollisionCount,
            Conditions = deployment.Status.Conditions,
        };
        return available >= Limits.Of(deployment.Spec).LeastAvailable
            ? With(status, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", view.Now)
            : With(status, "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", view.Now);
    }

    private static V1DeploymentStatus Pausing(DeploymentView view, V1DeploymentStatus status)
    {
        var spec = view.Deployment.Spec;
        var progress = Find(status, "Progressing");
        if (spec.ProgressDeadlineSeconds is null or int.MaxValue || progress?.Reason == TimedOut)
        {
            return status;
        }

        var noted = progress?.Reason == "DeploymentPaused";
        return (spec.Paused, noted) switch
        {
            (true, false) => With(status, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", view.Now),
            (false, true) => With(status, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", view.Now),
            _ => status,
        };
    }

    private static V1DeploymentStatus Progress(V1Deployment deployment, V1DeploymentStatus status, string? set, string? creating, DateTimeOffset now)
    {
        var progress = Find(status, "Progressing");
        if (creating is not null)
        {
            return With(status, "Progressing", "True", "NewReplicaSetCreated", $"Created new replica set \"{creating}\"", now);
        }

        // A finished rollout is not judged again when pods come and go later.
        if (status.Replicas == status.UpdatedReplicas && progress?.Reason == Complete)
        {
            return status;
        }

        if (progress is null && set is not null)
        {
            status = With(status, "Progressing", "True", "FoundNewReplicaSet", $"Found new replica set \"{set}\"", now);
            progress = Find(status, "Progressing");
        }

        var subject = set is null ? $"Deployment \"{deployment.Metadata.Name}\"" : $"ReplicaSet \"{set}\"";
        if (IsComplete(deployment, status))
        {
            return With(status, "Progressing", "True", Complete, subject + " has successfully progressed.", now);
        }

        if (Moved(deployment.Status, status))
        {
            // The update time must advance although nothing else does: the deadline counts from it.
            var since = progress is { Status: "True" } ? progress.LastTransitionTime : now;
            return With(Without(status, "Progressing"), new V1DeploymentCondition
            {
                Type = "Progressing", Status = "True", Reason = "ReplicaSetUpdated", Message = subject + " is progressing.", LastUpdateTime = now, LastTransitionTime = since,
            });
        }

        var late = progress is not null and not { Reason: Complete }
            && (progress.Reason == TimedOut || progress.LastUpdateTime?.AddSeconds(deployment.Spec.ProgressDeadlineSeconds!.Value) < now);
        return late ? With(status, "Progressing", "False", TimedOut, subject + " has timed out progressing.", now) : status;
    }

    private static bool Moved(V1DeploymentStatus before, V1DeploymentStatus now) =>
        now.UpdatedReplicas > before.UpdatedReplicas
        || now.Replicas - now.UpdatedReplicas < before.Replicas - before.UpdatedReplicas
        || now.ReadyReplicas > before.ReadyReplicas
        || now.AvailableReplicas > before.AvailableReplicas;

    private static V1DeploymentCondition? Find(V1DeploymentStatus status, string type) => status.Conditions.FirstOrDefault(c => c.Type == type);

    private static V1DeploymentStatus Without(V1DeploymentStatus status, string type) =>
        Find(status, type) is null ? status : status with { Conditions = [.. status.Conditions.Where(c => c.Type != type)] };

    private static V1DeploymentStatus With(V1DeploymentStatus status, V1DeploymentCondition condition) =>
        status with { Conditions = [.. status.Conditions.Where(c => c.Type != condition.Type), condition] };

    private static V1DeploymentStatus With(V1DeploymentStatus status, string type, string value, string reason, string message, DateTimeOffset now)
    {
        var present = Find(status, type);
        if (present is not null && present.Status == value && present.Reason == reason)
        {
            return status;
        }

        return With(status, new V1DeploymentCondition
        {
            Type = type,
            Status = value,
            Reason = reason,
            Message = message,
            LastUpdateTime = now,
            LastTransitionTime = present?.Status == value ? present.LastTransitionTime : now,
        });
    }
}
