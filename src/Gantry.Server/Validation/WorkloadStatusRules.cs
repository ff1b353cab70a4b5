using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Counts in the statuses of workloads: none negative, no part more than the whole.</summary>
internal static class WorkloadStatusRules
{
    private const string MoreThanAll = "cannot be greater than status.replicas";

    public static void Check(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1ReplicationController { Status: var s }:
                Replicas(errors, s.ObservedGeneration, s.Replicas, s.ReadyReplicas, s.AvailableReplicas, ("fullyLabeledReplicas", s.FullyLabeledReplicas));
                break;
            case V1ReplicaSet { Status: var s }:
                Replicas(errors, s.ObservedGeneration, s.Replicas, s.ReadyReplicas, s.AvailableReplicas, ("fullyLabeledReplicas", s.FullyLabeledReplicas));
                break;
            case V1Deployment { Status: var s }:
                Replicas(errors, s.ObservedGeneration, s.Replicas, s.ReadyReplicas, s.AvailableReplicas, ("updatedReplicas", s.UpdatedReplicas));
                errors.NotNegative(FieldPath.Root("status").Child("unavailableReplicas"), (long)s.UnavailableReplicas);
                Collisions(errors, s.CollisionCount, (old as V1Deployment)?.Status.CollisionCount);
                break;
            case V1StatefulSet { Status: var s }:
                Replicas(errors, s.ObservedGeneration, s.Replicas, s.ReadyReplicas, s.AvailableReplicas, "status.readyReplicas", ("currentReplicas", s.CurrentReplicas), ("updatedReplicas", s.UpdatedReplicas));
                Collisions(errors, s.CollisionCount, (old as V1StatefulSet)?.Status.CollisionCount);
                break;
            case V1DaemonSet { Status: var s }:
                foreach (var (name, count) in (ReadOnlySpan<(string, long)>)
                    [
                        ("currentNumberScheduled", s.CurrentNumberScheduled), ("numberMisscheduled", s.NumberMisscheduled), ("desiredNumberScheduled", s.DesiredNumberScheduled),
                        ("numberReady", s.NumberReady), ("observedGeneration", s.ObservedGeneration), ("updatedNumberScheduled", s.UpdatedNumberScheduled),
                        ("numberAvailable", s.NumberAvailable), ("numberUnavailable", s.NumberUnavailable),
                    ])
                {
                    errors.NotNegative(FieldPath.Root("status").Child(name), count);
                }

                Collisions(errors, s.CollisionCount, (old as V1DaemonSet)?.Status.CollisionCount);
                break;
        }
    }

    private static void Replicas(FieldErrors errors, long generation, int all, int ready, int available, params ReadOnlySpan<(string Name, int Count)> others) =>
        Replicas(errors, generation, all, ready, available, "readyReplicas", others);

    private static void Replicas(FieldErrors errors, long generation, int all, int ready, int available, string readyName, params ReadOnlySpan<(string Name, int Count)> others)
    {
        var at = FieldPath.Root("status");
        errors.NotNegative(at.Child("observedGeneration"), generation);
        errors.NotNegative(at.Child("replicas"), (long)all);
        foreach (var (name, count) in (ReadOnlySpan<(string, int)>)[.. others, ("readyReplicas", ready), ("availableReplicas", available)])
        {
            errors.NotNegative(at.Child(name), (long)count);
            if (count > all)
            {
                errors.Invalid(at.Child(name), count, MoreThanAll);
            }
        }

        if (available > ready)
        {
            errors.Invalid(at.Child("availableReplicas"), available, "cannot be greater than " + readyName);
        }
    }

    private static void Collisions(FieldErrors errors, int? now, int? old)
    {
        var at = FieldPath.Root("status").Child("collisionCount");
        errors.NotNegative(at, (long?)now);
        if (old is not null && (now ?? -1) < old)
        {
            errors.Invalid(at, now ?? 0, "cannot be decremented");
        }
    }
}
