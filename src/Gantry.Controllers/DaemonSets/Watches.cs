using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.History;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DaemonSets;

/// <summary>Keeps the pods of each DaemonSet on the nodes.</summary>
public sealed class DaemonSetController : IController
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1DaemonSet> _sets;
    private readonly Cache<V1Pod> _pods;
    private readonly Cache<V1Node> _nodes;
    private readonly Cache<V1ControllerRevision> _revisions;
    private readonly ConcurrentDictionary<(string Uid, string Node), (TimeSpan Pause, DateTimeOffset Until)> _failures = new();

    public DaemonSetController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _sets = context.Caches.Of<V1DaemonSet>().WithOwners();
        _pods = context.Caches.Of<V1Pod>().WithOwners();
        _nodes = context.Caches.Of<V1Node>();
        _revisions = context.Caches.Of<V1ControllerRevision>().WithOwners();
    }

    public string Name => "daemonset";

    public int Workers => 2;

    public IEnumerable<ICache> Caches => [_sets, _pods, _nodes, _revisions];

    public void Watch(IKeySink keys)
    {
        _sets.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _pods.Subscribe(change => OwnerWatch.Changed(keys, change, "DaemonSet", _sets, static s => s.Spec.Selector));
        _revisions.Subscribe(change => OwnerWatch.Changed(keys, change, "DaemonSet", _sets, static s => s.Spec.Selector));
        _nodes.Subscribe(change =>
        {
            // Heartbeats change nothing that a DaemonSet looks at.
            if (change.Added || change.Deleted || change.Old!.Spec != change.New!.Spec || !JsonModel.SameMap(change.Old.Metadata.Labels, change.New.Metadata.Labels))
            {
                foreach (var set in _sets.Snapshot.All)
                {
                    keys.Add(ObjectKey.Of(set));
                }
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        if (_sets.Snapshot.Get(key) is not { } set)
        {
            return Again.No;
        }

        var now = _context.Clock.GetUtcNow();
        var plan = DaemonPlanner.Plan(new DaemonView
        {
            Set = set,
            Nodes = [.. _nodes.Snapshot.All],
            Pods = _pods.Snapshot.OwnedAndOrphans(set),
            Revisions = _revisions.Snapshot.OwnedAndOrphans(set),
            Patience = _failures.Where(f => f.Key.Uid == set.Metadata.Uid).ToDictionary(f => f.Key.Node, f => f.Value.Until, StringComparer.Ordinal),
            Now = now,
        });
        var failure = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        Remember(set, plan.Failed, now);
        var status = plan.Status;
        if (failure is { IsAlreadyExists: true } && plan.History is { } history
            && await CollisionWatch.CollidedAsync(_context.Api, history.Update, ct).ConfigureAwait(false))
        {
            status = status with { CollisionCount = (status.CollisionCount ?? 0) + 1 };
        }

        if (status != set.Status)
        {
            var stale = await _runner.PerformAsync(key, [new Update<V1DaemonSet>(set with { Status = status }, "status")], ct).ConfigureAwait(false);
            failure ??= stale is { IsNotFound: true } ? null : stale;
        }

        return failure switch
        {
            { IsNamespaceTerminating: true } => Again.No,
            { } error => Again.Failed(error.Message),
            null => plan.Look is { } wait ? Again.After(wait) : Again.No,
        };
    }

    private void Remember(V1DaemonSet set, IReadOnlyList<string> failed, DateTimeOffset now)
    {
        foreach (var node in failed)
        {
            _failures.AddOrUpdate(
                (set.Metadata.Uid, node),
                _ => (FirstPause, now + FirstPause),
                (_, old) =>
                {
                    // A daemon that ran well for twice its pause starts over.
                    var pause = now - old.Until > old.Pause * 2 ? FirstPause : old.Pause * 2 < LongestPause ? old.Pause * 2 : LongestPause;
                    return (pause, now + pause);
                });
        }

        foreach (var (key, _) in _failures.Where(f => now - f.Value.Until > LongestPause * 2))
        {
            _failures.TryRemove(key, out _);
        }
    }
}
