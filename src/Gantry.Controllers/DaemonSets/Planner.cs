using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DaemonSets;

/// <summary>Keeps one pod of a DaemonSet on each node that it is meant for, and brings new templates to them. Pure.</summary>
public static class DaemonPlanner
{
    public static DaemonPlan Plan(DaemonView view)
    {
        var set = view.Set;
        if (Selecting.NotEmpty(set.Spec.Selector) is not { } selector)
        {
            var all = new Tell(ObjectReferences.To(set), "Warning", "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.");
            return new DaemonPlan(Selecting.Of(set.Spec.Selector) is { IsEverything: true } ? [all] : [], set.Status, null, [], null);
        }

        var reference = Owners.Reference(set);
        var claim = Claims.Sort(set.Metadata, reference, selector, view.Pods);
        var history = TemplateHistory.Of(set.Metadata, reference, set.Spec.Template, selector, set.Status.CollisionCount, view.Revisions);
        var hash = TemplateHistory.HashOf(history.Update);
        var spec = DaemonPods.Spec(set);
        var nodes = NodeCase.Of(view, claim.Mine, spec);
        var status = Status(view, nodes, hash, out var next);
        if (set.Metadata.DeletionTimestamp is not null)
        {
            return new DaemonPlan([], status, history, [], null);
        }

        var draft = new DaemonDraft(view, hash);
        draft.Strays(claim.Mine);
        foreach (var node in nodes)
        {
            draft.Keep(node);
        }

        if (set.Spec.UpdateStrategy.Type != "OnDelete")
        {
            DaemonRollout.Roll(view, nodes, hash, draft);
        }

        var pods = draft.Intents(spec);
        var used = claim.Mine.Select(p => p.Metadata.Labels.GetValueOrDefault(TemplateHistory.HashLabel)).ToHashSet();
        var trim = history.Trim(set.Spec.RevisionHistoryLimit ?? 10, r => used.Contains(TemplateHistory.HashOf(r)));
        var look = draft.Wait is { } wait && (next is null || wait < next) ? wait : next;
        return new DaemonPlan([.. claim.Intents, .. history.Intents, .. pods, .. trim], status, history, draft.Failed, draft.Left ? TimeSpan.FromMilliseconds(50) : look);
    }

    private static V1DaemonSetStatus Status(DaemonView view, List<NodeCase> nodes, string hash, out TimeSpan? next)
    {
        var set = view.Set;
        var (desired, current, misplaced, ready, available, updated) = (0, 0, 0, 0, 0, 0);
        next = null;
        foreach (var node in nodes)
        {
            desired += node.Runs ? 1 : 0;
            if (node.Pods.Count == 0)
            {
                continue;
            }

            if (!node.Runs)
            {
                misplaced++;
                continue;
            }

            current++;
            var pod = node.Pods[0];
            updated += DaemonPods.IsCurrent(pod, hash) ? 1 : 0;
            if (PodFacts.AvailableIn(pod, set.Spec.MinReadySeconds, view.Now) is { } wait)
            {
                ready++;
                available += wait == TimeSpan.Zero ? 1 : 0;
                next = wait > TimeSpan.Zero && (next is null || wait < next) ? wait : next;
            }
        }

        return set.Status with
        {
            DesiredNumberScheduled = desired,
            CurrentNumberScheduled = current,
            NumberMisscheduled = misplaced,
            NumberReady = ready,
            NumberAvailable = available,
            NumberUnavailable = desired - available,
            UpdatedNumberScheduled = updated,
            ObservedGeneration = set.Metadata.Generation,
        };
    }
}
