using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.PodGarbage;

/// <summary>What decides which pods nobody needs any more.</summary>
public sealed record PodGarbageView
{
    public required IReadOnlyCollection<V1Pod> Pods { get; init; }

    /// <summary>The nodes there are, and those that went too short a time ago to be sure.</summary>
    public required IReadOnlySet<string> Nodes { get; init; }

    /// <summary>Ended pods to keep; 0 for all.</summary>
    public int Keep { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>Removes pods that no node will ever finish or that are too many. Pure.</summary>
public static class PodGarbagePlanner
{
    public static IReadOnlyList<Intent> Plan(PodGarbageView view)
    {
        var intents = new List<Intent>();

        // 1. Bound to a node that is gone: nobody will report on them or end them.
        foreach (var pod in view.Pods.Where(p => p.Spec.NodeName.Length > 0 && !view.Nodes.Contains(p.Spec.NodeName)))
        {
            if (!PodFacts.IsTerminal(pod))
            {
                intents.Add(new Update<V1Pod>(Lost(pod, view.Now), "status") { Optional = true });
            }

            intents.Add(Force(pod));
        }

        // 2. Deleted before any node had them: no kubelet confirms the end.
        intents.AddRange(view.Pods.Where(p => p.Spec.NodeName.Length == 0 && p.Metadata.DeletionTimestamp is not null).Select(Force));

        // 3. Ended, and more than are kept: the oldest go.
        var ended = view.Pods.Where(p => PodFacts.IsTerminal(p) && p.Metadata.DeletionTimestamp is null).ToList();
        if (view.Keep > 0 && ended.Count > view.Keep)
        {
            intents.AddRange(ended.OrderBy(p => p.Metadata.CreationTimestamp).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal).Take(ended.Count - view.Keep).Select(Force));
        }

        return intents;
    }

    private static V1Pod Lost(V1Pod pod, DateTimeOffset now)
    {
        var condition = new V1PodCondition
        {
            Type = "DisruptionTarget", Status = "True", Reason = "DeletionByPodGC", Message = "PodGC: node no longer exists", LastTransitionTime = now,
        };
        return pod with
        {
            Status = pod.Status with { Phase = "Failed", Conditions = [.. pod.Status.Conditions.Where(c => c.Type != condition.Type), condition] },
        };
    }

    private static Delete<V1Pod> Force(V1Pod pod) => new(ObjectKey.Of(pod), pod.Metadata.Uid) { GraceSeconds = 0, Optional = true };
}
