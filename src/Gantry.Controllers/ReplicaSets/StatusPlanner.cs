using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.ReplicaSets;

/// <summary>The status of a ReplicaSet. Pure.</summary>
public static class ReplicaSetStatusPlanner
{
    /// <param name="set">The set with its present status.</param>
    /// <param name="counts">What its pods add up to.</param>
    /// <param name="change">How many pods were to be made or deleted.</param>
    /// <param name="failure">The refusal met in that, or null.</param>
    /// <param name="now">The time for transitions.</param>
    public static V1ReplicaSetStatus Status(V1ReplicaSet set, ReplicaCounts counts, int change, ApiError? failure, DateTimeOffset now) => new()
    {
        Replicas = counts.Replicas,
        FullyLabeledReplicas = counts.FullyLabeled,
        ReadyReplicas = counts.Ready,
        AvailableReplicas = counts.Available,
        ObservedGeneration = set.Metadata.Generation,
        Conditions = Conditions(set.Status.Conditions, change, failure, now),
    };

    private static IReadOnlyList<V1ReplicaSetCondition> Conditions(IReadOnlyList<V1ReplicaSetCondition> present, int change, ApiError? failure, DateTimeOffset now)
    {
        var failed = present.FirstOrDefault(c => c.Type == "ReplicaFailure");
        if (failure is null)
        {
            return failed is null ? present : [.. present.Where(c => c != failed)];
        }

        // The first failure stays on record until it is cured; every retry would otherwise be a write.
        return failed is not null ? present : [.. present, new V1ReplicaSetCondition
        {
            Type = "ReplicaFailure",
            Status = "True",
            Reason = change < 0 ? "FailedDelete" : "FailedCreate",
            Message = failure.Message,
            LastTransitionTime = now,
        }];
    }
}
