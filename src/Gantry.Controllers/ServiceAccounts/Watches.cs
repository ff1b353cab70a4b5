using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.ServiceAccounts;

/// <summary>Sees to it that every namespace has a ServiceAccount named <c>default</c>.</summary>
public sealed class ServiceAccountController : IController
{
    private readonly PlanRunner _runner;
    private readonly Cache<V1Namespace> _namespaces;
    private readonly Cache<V1ServiceAccount> _accounts;

    public ServiceAccountController(ControllerContext context)
    {
        _runner = new PlanRunner(context);
        _namespaces = context.Caches.Of<V1Namespace>();
        _accounts = context.Caches.Of<V1ServiceAccount>();
    }

    public string Name => "serviceaccount";

    public IEnumerable<ICache> Caches => [_namespaces, _accounts];

    public void Watch(IKeySink keys)
    {
        _namespaces.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _accounts.Subscribe(change =>
        {
            if (change.Deleted)
            {
                keys.Add(new ObjectKey(change.Object.Metadata.Namespace));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var plan = ServiceAccountPlanner.Plan(_namespaces.Snapshot.Get(key), _accounts.Snapshot.Get(key.Name, ServiceAccountPlanner.Default));
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNamespaceTerminating: true } or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
    }
}
