using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.GarbageCollection;

/// <summary>Deletes what its owners left behind, of every kind there is. Keys are uids.</summary>
public sealed class GarbageController : IController
{
    /// <summary>Owners known to be absent, remembered so that a thousand dependents ask once.</summary>
    private const int MostAbsent = 1000;
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Graph _graph;
    private readonly Monitors _monitors;
    private readonly Cache<V1CustomResourceDefinition> _definitions;
    private readonly Cache<V1APIService> _services;
    private readonly ConcurrentDictionary<(Guid Uid, string Namespace, string Kind, string Name), bool> _absent = new();
    private readonly ConcurrentDictionary<Guid, bool> _unsure = new();
    private IKeySink? _keys;

    public GarbageController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _graph = new Graph(Look);
        _monitors = new Monitors(context, _graph, LookAgain);
        _definitions = context.Caches.Of<V1CustomResourceDefinition>();
        _services = context.Caches.Of<V1APIService>();
    }

    public string Name => "garbage-collector";

    public int Workers => 8;

    public IEnumerable<ICache> Caches => [_definitions, _services];

    public Func<CancellationToken, Task> Loop => _monitors.RunAsync;

    public void Watch(IKeySink keys)
    {
        _keys = keys;
        _definitions.Subscribe(change =>
        {
            if (change.Old?.Spec != change.New?.Spec || change.Old?.Status != change.New?.Status)
            {
                _monitors.Refresh();
            }
        });
        _services.Subscribe(change =>
        {
            if (change.Old?.Spec != change.New?.Spec || change.Old?.Status != change.New?.Status)
            {
                _monitors.Refresh();
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_monitors.Ready)
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        var uid = Guid.Parse(key.Name);
        if (_graph.Find(uid) is not { } node || (node.Owners.Length == 0 && !node.WaitsForDependents && !node.Orphans) || (node.Deleting && !node.WaitsForDependents && !node.Orphans))
        {
            return Again.No;
        }

        if (!node.Deleting && node.Owners.All(o => IsThere(node, o.Uid)))
        {
            return Again.No;
        }

        var live = await _context.Metadata.GetAsync(node.Resource, node.Namespace, node.Name, ct).ConfigureAwait(false);
        if (live is null || GraphNode.IdOf(live.Metadata.Uid) != uid)
        {
            // The monitor of its kind will tell.
            return Again.No;
        }

        var plan = GarbagePlanner.Plan(await ViewAsync(node, live.Metadata, ct).ConfigureAwait(false));
        foreach (var dependent in plan.Look)
        {
            Look(GraphNode.IdOf(dependent.Uid));
        }

        if (plan.Unsure)
        {
            _unsure[uid] = true;
        }

        var error = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        return error is null ? Again.No : Again.Failed(error.Message);
    }

    private async ValueTask<GarbageView> ViewAsync(GraphNode node, V1ObjectMeta live, CancellationToken ct)
    {
        var owners = new List<OwnerFact>();
        if (live.DeletionTimestamp is null)
        {
            foreach (var reference in live.OwnerReferences)
            {
                owners.Add(await OwnerAsync(node, reference, ct).ConfigureAwait(false));
            }
        }

        var dependents = _graph.Dependents(node.Uid);
        var orphans = new List<(ObjectIdentity Object, V1ObjectMeta Live)>();
        if (live.DeletionTimestamp is not null && live.Finalizers.Contains(GraphNode.Orphan))
        {
            foreach (var dependent in dependents)
            {
                if (await _context.Metadata.GetAsync(dependent.Resource, dependent.Namespace, dependent.Name, ct).ConfigureAwait(false) is { } found
                    && found.Metadata.OwnerReferences.Any(o => o.Uid == live.Uid))
                {
                    orphans.Add((Identity(dependent), found.Metadata));
                }
            }
        }

        return new GarbageView
        {
            Object = new ObjectIdentity(node.Resource, node.Key, live.Uid),
            Live = live,
            Owners = owners,
            Dependents = [.. dependents.Select(d => new DependentFact(Identity(d), d.Owners.Any(o => o.Uid == node.Uid && o.Blocks), d.WaitsForDependents))],
            Orphans = orphans,
        };
    }

    private async ValueTask<OwnerFact> OwnerAsync(GraphNode node, V1OwnerReference reference, CancellationToken ct)
    {
        var slash = reference.ApiVersion.IndexOf('/');
        var group = slash < 0 ? "" : reference.ApiVersion[..slash];
        if (_monitors.Resources.FirstOrDefault(r => r.Group == group && r.Kind == reference.Kind) is not { } resource)
        {
            return new OwnerFact(reference, OwnerState.Unknown);
        }

        if (resource.Namespaced && node.Namespace.Length == 0)
        {
            return new OwnerFact(reference, OwnerState.Unreachable);
        }

        var (uid, ns) = (GraphNode.IdOf(reference.Uid), resource.Namespaced ? node.Namespace : "");
        var known = _graph.Find(uid);
        if (known is not null && known.Resource.Plural == resource.Plural && known.Resource.Group == resource.Group && known.Key == new ObjectKey(ns, reference.Name))
        {
            return new OwnerFact(reference, known.WaitsForDependents ? OwnerState.Waiting : OwnerState.Solid);
        }

        var elsewhere = known is not null && known.Namespace != ns;
        if (_absent.ContainsKey((uid, ns, resource.Kind, reference.Name)))
        {
            return new OwnerFact(reference, OwnerState.Absent, elsewhere);
        }

        var live = await _context.Metadata.GetAsync(resource, ns, reference.Name, ct).ConfigureAwait(false);
        if (live is not null && live.Metadata.Uid == reference.Uid)
        {
            var waits = live.Metadata.DeletionTimestamp is not null && live.Metadata.Finalizers.Contains(GraphNode.Foreground);
            return new OwnerFact(reference, waits ? OwnerState.Waiting : OwnerState.Solid);
        }

        if (_absent.Count >= MostAbsent)
        {
            _absent.Clear();
        }

        // A uid is never used again, so once absent is absent for good.
        _absent[(uid, ns, resource.Kind, reference.Name)] = true;
        return new OwnerFact(reference, OwnerState.Absent, elsewhere);
    }

    /// <summary>The common case, which must not cost a request for each object of the cluster.</summary>
    private bool IsThere(GraphNode node, Guid owner) =>
        _graph.Find(owner) is { WaitsForDependents: false } found && (found.Namespace.Length == 0 || found.Namespace == node.Namespace);

    private static ObjectIdentity Identity(GraphNode node) => new(node.Resource, node.Key, node.Uid.ToString("D"));

    private void Look(Guid uid) => _keys?.Add(new ObjectKey(uid.ToString("D")));

    private void LookAgain()
    {
        foreach (var uid in _unsure.Keys)
        {
            _unsure.TryRemove(uid, out _);
            Look(uid);
        }
    }
}
