using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Client.Selectors;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;
using Gantry.Controllers.ReplicaSets;

namespace Gantry.Controllers.ReplicationControllers;

/// <summary>Keeps as many pods as each ReplicationController asks for.</summary>
public sealed class ReplicationControllerController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1ReplicationController> _sets;
    private readonly Cache<V1Pod> _pods;

    public ReplicationControllerController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _sets = context.Caches.Of<V1ReplicationController>().WithOwners();
        _pods = context.Caches.Of<V1Pod>().WithOwners();
    }

    public string Name => "replicationcontroller";

    public int Workers => 2;

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
        var status = ReplicationControllerStatusPlanner.Status(set, counts, plan.Change, failure, view.Now);
        if (status != set.Status)
        {
            var stale = await _runner.PerformAsync(key, [new Update<V1ReplicationController>(set with { Status = status }, "status")], ct).ConfigureAwait(false);
            failure ??= stale is { IsNotFound: true } ? null : stale;
        }

        return failure switch
        {
            { IsNamespaceTerminating: true } => Again.No,
            { } error => Again.Failed(error.Message),
            null => counts.NextAvailable is { } wait ? Again.After(wait) : Again.No,
        };
    }

    private ReplicaView? View(V1ReplicationController set) => set.Spec.Selector.Count == 0 || set.Spec.Template is null ? null : new ReplicaView
    {
        Subject = ObjectReferences.To(set),
        Reference = Owners.Reference(set),
        Owner = set.Metadata,
        Wanted = set.Spec.Replicas ?? 1,
        Selector = LabelSelector.Of(set.Spec.Selector),
        Template = set.Spec.Template,
        MinReadySeconds = set.Spec.MinReadySeconds,
        Pods = _pods.Snapshot.OwnedAndOrphans(set),
        Now = _context.Clock.GetUtcNow(),
    };

    private void PodChanged(IKeySink keys, CacheChange<V1Pod> change)
    {
        // A pod that changes hands concerns both its old controller and its new one.
        AddOwner(keys, change.Old);
        AddOwner(keys, change.New);
        if (change.New is { } pod && Owners.ControllerOf(pod) is null)
        {
            foreach (var set in _sets.Snapshot.By(Owners.NamespaceIndex, pod.Metadata.Namespace))
            {
                if (set.Spec.Selector.Count > 0 && LabelSelector.Of(set.Spec.Selector).Matches(pod.Metadata.Labels))
                {
                    keys.Add(ObjectKey.Of(set));
                }
            }
        }
    }

    private static void AddOwner(IKeySink keys, V1Pod? pod)
    {
        if (pod is not null && Owners.ControllerOf(pod) is { Kind: "ReplicationController" } owner)
        {
            keys.Add(new ObjectKey(pod.Metadata.Namespace, owner.Name));
        }
    }
}
