using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.StatefulSets;

/// <summary>Keeps the numbered pods of each StatefulSet and their claims.</summary>
public sealed class StatefulSetController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1StatefulSet> _sets;
    private readonly Cache<V1Pod> _pods;
    private readonly Cache<V1PersistentVolumeClaim> _claims;
    private readonly Cache<V1ControllerRevision> _revisions;

    public StatefulSetController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _sets = context.Caches.Of<V1StatefulSet>().WithOwners();
        _pods = context.Caches.Of<V1Pod>().WithOwners();
        _claims = context.Caches.Of<V1PersistentVolumeClaim>().WithIndex(Owners.NamespaceIndex, static c => [c.Metadata.Namespace]);
        _revisions = context.Caches.Of<V1ControllerRevision>().WithOwners();
    }

    public string Name => "statefulset";

    public int Workers => 5;

    public IEnumerable<ICache> Caches => [_sets, _pods, _claims, _revisions];

    public void Watch(IKeySink keys)
    {
        _sets.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _pods.Subscribe(change => OwnerWatch.Changed(keys, change, "StatefulSet", _sets, static s => s.Spec.Selector));
        _revisions.Subscribe(change => OwnerWatch.Changed(keys, change, "StatefulSet", _sets, static s => s.Spec.Selector));
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        if (_sets.Snapshot.Get(key) is not { } set)
        {
            return Again.No;
        }

        var plan = StatefulPlanner.Plan(new StatefulView
        {
            Set = set,
            Pods = _pods.Snapshot.OwnedAndOrphans(set),
            Claims = set.Spec.VolumeClaimTemplates.Count == 0 ? [] : _claims.Snapshot.By(Owners.NamespaceIndex, key.Namespace),
            Revisions = _revisions.Snapshot.OwnedAndOrphans(set),
            Now = _context.Clock.GetUtcNow(),
        });
        var failure = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        var status = failure is null ? plan.Status : set.Status;
        if (failure is { IsAlreadyExists: true } && plan.History is { } history
            && await CollisionWatch.CollidedAsync(_context.Api, history.Update, ct).ConfigureAwait(false))
        {
            status = status with { CollisionCount = (status.CollisionCount ?? 0) + 1 };
        }

        if (status != set.Status)
        {
            var stale = await _runner.PerformAsync(key, [new Update<V1StatefulSet>(set with { Status = status }, "status")], ct).ConfigureAwait(false);
            failure ??= stale is { IsNotFound: true } ? null : stale;
        }

        return failure switch
        {
            { IsNamespaceTerminating: true } => Again.No,
            { } error => Again.Failed(error.Message),
            null => plan.Look is { } wait ? Again.After(wait) : Again.No,
        };
    }
}
