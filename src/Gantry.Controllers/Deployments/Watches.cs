using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Deployments;

/// <summary>Rolls each Deployment's template out over ReplicaSets.</summary>
public sealed class DeploymentController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1Deployment> _deployments;
    private readonly Cache<V1ReplicaSet> _sets;
    private readonly Cache<V1Pod> _pods;

    public DeploymentController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _deployments = context.Caches.Of<V1Deployment>().WithOwners();
        _sets = context.Caches.Of<V1ReplicaSet>().WithOwners();
        _pods = context.Caches.Of<V1Pod>().WithOwners();
    }

    public string Name => "deployment";

    public int Workers => 8;

    public IEnumerable<ICache> Caches => [_deployments, _sets, _pods];

    public void Watch(IKeySink keys)
    {
        _deployments.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _sets.Subscribe(change => SetChanged(keys, change));

        // Pods matter only to those who wait for the last old one to go.
        _pods.Subscribe(change =>
        {
            if (change.Deleted && Owners.ControllerOf(change.Object) is { Kind: "ReplicaSet" } owner
                && _sets.Snapshot.Get(change.Object.Metadata.Namespace, owner.Name) is { } set)
            {
                AddOwner(keys, set);
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        if (_deployments.Snapshot.Get(key) is not { } deployment)
        {
            return Again.No;
        }

        var view = View(deployment);
        var plan = DeploymentPlanner.Plan(view);
        var error = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        var status = plan.Status;
        if (error is { IsAlreadyExists: true } && deployment.Metadata.DeletionTimestamp is null)
        {
            // Another template has the same hash, or the cache lags. Counting up is right for the first and harmless for the second.
            var name = DeploymentPlanner.MakeNew(deployment).Metadata.Name;
            if (await _context.Api.GetAsync<V1ReplicaSet>(key.Namespace, name, ct).ConfigureAwait(false) is { } there
                && (!Owners.IsControlledBy(there, deployment) || DeploymentPlanner.FindNew(deployment, [there]) is null))
            {
                status = status with { CollisionCount = (status.CollisionCount ?? 0) + 1 };
            }
        }

        // A plan that wrote the revision into the Deployment made the version at hand old; the status follows with the change that it caused.
        if (status != deployment.Status && !(error is null && plan.Intents.Any(i => i is Patch<V1Deployment>)))
        {
            var stale = await _runner.PerformAsync(key, [new Update<V1Deployment>(deployment with { Status = status }, "status")], ct).ConfigureAwait(false);
            error ??= stale;
        }

        return error switch
        {
            { IsNamespaceTerminating: true } or { IsNotFound: true } => Again.No,
            { } failure => Again.Failed(failure.Message),
            null => plan.Look is { } wait ? Again.After(wait) : Again.No,
        };
    }

    private DeploymentView View(V1Deployment deployment)
    {
        var sets = _sets.Snapshot.OwnedAndOrphans(deployment);
        var pods = _pods.Snapshot;
        return new DeploymentView
        {
            Deployment = deployment,
            Sets = sets,
            Populated = deployment.Spec.Strategy.Type != "Recreate"
                ? new HashSet<string>()
                : sets.Select(s => s.Metadata.Uid).Where(uid => pods.By(Owners.Index, uid).Any(p => !PodFacts.IsTerminal(p))).ToHashSet(StringComparer.Ordinal),
            Now = _context.Clock.GetUtcNow(),
        };
    }

    private void SetChanged(IKeySink keys, CacheChange<V1ReplicaSet> change)
    {
        AddOwner(keys, change.Old);
        AddOwner(keys, change.New);
        if (change.New is { } set && Owners.ControllerOf(set) is null)
        {
            foreach (var deployment in _deployments.Snapshot.By(Owners.NamespaceIndex, set.Metadata.Namespace))
            {
                if (Selecting.NotEmpty(deployment.Spec.Selector)?.Matches(set.Metadata.Labels) == true)
                {
                    keys.Add(ObjectKey.Of(deployment));
                }
            }
        }
    }

    private static void AddOwner(IKeySink keys, V1ReplicaSet? set)
    {
        if (set is not null && Owners.ControllerOf(set) is { Kind: "Deployment" } owner)
        {
            keys.Add(new ObjectKey(set.Metadata.Namespace, owner.Name));
        }
    }
}
