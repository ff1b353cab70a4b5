using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.DisruptionBudgets;

/// <summary>Keeps the status of every PodDisruptionBudget, which evictions are granted by.</summary>
public sealed class DisruptionBudgetController : IController
{
    private const string UidIndex = "uid";
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1PodDisruptionBudget> _budgets;
    private readonly Cache<V1Pod> _pods;
    private readonly Cache<V1ReplicaSet> _sets;
    private readonly Cache<V1Deployment> _deployments;
    private readonly Cache<V1StatefulSet> _stateful;
    private readonly Cache<V1ReplicationController> _controllers;

    public DisruptionBudgetController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _budgets = context.Caches.Of<V1PodDisruptionBudget>().WithIndex(Owners.NamespaceIndex, static b => [b.Metadata.Namespace]);
        _pods = context.Caches.Of<V1Pod>().WithOwners();
        _sets = context.Caches.Of<V1ReplicaSet>().WithIndex(UidIndex, static o => [o.Metadata.Uid]);
        _deployments = context.Caches.Of<V1Deployment>().WithIndex(UidIndex, static o => [o.Metadata.Uid]);
        _stateful = context.Caches.Of<V1StatefulSet>().WithIndex(UidIndex, static o => [o.Metadata.Uid]);
        _controllers = context.Caches.Of<V1ReplicationController>().WithIndex(UidIndex, static o => [o.Metadata.Uid]);
    }

    public string Name => "disruption";

    public IEnumerable<ICache> Caches => [_budgets, _pods, _sets, _deployments, _stateful, _controllers];

    public void Watch(IKeySink keys)
    {
        _budgets.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _pods.Subscribe(change =>
        {
            foreach (var budget in _budgets.Snapshot.By(Owners.NamespaceIndex, change.Object.Metadata.Namespace))
            {
                if (Selects(budget, change.Old) || Selects(budget, change.New))
                {
                    keys.Add(ObjectKey.Of(budget));
                }
            }
        });
        _deployments.Subscribe(change => Scaled(keys, change.Object, change.Old?.Spec.Replicas == change.New?.Spec.Replicas));
        _stateful.Subscribe(change => Scaled(keys, change.Object, change.Old?.Spec.Replicas == change.New?.Spec.Replicas));
        _sets.Subscribe(change => Scaled(keys, change.Object, change.Old?.Spec.Replicas == change.New?.Spec.Replicas));
        _controllers.Subscribe(change => Scaled(keys, change.Object, change.Old?.Spec.Replicas == change.New?.Spec.Replicas));
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        if (_budgets.Snapshot.Get(key) is not { } budget)
        {
            return Again.No;
        }

        var pods = _pods.Snapshot.By(Owners.NamespaceIndex, key.Namespace).Where(p => Selects(budget, p)).ToList();
        var plan = BudgetPlanner.Plan(new BudgetView { Budget = budget, Pods = pods, Scales = Scales(pods), Now = _context.Clock.GetUtcNow() });
        if (plan.Status == budget.Status)
        {
            return plan.Look is { } wait ? Again.After(wait) : Again.No;
        }

        var error = await _runner.PerformAsync(key, [.. plan.Events, new Update<V1PodDisruptionBudget>(budget with { Status = plan.Status }, "status")], ct).ConfigureAwait(false);
        return error is null or { IsNotFound: true } ? (plan.Look is { } later ? Again.After(later) : Again.No) : Again.Failed(error.Message);
    }

    private static bool Selects(V1PodDisruptionBudget budget, V1Pod? pod) => pod is not null && Selecting.Of(budget.Spec.Selector)?.Matches(pod.Metadata.Labels) == true;

    private void Scaled(IKeySink keys, IApiObject scaled, bool same)
    {
        if (!same)
        {
            foreach (var budget in _budgets.Snapshot.By(Owners.NamespaceIndex, scaled.Metadata.Namespace))
            {
                keys.Add(ObjectKey.Of(budget));
            }
        }
    }

    private Dictionary<string, int> Scales(IEnumerable<V1Pod> pods)
    {
        var scales = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var owner in pods.Select(Owners.ControllerOf).Where(o => o is not null).DistinctBy(o => o!.Uid))
        {
            if (Scale(owner!) is { } scale)
            {
                scales[owner!.Uid] = scale;
            }
        }

        return scales;
    }

    private int? Scale(V1OwnerReference owner) => owner.Kind switch
    {
        "ReplicaSet" => Find(_sets, owner.Uid) is not { } set ? null

            // A Deployment's wanted number counts, not that of one of its sets in the middle of a rollout.
            : Owners.ControllerOf(set) is { Kind: "Deployment" } above ? Find(_deployments, above.Uid)?.Spec.Replicas ?? 1
            : set.Spec.Replicas ?? 1,
        "StatefulSet" => Find(_stateful, owner.Uid) is { } stateful ? stateful.Spec.Replicas ?? 1 : null,
        "ReplicationController" => Find(_controllers, owner.Uid) is { } controller ? controller.Spec.Replicas ?? 1 : null,
        _ => null,
    };

    private static T? Find<T>(Cache<T> cache, string uid)
        where T : class, IApiObject<T> => cache.Snapshot.By(UidIndex, uid) is [var found, ..] ? found : null;
}
