using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.EndpointSlices;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Endpoints;

/// <summary>Keeps the Endpoints of every Service with a selector.</summary>
public sealed class EndpointsController : IController
{
    private readonly PlanRunner _runner;
    private readonly ServiceWatch _watch;
    private readonly Cache<V1Endpoints> _endpoints;

    public EndpointsController(ControllerContext context)
    {
        _runner = new PlanRunner(context);
        _watch = new ServiceWatch(context.Caches);
        _endpoints = context.Caches.Of<V1Endpoints>();
    }

    public string Name => "endpoints";

    public int Workers => 4;

    public IEnumerable<ICache> Caches => [_watch.Services, _watch.Pods, _endpoints];

    public void Watch(IKeySink keys)
    {
        _watch.Watch(keys);
        _endpoints.Subscribe(change =>
        {
            // Endpoints without a Service belong to somebody else and must not be taken for leftovers.
            if (_watch.Services.Snapshot.Get(ObjectKey.Of(change.Object)) is not null)
            {
                keys.Add(ObjectKey.Of(change.Object));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        var present = _endpoints.Snapshot.Get(key);
        IReadOnlyList<Intent> plan = _watch.Services.Snapshot.Get(key) switch
        {
            null => present is null ? [] : EndpointsPlanner.Remove(present),
            var service when ServiceWatch.Applies(service) => EndpointsPlanner.Plan(service, _watch.Selected(service), present),
            _ => [],
        };
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNamespaceTerminating: true } ? Again.No : Again.Failed(error.Message);
    }
}
