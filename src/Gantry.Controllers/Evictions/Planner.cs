using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Evictions;

/// <summary>What decides whether a pod may stay on a tainted node.</summary>
public sealed record EvictionView(V1Pod Pod, V1Node? Node, DateTimeOffset Now);

/// <summary>What to do about the pod.</summary>
/// <param name="Intents">Its deletion, or nothing.</param>
/// <param name="Look">When its time on the node is up; null when it may stay.</param>
public sealed record EvictionPlan(IReadOnlyList<Intent> Intents, TimeSpan? Look);

/// <summary>Deletes pods from nodes with NoExecute taints that they do not tolerate, or no longer. Pure.</summary>
public static class EvictionPlanner
{
    public static EvictionPlan Plan(EvictionView view)
    {
        var stay = new EvictionPlan([], null);
        if (view.Pod.Metadata.DeletionTimestamp is not null || view.Node is null || view.Pod.Status.Phase is "Succeeded" or "Failed")
        {
            return stay;
        }

        DateTimeOffset? end = null;
        foreach (var taint in view.Node.Spec.Taints.Where(t => t.Effect == "NoExecute"))
        {
            var tolerations = view.Pod.Spec.Tolerations.Where(t => Tolerates(t, taint)).ToList();
            if (tolerations.Count == 0)
            {
                return new EvictionPlan(Evict(view), null);
            }

            // Of several tolerations the shortest counts; one without a limit does not shorten anything.
            if (tolerations.Min(t => t.TolerationSeconds) is { } seconds)
            {
                var until = (taint.TimeAdded ?? view.Now).AddSeconds(Math.Clamp(seconds, 0, int.MaxValue));
                end = end is null || until < end ? until : end;
            }
        }

        return end is not { } at ? stay : at <= view.Now ? new EvictionPlan(Evict(view), null) : new EvictionPlan([], at - view.Now);
    }

    /// <summary>The rules of core/v1 Toleration: an empty key with Exists matches all, an empty effect all effects.</summary>
    public static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (toleration.Effect.Length == 0 || toleration.Effect == taint.Effect)
        && (toleration.Key.Length == 0 || toleration.Key == taint.Key)
        && (toleration.Operator == "Exists" || (toleration.Key.Length > 0 && toleration.Value == taint.Value));

    private static List<Intent> Evict(EvictionView view)
    {
        var pod = view.Pod;
        var condition = new V1PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = "DeletionByTaintManager",
            Message = "Taint manager: deleting due to NoExecute taint",
            LastTransitionTime = view.Now,
        };
        var marked = pod with { Status = pod.Status with { Conditions = [.. pod.Status.Conditions.Where(c => c.Type != condition.Type), condition] } };
        var about = Control.ObjectReferences.To(pod);
        return
        [
            new Tell(about, "Normal", "TaintManagerEviction", $"Marking for deletion Pod {ObjectKey.Of(pod)}"),
            new Update<V1Pod>(marked, "status") { Optional = true },
            new Delete<V1Pod>(ObjectKey.Of(pod), pod.Metadata.Uid),
        ];
    }
}
