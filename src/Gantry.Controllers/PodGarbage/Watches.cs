using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.PodGarbage;

/// <summary>Looks at all pods when one may have become garbage: a node went, an unbound pod was deleted, a pod ended.</summary>
public sealed class PodGarbageController : IController
{
    private static readonly ObjectKey Everything = new("pods");
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly ControllersOptions _options;
    private readonly Cache<V1Node> _nodes;
    private readonly Cache<V1Pod> _pods;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _missing = new(StringComparer.Ordinal);
    private int _ended;

    public PodGarbageController(ControllerContext context, ControllersOptions options)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _options = options;
        _nodes = context.Caches.Of<V1Node>();
        _pods = context.Caches.Of<V1Pod>();
    }

    public string Name => "pod-garbage-collector";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_nodes, _pods];

    public void Watch(IKeySink keys)
    {
        keys.Add(Everything);
        _nodes.Subscribe(change =>
        {
            if (change.Deleted)
            {
                keys.AddAfter(Everything, _options.OrphanQuarantine);
            }
        });
        _pods.Subscribe(change =>
        {
            var ended = (change.New is { } n && PodFacts.IsTerminal(n) ? 1 : 0) - (change.Old is { } o && PodFacts.IsTerminal(o) ? 1 : 0);
            var count = Interlocked.Add(ref _ended, ended);
            if ((ended > 0 && _options.EndedPods > 0 && count > _options.EndedPods)
                || change.New is { Spec.NodeName: "", Metadata.DeletionTimestamp: not null }
                || (change.Old is null && change.New is { Spec.NodeName.Length: > 0 } bound && _nodes.Synced && _nodes.Snapshot.Get("", bound.Spec.NodeName) is null))
            {
                keys.Add(Everything);
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var now = _context.Clock.GetUtcNow();
        var pods = _pods.Snapshot.All.ToList();
        var nodes = _nodes.Snapshot.All.Select(n => n.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        var waiting = Quarantine(pods, nodes, now);
        var view = new PodGarbageView { Pods = pods, Nodes = nodes.Union(waiting).ToHashSet(StringComparer.Ordinal), Keep = _options.EndedPods, Now = now };
        var error = await _runner.PerformAsync(key, PodGarbagePlanner.Plan(view), ct).ConfigureAwait(false);
        return error is not null ? Again.Failed(error.Message) : waiting.Count > 0 ? Again.After(_options.OrphanQuarantine) : Again.No;
    }

    /// <summary>
    /// The nodes that pods name and that are missing for less than the quarantine. A node that is being replaced, or whose registration the
    /// cache has not seen yet, must not cost its pods.
    /// </summary>
    private List<string> Quarantine(IEnumerable<V1Pod> pods, HashSet<string> nodes, DateTimeOffset now)
    {
        var missing = pods.Select(p => p.Spec.NodeName).Where(n => n.Length > 0 && !nodes.Contains(n)).ToHashSet(StringComparer.Ordinal);
        foreach (var known in _missing.Keys.Where(k => !missing.Contains(k)))
        {
            _missing.TryRemove(known, out _);
        }

        return [.. missing.Where(n => now - _missing.GetOrAdd(n, now) < _options.OrphanQuarantine)];
    }
}
