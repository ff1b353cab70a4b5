using Gantry.Api.Models;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Queue;

namespace Gantry.Scheduler.Reading;

/// <summary>Compiles a node into the fact the scheduler works with.</summary>
public static class NodeReader
{
    public static NodeFact Read(V1Node node)
    {
        var allocatable = node.Status.Allocatable.Count > 0 ? node.Status.Allocatable : node.Status.Capacity;
        var images = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var image in node.Status.Images)
        {
            foreach (var name in image.Names)
            {
                images[name] = image.SizeBytes;
            }
        }

        return new NodeFact
        {
            Name = node.Metadata.Name,
            Labels = node.Metadata.Labels,
            Unschedulable = node.Spec.Unschedulable,
            Taints = [.. node.Spec.Taints.Select(t => new Taint(t.Key, t.Value, Effect(t.Effect)))],
            Allocatable = new Resources
            {
                MilliCpu = allocatable.TryGetValue("cpu", out var cpu) ? cpu.MilliValue : 0,
                Memory = allocatable.TryGetValue("memory", out var memory) ? memory.Value : 0,
                EphemeralStorage = allocatable.TryGetValue("ephemeral-storage", out var storage) ? storage.Value : 0,
                Extended =
                [
                    .. allocatable
                        .Where(a => a.Key is not ("cpu" or "memory" or "ephemeral-storage" or "pods"))
                        .OrderBy(a => a.Key, StringComparer.Ordinal)
                        .Select(a => new ExtendedResource(a.Key, a.Value.Value)),
                ],
            },
            MaxPods = allocatable.TryGetValue("pods", out var pods) ? (int)Math.Clamp(pods.Value, 0, int.MaxValue) : 0,
            Images = images,
        };
    }

    /// <summary>What of a change matters to waiting pods. A heartbeat is <see cref="ClusterChange.None"/>.</summary>
    public static ClusterChange Compare(V1Node old, V1Node now)
    {
        var change = ClusterChange.None;
        if (!SameEntries(old.Status.Allocatable, now.Status.Allocatable) || !SameEntries(old.Status.Capacity, now.Status.Capacity))
        {
            change |= ClusterChange.NodeAllocatable;
        }

        if (!SameEntries(old.Metadata.Labels, now.Metadata.Labels))
        {
            change |= ClusterChange.NodeLabels;
        }

        if (old.Spec.Unschedulable != now.Spec.Unschedulable || !old.Spec.Taints.SequenceEqual(now.Spec.Taints))
        {
            change |= ClusterChange.NodeTaints;
        }

        return change;
    }

    public static bool SameImages(V1Node old, V1Node now) => old.Status.Images.SequenceEqual(now.Status.Images);

    internal static TaintEffect Effect(string effect) => effect switch
    {
        "PreferNoSchedule" => TaintEffect.PreferNoSchedule,
        "NoExecute" => TaintEffect.NoExecute,
        _ => TaintEffect.NoSchedule,
    };

    private static bool SameEntries<T>(IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var (key, value) in left)
        {
            if (!right.TryGetValue(key, out var other) || !EqualityComparer<T>.Default.Equals(value, other))
            {
                return false;
            }
        }

        return true;
    }
}
