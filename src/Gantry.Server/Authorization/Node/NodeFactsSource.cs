using System.Collections.Frozen;
using Gantry.Api.Models;
using Gantry.Server.Registry;

namespace Gantry.Server.Authorization.Node;

/// <summary>Answers the node authorizer from the server's own objects.</summary>
public sealed class NodeFactsSource : INodeFacts
{
    private readonly IObjects _objects;
    private volatile Held? _held;

    public NodeFactsSource(IObjects objects)
    {
        _objects = objects;
    }

    public bool PodsOfNodeMention(string node, string kind, string ns, string name)
    {
        if (kind == "persistentvolumes")
        {
            var claim = _objects.Get<V1PersistentVolume>("", name)?.Spec.ClaimRef;
            return claim is not null && PodsOfNodeMention(node, "persistentvolumeclaims", claim.Namespace, claim.Name);
        }

        foreach (var pod in PodsOf(node))
        {
            if (pod.Metadata.Namespace == ns && PodMentions.Of(pod).Contains((kind, name)))
            {
                return true;
            }

            if (kind == "secrets" && VolumesOf(pod).Any(v => VolumeMentions.Of(v).Contains((ns, name))))
            {
                return true;
            }
        }

        return false;
    }

    // The volumes behind the claims of a pod may need secrets of any namespace.
    private IEnumerable<V1PersistentVolume> VolumesOf(V1Pod pod)
    {
        foreach (var (kind, name) in PodMentions.Of(pod))
        {
            if (kind == "persistentvolumeclaims" && _objects.Get<V1PersistentVolumeClaim>(pod.Metadata.Namespace, name) is { Spec.VolumeName: { Length: > 0 } volume }
                && _objects.Get<V1PersistentVolume>("", volume) is { Spec.ClaimRef: { } claim } found
                && claim.Namespace == pod.Metadata.Namespace && claim.Name == name)
            {
                yield return found;
            }
        }
    }

    public bool IsAttachmentOf(string node, string attachment) => _objects.Get<V1VolumeAttachment>("", attachment)?.Spec.NodeName == node;

    private IReadOnlyList<V1Pod> PodsOf(string node)
    {
        var version = _objects.Version<V1Pod>();
        var held = _held;
        if (held is null || !ReferenceEquals(held.Version, version))
        {
            held = new Held(version, _objects.List<V1Pod>().Where(p => p.Spec.NodeName.Length > 0)
                .GroupBy(p => p.Spec.NodeName, StringComparer.Ordinal)
                .ToFrozenDictionary(g => g.Key, IReadOnlyList<V1Pod> (g) => g.ToList(), StringComparer.Ordinal));
            _held = held;
        }

        return held.ByNode.GetValueOrDefault(node, []);
    }

    private sealed record Held(object Version, FrozenDictionary<string, IReadOnlyList<V1Pod>> ByNode);
}
