using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.ReplicaSets;

/// <summary>Decides which pods to adopt, make and delete. Pure.</summary>
public static class ReplicaPlanner
{
    public static ReplicaPlan Plan(ReplicaView view)
    {
        var claim = Claims.Sort(view.Owner, view.Reference, view.Selector, view.Pods, adoptable: PodFacts.IsActive);
        var active = claim.Mine.Where(PodFacts.IsActive).ToList();
        var gap = Math.Clamp(view.Wanted - active.Count, -view.Burst, view.Burst);
        if (view.Owner.DeletionTimestamp is not null || gap == 0)
        {
            return new ReplicaPlan(claim.Intents, 0, active);
        }

        List<Intent> changes = gap > 0
            ? [.. Enumerable.Repeat<Intent>(New(view), gap)]
            : [.. DeletionOrder.Sort(active, view.PerNode, view.Now).Take(-gap).Select(pod => Gone(view, pod))];
        return new ReplicaPlan([.. claim.Intents, new Together(changes)], gap, active);
    }

    public static ReplicaCounts Count(ReplicaView view, IEnumerable<V1Pod> active)
    {
        var (replicas, labelled, ready, available) = (0, 0, 0, 0);
        TimeSpan? next = null;
        foreach (var pod in active)
        {
            replicas++;
            labelled += view.Template.Metadata.Labels.All(l => pod.Metadata.Labels.GetValueOrDefault(l.Key) == l.Value) ? 1 : 0;
            if (PodFacts.AvailableIn(pod, view.MinReadySeconds, view.Now) is not { } wait)
            {
                continue;
            }

            ready++;
            available += wait == TimeSpan.Zero ? 1 : 0;
            next = wait > TimeSpan.Zero && (next is null || wait < next) ? wait : next;
        }

        return new ReplicaCounts(replicas, labelled, ready, available) { NextAvailable = next };
    }

    private static Create<V1Pod> New(ReplicaView view) => new(PodTemplates.Pod(view.Template, view.Owner.Namespace, view.Owner.Name, view.Reference))
    {
        Announce = new Announcement(view.Subject, "SuccessfulCreate", "Created pod: {0}", "FailedCreate", "Error creating: {0}"),
    };

    private static Delete<V1Pod> Gone(ReplicaView view, V1Pod pod) => new(ObjectKey.Of(pod), pod.Metadata.Uid)
    {
        Announce = new Announcement(view.Subject, "SuccessfulDelete", "Deleted pod: {0}", "FailedDelete", "Error deleting: {0}"),
    };
}
