using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DaemonSets;

/// <summary>The pods that a plan makes and removes.</summary>
internal sealed class DaemonDraft
{
    private readonly DaemonView _view;
    private readonly string _hash;
    private readonly List<string> _create = [];
    private readonly Dictionary<string, V1Pod> _delete = new(StringComparer.Ordinal);
    private readonly List<Intent> _events = [];

    public DaemonDraft(DaemonView view, string hash)
    {
        (_view, _hash) = (view, hash);
    }

    public List<string> Failed { get; } = [];

    /// <summary>The time until a failed pod may be removed; null when none waits.</summary>
    public TimeSpan? Wait { get; private set; }

    /// <summary>Whether more is to be done than one plan does.</summary>
    public bool Left { get; private set; }

    public void Create(string node) => _create.Add(node);

    public void Delete(V1Pod pod) => _delete[pod.Metadata.Name] = pod;

    /// <summary>Pods that wait for nodes which no longer exist.</summary>
    public void Strays(IEnumerable<V1Pod> pods)
    {
        var known = _view.Nodes.Select(n => n.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var pod in pods.Where(p => p.Spec.NodeName.Length == 0 && p.Metadata.DeletionTimestamp is null && NodeMatching.PinnedTo(p.Spec) is { } node && !known.Contains(node)))
        {
            Delete(pod);
        }
    }

    /// <summary>Sees to it that the node has the pod it is meant to have, and no other.</summary>
    public void Keep(NodeCase node)
    {
        if (node is { Runs: true, Pods.Count: 0 })
        {
            Create(node.Name);
        }
        else if (!node.Stays)
        {
            foreach (var pod in node.Kept)
            {
                Delete(pod);
            }
        }
        else
        {
            Thin(node);
        }
    }

    public IReadOnlyList<Intent> Intents(V1PodSpec spec)
    {
        var reference = ObjectReferences.To(_view.Set);
        Left = _create.Count > _view.Burst || _delete.Count > _view.Burst;
        List<Intent> delete = [.. _delete.Values.Take(_view.Burst).Select(p => new Delete<V1Pod>(ObjectKey.Of(p), p.Metadata.Uid)
        {
            Announce = new Announcement(reference, "SuccessfulDelete", "Deleted pod: {0}", "FailedDelete", "Error deleting: {0}"),
        })];
        List<Intent> create = [.. _create.Distinct(StringComparer.Ordinal).Take(_view.Burst).Select(n => new Create<V1Pod>(DaemonPods.New(_view.Set, spec, n, _hash))
        {
            Announce = new Announcement(reference, "SuccessfulCreate", "Created pod: {0}", "FailedCreate", "Error creating: {0}"),
        })];
        return [.. _events, .. delete.Count > 0 ? (Intent[])[new Together(delete)] : [], .. create.Count > 0 ? (Intent[])[new Together(create)] : []];
    }

    private void Thin(NodeCase node)
    {
        var running = new List<V1Pod>();
        foreach (var pod in node.Kept)
        {
            if (!PodFacts.IsTerminal(pod))
            {
                running.Add(pod);
                continue;
            }

            var failed = pod.Status.Phase == "Failed";
            if (failed && _view.Patience.TryGetValue(node.Name, out var until) && until > _view.Now)
            {
                Wait = Wait is null || until - _view.Now < Wait ? until - _view.Now : Wait;
                continue;
            }

            var name = $"{pod.Metadata.Namespace}/{pod.Metadata.Name}";
            _events.Add(failed
                ? new Tell(ObjectReferences.To(_view.Set), "Warning", "FailedDaemonPod", $"Found failed daemon pod {name} on node {node.Name}, will try to kill it")
                : new Tell(ObjectReferences.To(_view.Set), "Normal", "SucceededDaemonPod", $"Found succeeded daemon pod {name} on node {node.Name}, will try to delete it"));
            Delete(pod);
            if (failed)
            {
                Failed.Add(node.Name);
            }
        }

        // One pod a node; during an update with surge, one of each template.
        var surges = DaemonRollout.Surge(_view.Set, 1) > 0;
        foreach (var same in surges ? running.GroupBy(p => DaemonPods.IsCurrent(p, _hash)) : running.GroupBy(_ => true))
        {
            foreach (var pod in same.Skip(1))
            {
                Delete(pod);
            }
        }
    }
}
