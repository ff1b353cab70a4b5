using Gantry.Api.Models;
using Gantry.Control;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.StatefulSets;

/// <summary>Keeps the numbered pods of a StatefulSet, in order if it asks for that, and updates them from the last to the first. Pure.</summary>
public static class StatefulPlanner
{
    public static StatefulPlan Plan(StatefulView view)
    {
        var set = view.Set;
        if (Selecting.NotEmpty(set.Spec.Selector) is not { } selector)
        {
            return new StatefulPlan([], set.Status, null, null);
        }

        var reference = Owners.Reference(set);
        var claim = Claims.Sort(set.Metadata, reference, selector, view.Pods, adoptable: p => StatefulPods.Ordinal(set, p) is not null);
        var history = TemplateHistory.Of(set.Metadata, reference, set.Spec.Template, selector, set.Status.CollisionCount, view.Revisions);
        var current = history.All.FirstOrDefault(r => r.Metadata.Name == set.Status.CurrentRevision) ?? history.Update;
        var draft = new StatefulDraft(view, claim.Mine, current, history.Update);
        if (set.Metadata.DeletionTimestamp is null)
        {
            draft.Run();
        }

        var used = claim.Mine.Select(StatefulPods.RevisionOf).Append(current.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        var trim = history.Trim(set.Spec.RevisionHistoryLimit ?? 10, r => used.Contains(r.Metadata.Name));
        return new StatefulPlan([.. claim.Intents, .. history.Intents, .. draft.Intents, .. trim], Finish(set, draft.Status), history, draft.Look);
    }

    /// <summary>An update that has reached every pod makes its revision the current one.</summary>
    private static V1StatefulSetStatus Finish(V1StatefulSet set, V1StatefulSetStatus status)
    {
        var wanted = StatefulPods.Replicas(set);
        return set.Spec.UpdateStrategy.Type != "OnDelete" && status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted && status.Replicas == wanted
            ? status with { CurrentReplicas = status.UpdatedReplicas, CurrentRevision = status.UpdateRevision }
            : status;
    }
}
