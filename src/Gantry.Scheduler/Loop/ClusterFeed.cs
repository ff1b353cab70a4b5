using Gantry.Api.Models;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Queue;
using Gantry.Scheduler.Reading;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Loop;

/// <summary>Turns changes of objects into changes of the cluster and of the queue.</summary>
internal sealed class ClusterFeed(
    SchedulerOptions options, Cluster cluster, WaitingPods waiting, HashSet<string> assumed, Dictionary<string, string> reported)
{
    public void Apply(IApiObject? old, IApiObject? now)
    {
        switch (now ?? old)
        {
            case V1Pod:
                Apply((V1Pod?)old, (V1Pod?)now);
                break;
            case V1Node:
                Apply((V1Node?)old, (V1Node?)now);
                break;
            case V1Namespace ns:
                Apply(ns, gone: now is null);
                break;
            case V1PersistentVolumeClaim or V1PersistentVolume or V1StorageClass:
                ApplyVolume((now ?? old)!, gone: now is null);
                break;
            case V1Service service:
                Apply("Service", service.Metadata, Selector.OfLabels(service.Spec.Selector), now is null);
                break;
            case V1ReplicationController controller:
                Apply("ReplicationController", controller.Metadata, Selector.OfLabels(controller.Spec.Selector), now is null);
                break;
            case V1ReplicaSet set:
                Apply("ReplicaSet", set.Metadata, SelectorReader.Read(set.Spec.Selector, Selector.Nothing), now is null);
                break;
            case V1StatefulSet set:
                Apply("StatefulSet", set.Metadata, SelectorReader.Read(set.Spec.Selector, Selector.Nothing), now is null);
                break;
        }
    }

    /// <summary>A pod has come to count on a node: pods that want to be near it, or evenly spread with it, may now fit.</summary>
    public void WakeForPlaced(PodFact placed) => waiting.Wake(ClusterChange.PodPlaced, pod => Concerns(pod, placed));

    private void Apply(V1Pod? old, V1Pod? now)
    {
        var uid = (now ?? old)!.Metadata.Uid;
        if (old is not null && now is not null && old.Metadata.Uid != uid)
        {
            // Deleted and made again under the same name between two looks.
            Gone(old.Metadata.Uid);
            old = null;
        }

        if (now is null || now.Status.Phase is "Succeeded" or "Failed")
        {
            Gone(uid);
        }
        else if (now.Spec.NodeName.Length > 0)
        {
            Placed(old, now);
        }
        else if (now.Metadata.DeletionTimestamp is not null)
        {
            Leave(uid);
        }
        else if (now.Spec.SchedulerName == options.Name && !assumed.Contains(uid))
        {
            Pending(old, now);
        }
    }

    private void Pending(V1Pod? old, V1Pod now)
    {
        var pod = PodReader.Read(now);
        var mayHelp = old is null || !ReferenceEquals(old.Metadata.Labels, now.Metadata.Labels) && !old.Metadata.Labels.SequenceEqual(now.Metadata.Labels)
            || !old.Spec.Equals(now.Spec);
        if (waiting.Find(pod.Uid) is { NominatedNode: var promised } && pod.NominatedNode.Length == 0)
        {
            // Our own promise is not written yet.
            pod = pod with { NominatedNode = promised };
        }

        cluster.Nominations.Set(pod);
        waiting.Set(pod, mayHelp);
        foreach (var condition in now.Status.Conditions)
        {
            if (condition is { Type: "PodScheduled", Status: "False", Reason: "Unschedulable" })
            {
                reported[pod.Uid] = condition.Message;
            }
        }
    }

    private void Placed(V1Pod? old, V1Pod now)
    {
        Leave(now.Metadata.Uid);
        assumed.Remove(now.Metadata.Uid);
        var known = cluster.FindPod(now.Metadata.Uid);
        var pod = known is null || known.NodeName != now.Spec.NodeName ? PodReader.Read(now) : Refresh(known, now);
        if (ReferenceEquals(pod, known))
        {
            return;
        }

        cluster.SetPod(pod);
        if (known is null)
        {
            WakeForPlaced(pod);
        }
        else if (old is not null && !ReferenceEquals(known.Labels, pod.Labels))
        {
            waiting.Wake(ClusterChange.PodLabels);
        }
    }

    /// <summary>Of a placed pod only labels, deletion and start can change (resize in place is off in 1.32). The known fact when none did.</summary>
    private static PodFact Refresh(PodFact known, V1Pod now)
    {
        var terminating = now.Metadata.DeletionTimestamp is not null;
        var labels = now.Metadata.Labels;
        var same = ReferenceEquals(known.Labels, labels)
            || (known.Labels.Count == labels.Count && labels.All(l => known.Labels.TryGetValue(l.Key, out var value) && value == l.Value));
        return same && terminating == known.Terminating && now.Status.StartTime == known.Started
            ? known
            : known with { Labels = same ? known.Labels : labels, Terminating = terminating, Started = now.Status.StartTime };
    }

    private void Gone(string uid)
    {
        Leave(uid);
        assumed.Remove(uid);
        if (cluster.RemovePod(uid) is not null)
        {
            waiting.Wake(ClusterChange.PodRemoved);
        }
    }

    private void Leave(string uid)
    {
        waiting.Remove(uid);
        cluster.Nominations.Clear(uid);
        reported.Remove(uid);
    }

    private void Apply(V1Node? old, V1Node? now)
    {
        if (now is null)
        {
            cluster.RemoveNode(old!.Metadata.Name);
            waiting.Wake(ClusterChange.NodeRemoved);
            return;
        }

        var known = cluster.FindNode(now.Metadata.Name);
        var change = known is null || old is null ? ClusterChange.NodeAdded : NodeReader.Compare(old, now);
        if (change == ClusterChange.None && NodeReader.SameImages(old!, now))
        {
            return;
        }

        cluster.SetNode(NodeReader.Read(now));
        if (change == ClusterChange.None)
        {
            return;
        }

        // A node that refuses the pod by its own nature cannot be what the pod waited for.
        var node = cluster.FindNode(now.Metadata.Name)!;
        waiting.Wake(change, pod => Suits(pod, node));
    }

    private static bool Suits(PodFact pod, NodeState node) =>
        Filters.NodeUnschedulableTest.Test(pod, node).Passes
        && Filters.TaintTest.FirstUntolerated(pod, node.Fact) is null
        && pod.Wants(node.Fact);

    private bool Concerns(PodFact pod, PodFact placed)
    {
        foreach (var term in pod.Affinity)
        {
            if (term.Matches(placed, cluster))
            {
                return true;
            }
        }

        foreach (var constraint in pod.Spread)
        {
            if (constraint.Hard && pod.Namespace == placed.Namespace && constraint.Selector.Matches(placed.Labels))
            {
                return true;
            }
        }

        return false;
    }

    private void Apply(V1Namespace ns, bool gone)
    {
        if (gone)
        {
            cluster.RemoveNamespace(ns.Metadata.Name);
        }
        else
        {
            cluster.SetNamespace(ns.Metadata.Name, ns.Metadata.Labels);
        }

        waiting.Wake(ClusterChange.Namespaces);
    }

    private void ApplyVolume(IApiObject changed, bool gone)
    {
        var (ns, name) = (changed.Metadata.Namespace, changed.Metadata.Name);
        switch (changed)
        {
            case V1PersistentVolumeClaim when gone:
                cluster.Volumes.RemoveClaim(ns, name);
                break;
            case V1PersistentVolumeClaim claim:
                cluster.Volumes.Set(VolumeReader.Read(claim));
                break;
            case V1PersistentVolume when gone:
                cluster.Volumes.RemoveVolume(name);
                break;
            case V1PersistentVolume volume:
                cluster.Volumes.Set(VolumeReader.Read(volume));
                break;
            case V1StorageClass when gone:
                cluster.Volumes.RemoveClass(name);
                break;
            case V1StorageClass storageClass:
                cluster.Volumes.Set(VolumeReader.Read(storageClass));
                break;
        }

        waiting.Wake(ClusterChange.Claims);
    }

    private void Apply(string kind, V1ObjectMeta metadata, Selector selector, bool gone)
    {
        if (gone)
        {
            cluster.Workloads.Remove(kind, metadata.Namespace, metadata.Name);
        }
        else
        {
            cluster.Workloads.Set(new WorkloadFact(kind, metadata.Namespace, metadata.Name, selector));
        }
    }
}
