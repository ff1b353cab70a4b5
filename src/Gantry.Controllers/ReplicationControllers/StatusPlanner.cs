using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.ReplicaSets;

namespace Gantry.Controllers.ReplicationControllers;

/// <summary>The status of a ReplicationController. Pure.</summary>
public static class ReplicationControllerStatusPlanner
{
    /// <inheritdoc cref="ReplicaSetStatusPlanner.Status"/>
    public static V1ReplicationControllerStatus Status(V1ReplicationController set, ReplicaCounts counts, int change, ApiError? failure, DateTimeOffset now)
    {
        var conditions = set.Status.Conditions;
        var failed = conditions.FirstOrDefault(c => c.Type == "ReplicaFailure");
        if (failure is null && failed is not null)
        {
            conditions = [.. conditions.Where(c => c != failed)];
        }
        else if (failure is not null && failed is null)
        {
            conditions = [.. conditions, new V1ReplicationControllerCondition
            {
                Type = "ReplicaFailure",
                Status = "True",
                Reason = change < 0 ? "FailedDelete" : "FailedCreate",
                Message = failure.Message,
                LastTransitionTime = now,
            }];
        }

        return new V1ReplicationControllerStatus
        {
            Replicas = counts.Replicas,
            FullyLabeledReplicas = counts.FullyLabeled,
            ReadyReplicas = counts.Ready,
            AvailableReplicas = counts.Available,
            ObservedGeneration = set.Metadata.Generation,
            Conditions = conditions,
        };
    }
}
