using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.CertificateSigning;

/// <summary>Signs approved certificate requests of the cluster's own signers.</summary>
public sealed class CertificateSigningController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly CertificateSigner _sign;
    private readonly Cache<V1CertificateSigningRequest> _requests;

    public CertificateSigningController(ControllerContext context, CertificateSigner sign)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _sign = sign;
        _requests = context.Caches.Of<V1CertificateSigningRequest>();
    }

    public string Name => "certificate-signing";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_requests];

    public void Watch(IKeySink keys) => _requests.Subscribe(change =>
    {
        if (change.New is { } request)
        {
            keys.Add(ObjectKey.Of(request));
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        if (_requests.Snapshot.Get(key) is not { } request)
        {
            return Again.No;
        }

        var now = _context.Clock.GetUtcNow();
        var error = await _runner.PerformAsync(key, SigningPlanner.Plan(request, _sign, now), ct).ConfigureAwait(false);
        var rest = SigningPlanner.Rest(request, now);
        return error is not null and not { IsNotFound: true } ? Again.Failed(error.Message) : rest > TimeSpan.Zero ? Again.After(rest) : Again.No;
    }
}
