using Gantry.Api.Models;

namespace Gantry.Controllers.Deployments;

/// <summary>The arithmetic of rolling updates and of proportional scaling.</summary>
internal static class Rollout
{
    /// <summary>The size the new set may have now.</summary>
    public static int NewSize(Draft draft, Limits limits, bool rolling)
    {
        if (!rolling)
        {
            return limits.Wanted;
        }

        var present = draft.New is { } set ? Draft.Replicas(set) : 0;
        var room = limits.Most - draft.Total;
        return room <= 0 ? present : present + Math.Min(room, limits.Wanted - present);
    }

    /// <summary>Lets the new set grow (or shrink, when it is larger than wanted). Answers whether it changed.</summary>
    public static bool GrowNew(Draft draft, Limits limits)
    {
        var set = draft.New!;
        var present = Draft.Replicas(set);
        var size = present > limits.Wanted ? limits.Wanted : NewSize(draft, limits, rolling: true);
        if (size == present)
        {
            return false;
        }

        draft.Scale(set, size);
        return true;
    }

    /// <summary>Takes pods from the old sets: first those that do not work anyway, then as many as availability allows.</summary>
    public static void ShrinkOld(Draft draft, Limits limits)
    {
        if (draft.Old.Sum(Draft.Replicas) == 0)
        {
            return;
        }

        // Pods of the new set that are not available yet are counted as lost: they may never become available.
        var unavailableNew = draft.New is { } set ? Draft.Replicas(set) - set.Status.AvailableReplicas : 0;
        var most = draft.Total - limits.LeastAvailable - unavailableNew;
        if (most <= 0)
        {
            return;
        }

        foreach (var old in draft.Old.Where(o => Draft.Replicas(o) > o.Status.AvailableReplicas))
        {
            var broken = Math.Min(most, Draft.Replicas(old) - old.Status.AvailableReplicas);
            draft.Scale(old, Draft.Replicas(old) - broken);
            most -= broken;
        }

        // A set that was made smaller a moment ago still reports the pods it is about to lose; they are not counted.
        var spare = draft.All.Sum(s => Math.Min(s.Status.AvailableReplicas, Draft.Replicas(s))) - limits.LeastAvailable;
        foreach (var old in draft.Old.Where(o => Draft.Replicas(o) > 0))
        {
            var taken = Math.Clamp(spare, 0, Draft.Replicas(old));
            draft.Scale(old, Draft.Replicas(old) - taken);
            spare -= taken;
        }
    }

    /// <summary>Brings the sets to a new wanted total without moving the rollout on: each keeps its share.</summary>
    public static void Rescale(Draft draft, Limits limits, bool rolling)
    {
        if (OnlyOne(draft) is { } only)
        {
            draft.Scale(only, limits.Wanted);
            return;
        }

        if (draft.New is { } set && IsSaturated(set, limits.Wanted))
        {
            foreach (var old in draft.Old)
            {
                draft.Scale(old, 0);
            }

            return;
        }

        if (rolling)
        {
            Proportional(draft, limits);
        }
    }

    private static bool IsSaturated(V1ReplicaSet set, int wanted) =>
        Draft.Replicas(set) == wanted
        && DeploymentAnnotations.Number(set.Metadata, DeploymentAnnotations.Desired) == wanted
        && set.Status.AvailableReplicas == wanted;

    /// <summary>The only set with pods, or the newest of sets that all have none; null when several have pods.</summary>
    private static V1ReplicaSet? OnlyOne(Draft draft)
    {
        var active = draft.All.Where(s => Draft.Replicas(s) > 0).ToList();
        return active.Count switch
        {
            0 => draft.New ?? (draft.Old is [.., var newest] ? newest : null),
            1 => active[0],
            _ => null,
        };
    }

    private static void Proportional(Draft draft, Limits limits)
    {
        var active = draft.All.Where(s => Draft.Replicas(s) > 0);
        var total = active.Sum(Draft.Replicas);
        var allowed = limits.Wanted > 0 ? limits.Most : 0;
        var change = allowed - total;

        // The largest take the larger part; among equals the newer gain and the older lose.
        var bySize = active.OrderByDescending(Draft.Replicas);
        List<V1ReplicaSet> sorted = change > 0
            ? [.. bySize.ThenByDescending(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)]
            : [.. bySize.ThenBy(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal)];
        var sizes = new int[sorted.Count];
        var given = 0;
        for (var i = 0; i < sorted.Count; i++)
        {
            var share = Share(sorted[i], limits, change - given, change);
            sizes[i] = Draft.Replicas(sorted[i]) + share;
            given += share;
        }

        if (sizes.Length > 0)
        {
            // What rounding left over goes to the largest.
            sizes[0] = Math.Max(0, sizes[0] + change - given);
        }

        for (var i = 0; i < sorted.Count; i++)
        {
            draft.Scale(sorted[i], Math.Max(0, sizes[i]));
        }
    }

    private static int Share(V1ReplicaSet set, Limits limits, int rest, int change)
    {
        var present = Draft.Replicas(set);
        if (change == 0 || rest == 0)
        {
            return 0;
        }

        if (limits.Wanted == 0)
        {
            return -present;
        }

        // The size all sets had together when this one was scaled the last time; without a record the shares cannot be known.
        var before = DeploymentAnnotations.Number(set.Metadata, DeploymentAnnotations.Max);
        if (before <= 0)
        {
            return 0;
        }

        var size = (int)Math.Round((double)present * limits.Most / before, MidpointRounding.AwayFromZero);
        return change > 0 ? Math.Min(size - present, rest) : Math.Max(size - present, rest);
    }
}
