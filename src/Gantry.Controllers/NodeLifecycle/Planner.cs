using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.NodeLifecycle;

/// <summary>Turns silence into conditions, conditions into taints, and takes the pods of a failed node out of service. Pure.</summary>
public static class NodePlanner
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    private static readonly string[] Judged = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    /// <summary>The taints of this planner that keep new pods away: condition, the status that counts, key.</summary>
    private static readonly (string Condition, string Status, string Key)[] Scheduling =
    [
        ("Ready", "False", NotReady),
        ("Ready", "Unknown", Unreachable),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
    ];

    public static NodePlan Plan(NodeView view)
    {
        if (view.Node.Metadata.DeletionTimestamp is not null)
        {
            return new NodePlan([], null);
        }

        var intents = new List<Intent>();
        var node = view.Node;
        var silent = view.Now - view.LastSeen > view.Grace;
        if (silent)
        {
            node = Silent(view);
            if (node != view.Node)
            {
                intents.Add(new Update<V1Node>(node, "status"));
            }
        }

        // The new status makes the version at hand old; the taints follow with the next view.
        var taints = Taints(node, view.Now);
        if (node == view.Node && !taints.SequenceEqual(node.Spec.Taints))
        {
            intents.Add(new Patch<V1Node>(ObjectKey.Of(node), TaintPatch(node, taints)));
        }

        if (Ready(node)?.Status != "True")
        {
            var was = Ready(view.Node)?.Status == "True";
            if (was)
            {
                intents.Add(new Tell(Reference(node), "Normal", "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady"));
            }

            intents.AddRange(view.Pods.Where(PodFacts.IsReady).Select(p => MarkNotReady(p, view.Now)));
        }

        return new NodePlan(intents, silent ? null : view.LastSeen + view.Grace - view.Now + TimeSpan.FromMilliseconds(100));
    }

    /// <summary>The taints the node should have: those of others as they are, this planner's as the conditions say.</summary>
    public static IReadOnlyList<V1Taint> Taints(V1Node node, DateTimeOffset now)
    {
        var wanted = new List<(string Key, string Effect)>();
        foreach (var (condition, status, key) in Scheduling)
        {
            if (Find(node, condition)?.Status == status)
            {
                wanted.Add((key, "NoSchedule"));
                if (condition == "Ready")
                {
                    wanted.Add((key, "NoExecute"));
                }
            }
        }

        if (node.Spec.Unschedulable)
        {
            wanted.Add(("node.kubernetes.io/unschedulable", "NoSchedule"));
        }

        // A node without any Ready condition yet keeps the not-ready taint it registered with.
        var keep = Ready(node) is null ? (string[])[NotReady] : [];
        var kept = node.Spec.Taints.Where(t => !IsOurs(t) || wanted.Contains((t.Key, t.Effect)) || keep.Contains(t.Key)).ToList();
        foreach (var (key, effect) in wanted)
        {
            if (!kept.Exists(t => t.Key == key && t.Effect == effect))
            {
                kept.Add(new V1Taint { Key = key, Effect = effect, TimeAdded = now });
            }
        }

        return kept;
    }

    private static bool IsOurs(V1Taint taint) =>
        Scheduling.Any(s => s.Key == taint.Key && (taint.Effect == "NoSchedule" || (taint.Effect == "NoExecute" && s.Condition == "Ready")))
        || (taint.Key == "node.kubernetes.io/unschedulable" && taint.Effect == "NoSchedule");

    private static V1Node Silent(NodeView view)
    {
        var conditions = view.Node.Status.Conditions.ToList();
        foreach (var type in Judged)
        {
            var at = conditions.FindIndex(c => c.Type == type);
            if (at < 0)
            {
                conditions.Add(new V1NodeCondition
                {
                    Type = type,
                    Status = "Unknown",
                    Reason = "NodeStatusNeverUpdated",
                    Message = "Kubelet never posted node status.",
                    LastHeartbeatTime = view.Node.Metadata.CreationTimestamp,
                    LastTransitionTime = view.Now,
                });
            }
            else if (conditions[at].Status != "Unknown")
            {
                conditions[at] = conditions[at] with
                {
                    Status = "Unknown",
                    Reason = "NodeStatusUnknown",
                    Message = "Kubelet stopped posting node status.",
                    LastTransitionTime = view.Now,
                };
            }
        }

        return conditions.SequenceEqual(view.Node.Status.Conditions) ? view.Node : view.Node with { Status = view.Node.Status with { Conditions = conditions } };
    }

    /// <summary>Replaces the list of taints, provided the node is still the one that was looked at: others write taints too.</summary>
    private static PatchBody TaintPatch(V1Node node, IReadOnlyList<V1Taint> taints) => PatchBody.Write(PatchType.Merge, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("spec");
        json.WriteStartArray("taints");
        foreach (var taint in taints)
        {
            taint.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("uid", node.Metadata.Uid);
        json.WriteString("resourceVersion", node.Metadata.ResourceVersion);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static Update<V1Pod> MarkNotReady(V1Pod pod, DateTimeOffset now) => new(
        pod with
        {
            Status = pod.Status with
            {
                Conditions = [.. pod.Status.Conditions.Select(c => c.Type == "Ready" ? c with { Status = "False", LastTransitionTime = now } : c)],
            },
        },
        "status")
    {
        Optional = true,
    };

    private static V1NodeCondition? Ready(V1Node node) => Find(node, "Ready");

    private static V1NodeCondition? Find(V1Node node, string type) => node.Status.Conditions.FirstOrDefault(c => c.Type == type);

    private static V1ObjectReference Reference(V1Node node) => ObjectReferences.To(node);
}
