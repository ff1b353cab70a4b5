using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.BootstrapTokens;

/// <summary>Signs the ConfigMap <c>cluster-info</c> with the bootstrap tokens that are meant for it.</summary>
public sealed class BootstrapSigner : IController
{
    private static readonly ObjectKey Info = new(BootstrapTokenPlanner.InfoNamespace, BootstrapTokenPlanner.InfoName);

    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1Secret> _secrets;
    private readonly Cache<V1ConfigMap> _maps;

    public BootstrapSigner(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _secrets = context.Caches.Of<V1Secret>();
        _maps = context.Caches.Of<V1ConfigMap>();
    }

    public string Name => "bootstrap-signer";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_secrets, _maps];

    public void Watch(IKeySink keys)
    {
        _secrets.Subscribe(change =>
        {
            if (BootstrapTokenPlanner.IsToken(change.Object) || change.Old is { } old && BootstrapTokenPlanner.IsToken(old))
            {
                keys.Add(Info);
            }
        });
        _maps.Subscribe(change =>
        {
            if (ObjectKey.Of(change.Object) == Info)
            {
                keys.Add(Info);
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        // The cleaner takes expired tokens away, which comes back here as a change.
        var plan = BootstrapTokenPlanner.Sign(_maps.Snapshot.Get(key), _secrets.Snapshot.All.Where(BootstrapTokenPlanner.IsToken), _context.Clock.GetUtcNow());
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is null or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
    }
}
