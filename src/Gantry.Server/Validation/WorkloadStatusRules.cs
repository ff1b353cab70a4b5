using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Counts in the statuses of workloads: none negative, no part more than the whole.</summary>
internal static class WorkloadStatusRules
{
    private const string MoreThanAll = "cannot be greater than status.replicas";

    private static readonly FieldPath At = FieldPath.Root("status");

    public static void Check(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1ReplicationController { Status: var s }:
                ReplicaSet(errors, s.Replicas, s.FullyLabeledReplicas, s.ReadyReplicas, s.AvailableReplicas, s.ObservedGeneration);
                break;
            case V1ReplicaSet { Status: var s }:
                ReplicaSet(errors, s.Replicas, s.FullyLabeledReplicas, s.ReadyReplicas, s.AvailableReplicas, s.ObservedGeneration);
                break;
            case V1Deployment { Status: var s }:
                Counts(
                    errors, ("observedGeneration", s.ObservedGeneration), ("replicas", s.Replicas), ("updatedReplicas", s.UpdatedReplicas), ("readyReplicas", s.ReadyReplicas),
                    ("availableReplicas", s.AvailableReplicas), ("unavailableReplicas", s.UnavailableReplicas), ("collisionCount", s.CollisionCount ?? 0));
                Parts(errors, s.Replicas, ("updatedReplicas", s.UpdatedReplicas), ("readyReplicas", s.ReadyReplicas), ("availableReplicas", s.AvailableReplicas));
                Available(errors, s.AvailableReplicas, s.ReadyReplicas, "readyReplicas");
                Collisions(errors, s.CollisionCount, (old as V1Deployment)?.Status.CollisionCount);
                break;
            case V1StatefulSet { Status: var s }:
                Counts(
                    errors, ("replicas", s.Replicas), ("readyReplicas", s.ReadyReplicas), ("currentReplicas", s.CurrentReplicas), ("updatedReplicas", s.UpdatedReplicas),
                    ("availableReplicas", s.AvailableReplicas), ("observedGeneration", s.ObservedGeneration), ("collisionCount", s.CollisionCount ?? 0));
                Parts(
                    errors, s.Replicas, ("readyReplicas", s.ReadyReplicas), ("currentReplicas", s.CurrentReplicas), ("updatedReplicas", s.UpdatedReplicas),
                    ("availableReplicas", s.AvailableReplicas));
                Available(errors, s.AvailableReplicas, s.ReadyReplicas, "status.readyReplicas");
                Collisions(errors, s.CollisionCount, (old as V1StatefulSet)?.Status.CollisionCount);
                break;
            case V1DaemonSet { Status: var s }:
                Counts(
                    errors, ("currentNumberScheduled", s.CurrentNumberScheduled), ("numberMisscheduled", s.NumberMisscheduled), ("desiredNumberScheduled", s.DesiredNumberScheduled),
                    ("numberReady", s.NumberReady), ("observedGeneration", s.ObservedGeneration), ("updatedNumberScheduled", s.UpdatedNumberScheduled),
                    ("numberAvailable", s.NumberAvailable), ("numberUnavailable", s.NumberUnavailable), ("collisionCount", s.CollisionCount ?? 0));
                Collisions(errors, s.CollisionCount, (old as V1DaemonSet)?.Status.CollisionCount);
                break;
        }
    }

    private static void ReplicaSet(FieldErrors errors, int all, int labeled, int ready, int available, long generation)
    {
        Counts(
            errors, ("replicas", all), ("fullyLabeledReplicas", labeled), ("readyReplicas", ready), ("availableReplicas", available), ("observedGeneration", generation));
        Parts(errors, all, ("fullyLabeledReplicas", labeled), ("readyReplicas", ready), ("availableReplicas", available));
        Available(errors, available, ready, "readyReplicas");
    }

    private static void Counts(FieldErrors errors, params ReadOnlySpan<(string Name, long Count)> counts)
    {
        foreach (var (name, count) in counts)
        {
            errors.NotNegative(At.Child(name), count);
        }
    }

    private static void Parts(FieldErrors errors, int all, params ReadOnlySpan<(string Name, int Count)> parts)
    {
        foreach (var (name, count) in parts)
        {
            if (count > all)
            {
                errors.Invalid(At.Child(name), count, MoreThanAll);
            }
        }
    }

    private static void Available(FieldErrors errors, int available, int ready, string readyName)
    {
        if (available > ready)
        {
            errors.Invalid(At.Child("availableReplicas"), available, "cannot be greater than " + readyName);
        }
    }

    private static void Collisions(FieldErrors errors, int? now, int? old)
    {
        if (old is not null && (now ?? -1) < old)
        {
            errors.Invalid(At.Child("collisionCount"), now ?? 0, "cannot be decremented");
        }
    }
}
