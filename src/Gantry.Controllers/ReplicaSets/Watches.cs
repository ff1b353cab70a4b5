using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.ReplicaSets;

/// <summary>Keeps as many pods as each ReplicaSet asks for.</summary>
public sealed class ReplicaSetController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1ReplicaSet> _sets;
    private readonly Cache<V1Pod> _pods;

    public ReplicaSetController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _sets = context.Caches.Of<V1ReplicaSet>().WithOwners();
        _pods = context.Caches.Of<V1Pod>().WithOwners();
    }

    public string Name => "replicaset";

    public int Workers => 8;

    public IEnumerable<ICache> Caches => [_sets, _pods];

    public void Watch(IKeySink keys)
    {
        _sets.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _pods.Subscribe(change => PodChanged(keys, change));
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        if (_sets.Snapshot.Get(key) is not { } set || View(set) is not { } view)
        {
            return Again.No;
        }

        var plan = ReplicaPlanner.Plan(view);
        var failure = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        var counts = ReplicaPlanner.Count(view, plan.Active);
        var status = ReplicaSetStatusPlanner.Status(set, counts, plan.Change, failure, view.Now);
        if (status != set.Status)
        {
            var stale = await _runner.PerformAsync(key, [new Update<V1ReplicaSet>(set with { Status = status }, "status")], ct).ConfigureAwait(false);
            failure ??= stale is { IsNotFound: true } ? null : stale;
        }

        return failure switch
        {
            { IsNamespaceTerminating: true } => Again.No,
            { } error => Again.Failed(error.Message),
            null => counts.NextAvailable is { } wait ? Again.After(wait) : Again.No,
        };
    }

    private ReplicaView? View(V1ReplicaSet set)
    {
        if (Selecting.NotEmpty(set.Spec.Selector) is not { } selector)
        {
            return null;
        }

        // Where siblings run matters only when some pods have to go.
        var (pods, wanted) = (_pods.Snapshot.OwnedAndOrphans(set), set.Spec.Replicas ?? 1);
        var tooMany = pods.Count > wanted && pods.Count(PodFacts.IsActive) > wanted;
        return new ReplicaView
        {
            Subject = ObjectReferences.To(set),
            Reference = Owners.Reference(set),
            Owner = set.Metadata,
            Wanted = wanted,
            Selector = selector,
            Template = set.Spec.Template,
            MinReadySeconds = set.Spec.MinReadySeconds,
            Pods = pods,
            PerNode = tooMany ? PerNode(set) : new Dictionary<string, int>(),
            Now = _context.Clock.GetUtcNow(),
        };
    }

    /// <summary>Counts the pods of all ReplicaSets of the same Deployment, which share the nodes.</summary>
    private Dictionary<string, int> PerNode(V1ReplicaSet set)
    {
        var siblings = Owners.ControllerOf(set) is { } owner ? _sets.Snapshot.By(Owners.Index, owner.Uid) : [set];
        return siblings.SelectMany(s => _pods.Snapshot.By(Owners.Index, s.Metadata.Uid))
            .Where(p => PodFacts.IsActive(p) && p.Spec.NodeName.Length > 0)
            .CountBy(p => p.Spec.NodeName, StringComparer.Ordinal)
            .ToDictionary(n => n.Key, n => n.Value, StringComparer.Ordinal);
    }

    private void PodChanged(IKeySink keys, CacheChange<V1Pod> change)
    {
        // A pod that changes hands concerns both its old controller and its new one.
        AddOwner(keys, change.Old);
        AddOwner(keys, change.New);
        if (change.New is { } pod && Owners.ControllerOf(pod) is null)
        {
            foreach (var set in _sets.Snapshot.By(Owners.NamespaceIndex, pod.Metadata.Namespace))
            {
                if (Selecting.NotEmpty(set.Spec.Selector)?.Matches(pod.Metadata.Labels) == true)
                {
                    keys.Add(ObjectKey.Of(set));
                }
            }
        }
    }

    private static void AddOwner(IKeySink keys, V1Pod? pod)
    {
        if (pod is not null && Owners.ControllerOf(pod) is { Kind: "ReplicaSet" } owner)
        {
            keys.Add(new ObjectKey(pod.Metadata.Namespace, owner.Name));
        }
    }
}
