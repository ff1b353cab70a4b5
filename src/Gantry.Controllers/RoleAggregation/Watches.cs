using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.RoleAggregation;

/// <summary>Keeps the rules of ClusterRoles that are made of others.</summary>
public sealed class RoleAggregationController : IController
{
    private readonly PlanRunner _runner;
    private readonly Cache<V1ClusterRole> _roles;

    public RoleAggregationController(ControllerContext context)
    {
        _runner = new PlanRunner(context);
        _roles = context.Caches.Of<V1ClusterRole>();
    }

    public string Name => "clusterrole-aggregation";

    public IEnumerable<ICache> Caches => [_roles];

    public void Watch(IKeySink keys) => _roles.Subscribe(change =>
    {
        foreach (var role in _roles.Snapshot.All.Where(r => r.AggregationRule is not null))
        {
            if (role.Metadata.Name == change.Object.Metadata.Name
                || (change.Old is { } old && RoleAggregationPlanner.Takes(role, old)) || (change.New is { } now && RoleAggregationPlanner.Takes(role, now)))
            {
                keys.Add(ObjectKey.Of(role));
            }
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(20));
        }

        var plan = _roles.Snapshot.Get(key) is { } role ? RoleAggregationPlanner.Plan(role, _roles.Snapshot.All) : [];
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
    }
}
