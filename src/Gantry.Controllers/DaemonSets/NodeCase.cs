using Gantry.Api.Models;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DaemonSets;

/// <summary>A node as one DaemonSet sees it.</summary>
/// <param name="Name">The node.</param>
/// <param name="Runs">Whether the daemon is to run there.</param>
/// <param name="Stays">Whether one that runs there may stay: a node that keeps new pods away does not drive out old ones.</param>
/// <param name="Pods">The set's pods there, oldest first, without those that ended and are deleted.</param>
internal sealed record NodeCase(string Name, bool Runs, bool Stays, IReadOnlyList<V1Pod> Pods)
{
    /// <summary>The pods that nobody deleted.</summary>
    public IEnumerable<V1Pod> Kept => Pods.Where(p => p.Metadata.DeletionTimestamp is null);

    /// <summary>The one pod of the present template and the one of another; null for none, and no answer when there are several of a kind.</summary>
    public bool TryPair(string hash, out V1Pod? current, out V1Pod? old)
    {
        var (now, before) = (Kept.Where(p => DaemonPods.IsCurrent(p, hash)).ToList(), Kept.Where(p => !DaemonPods.IsCurrent(p, hash)).ToList());
        current = now.Count > 0 ? now[0] : null;
        old = before.Count > 0 ? before[0] : null;
        return now.Count <= 1 && before.Count <= 1;
    }

    public static List<NodeCase> Of(DaemonView view, IEnumerable<V1Pod> pods, V1PodSpec spec)
    {
        var byNode = pods.Where(p => !(PodFacts.IsTerminal(p) && p.Metadata.DeletionTimestamp is not null))
            .GroupBy(p => NodeMatching.PinnedTo(p.Spec) ?? "", StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => (IReadOnlyList<V1Pod>)[.. g.OrderBy(p => p.Spec.NodeName.Length == 0).ThenBy(p => p.Metadata.CreationTimestamp).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)],
                StringComparer.Ordinal);
        return [.. view.Nodes.OrderBy(n => n.Metadata.Name, StringComparer.Ordinal).Select(n => Of(n, spec, byNode.GetValueOrDefault(n.Metadata.Name, [])))];
    }

    private static NodeCase Of(V1Node node, V1PodSpec spec, IReadOnlyList<V1Pod> pods)
    {
        var fits = NodeMatching.Fits(spec, node);
        return new NodeCase(
            node.Metadata.Name,
            fits && NodeMatching.Tolerates(spec.Tolerations, node, "NoSchedule", "NoExecute"),
            fits && NodeMatching.Tolerates(spec.Tolerations, node, "NoExecute"),
            pods);
    }
}
