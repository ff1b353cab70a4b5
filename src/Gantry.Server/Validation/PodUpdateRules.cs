using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>What a plain update of a pod may change: images, a shorter deadline, more tolerations, fewer gates, and where a gated pod may go.</summary>
internal static class PodUpdateRules
{
    private const string Changeable =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Update(FieldErrors errors, V1Pod now, V1Pod old)
    {
        PodAnnotationRules.Update(errors, now, old, FieldPath.Root("metadata").Child("annotations"));
        var at = FieldPath.Root("spec");
        var (a, b) = (now.Spec, old.Spec);
        if (!Images(errors, a.Containers, b.Containers, at.Child("containers")) || !Images(errors, a.InitContainers, b.InitContainers, at.Child("initContainers")) || !Deadline(errors, a, b, at.Child("activeDeadlineSeconds")))
        {
            return;
        }

        Tolerations(errors, a, b, at.Child("tolerations"));
        Gates(errors, a, b, at.Child("schedulingGates"));
        if (a.Equals(b))
        {
            return;
        }

        var allowed = a with
        {
            Containers = WithImages(a.Containers, b.Containers),
            InitContainers = WithImages(a.InitContainers, b.InitContainers),
            ActiveDeadlineSeconds = b.ActiveDeadlineSeconds,
            Tolerations = b.Tolerations,
            SchedulingGates = b.SchedulingGates,
            TerminationGracePeriodSeconds = b.TerminationGracePeriodSeconds < 0 && a.TerminationGracePeriodSeconds == 1 ? b.TerminationGracePeriodSeconds : a.TerminationGracePeriodSeconds,
        };
        if (b.SchedulingGates.Count > 0)
        {
            allowed = Gated(errors, allowed, b, at);
        }

        if (!allowed.Equals(b))
        {
            errors.Forbidden(at, Changeable + "\n" + SpecDifference.Between(b, allowed));
        }
    }

    private static bool Images(FieldErrors errors, IReadOnlyList<V1Container> now, IReadOnlyList<V1Container> old, FieldPath at)
    {
        if (now.Count != old.Count)
        {
            errors.Forbidden(at, "pod updates may not add or remove containers");
            return false;
        }

        for (var i = 0; i < now.Count; i++)
        {
            if (now[i].Image.Length == 0)
            {
                errors.Required(at.Index(i).Child("image"));
            }

            ContainerRules.PlainImage(errors, now[i].Image, at.Index(i).Child("image"));
        }

        return true;
    }

    private static bool Deadline(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        if (a.ActiveDeadlineSeconds is { } deadline)
        {
            if (deadline is < 0 or > int.MaxValue)
            {
                errors.Invalid(at, deadline, Rules.Between(0, int.MaxValue));
                return false;
            }

            if (b.ActiveDeadlineSeconds is { } before && before < deadline)
            {
                errors.Invalid(at, deadline, "must be less than or equal to previous value");
                return false;
            }
        }
        else if (b.ActiveDeadlineSeconds is not null)
        {
            errors.Invalid(at, null, "must not update from a positive integer to nil value");
        }

        return true;
    }

    private static void Tolerations(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        foreach (var kept in b.Tolerations)
        {
            if (!a.Tolerations.Any(t => t with { TolerationSeconds = null } == (kept with { TolerationSeconds = null })))
            {
                errors.Forbidden(at, "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }

        SchedulingRules.Tolerations(errors, a.Tolerations, at);
    }

    private static void Gates(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        for (var i = 0; i < a.SchedulingGates.Count; i++)
        {
            // A gate that stands twice is told of once.
            if (!b.SchedulingGates.Contains(a.SchedulingGates[i]) && !a.SchedulingGates.Skip(i + 1).Contains(a.SchedulingGates[i]))
            {
                errors.Forbidden(at.Index(i).Child("name"), $"only deletion is allowed, but found new scheduling gate '{a.SchedulingGates[i].Name}'");
            }
        }
    }

    private static V1PodSpec Gated(FieldErrors errors, V1PodSpec a, V1PodSpec b, FieldPath at)
    {
        if (b.NodeSelector.Any(p => !a.NodeSelector.TryGetValue(p.Key, out var value) || value != p.Value))
        {
            errors.InvalidDump(at.Child("nodeSelector"), GoDump.Map(a.NodeSelector), "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
        }

        var (now, before) = (a.Affinity?.NodeAffinity, b.Affinity?.NodeAffinity);
        var affinity = a.Affinity;
        if (!Equals(now, before))
        {
            Terms(
                errors, now?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [], before?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [],
                at.Child("affinity").Child("nodeAffinity").Child("requiredDuringSchedulingIgnoredDuringExecution").Child("nodeSelectorTerms"));
            affinity = (a.Affinity ?? new V1Affinity()) with { NodeAffinity = before };
            affinity = b.Affinity is null && affinity.Equals(new V1Affinity()) ? null : affinity;
        }

        return a with { NodeSelector = b.NodeSelector, Affinity = affinity };
    }

    private static void Terms(FieldErrors errors, IReadOnlyList<V1NodeSelectorTerm> now, IReadOnlyList<V1NodeSelectorTerm> before, FieldPath at)
    {
        if (before.Count > 0 && before.Count != now.Count)
        {
            errors.InvalidDump(at, now.Count == 0 ? "[]core.NodeSelectorTerm(nil)" : GoDump.Of(now), "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
            return;
        }

        for (var i = 0; i < before.Count; i++)
        {
            if (!OnlyAdds(now[i], before[i]))
            {
                errors.InvalidDump(at.Index(i), GoDump.Of(now[i]), "only additions are allowed (no mutations or deletions)");
            }
        }
    }

    private static bool OnlyAdds(V1NodeSelectorTerm now, V1NodeSelectorTerm before)
    {
        if (before.MatchExpressions.Count == 0 && before.MatchFields.Count == 0)
        {
            return now.MatchExpressions.Count == 0 && now.MatchFields.Count == 0;
        }

        return now.MatchExpressions.Take(before.MatchExpressions.Count).SequenceEqual(before.MatchExpressions)
            && now.MatchFields.Take(before.MatchFields.Count).SequenceEqual(before.MatchFields);
    }

    private static List<V1Container> WithImages(IReadOnlyList<V1Container> now, IReadOnlyList<V1Container> old) =>
        [.. now.Select((c, i) => c with { Image = old[i].Image })];
}
