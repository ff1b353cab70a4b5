using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.BootstrapTokens;

/// <summary>Removes bootstrap tokens when they expire.</summary>
public sealed class BootstrapTokenCleaner : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1Secret> _secrets;

    public BootstrapTokenCleaner(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _secrets = context.Caches.Of<V1Secret>();
    }

    public string Name => "token-cleaner";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_secrets];

    public void Watch(IKeySink keys) => _secrets.Subscribe(change =>
    {
        if (change.New is { } secret && BootstrapTokenPlanner.IsToken(secret))
        {
            keys.Add(ObjectKey.Of(secret));
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_secrets.Snapshot.Get(key) is not { } secret || !BootstrapTokenPlanner.IsToken(secret))
        {
            return Again.No;
        }

        var now = _context.Clock.GetUtcNow();
        var error = await _runner.PerformAsync(key, BootstrapTokenPlanner.Clean(secret, now), ct).ConfigureAwait(false);
        return error is not null and not { IsNotFound: true } ? Again.Failed(error.Message)
            : BootstrapTokenPlanner.Rest(secret, now) is { Ticks: > 0 } rest ? Again.After(rest) : Again.No;
    }
}
