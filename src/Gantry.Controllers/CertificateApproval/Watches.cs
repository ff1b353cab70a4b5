using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.CertificateApproval;

/// <summary>Approves the client certificates of node agents.</summary>
public sealed class CertificateApprovalController : IController
{
    // Whoever lacks the right may get it later.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1CertificateSigningRequest> _requests;

    public CertificateApprovalController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _requests = context.Caches.Of<V1CertificateSigningRequest>();
    }

    public string Name => "certificate-approval";

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

        var rights = ApprovalPlanner.Rights(request);
        foreach (var right in rights)
        {
            var review = await _context.Api.CreateAsync(ApprovalPlanner.Question(request, right), ct).ConfigureAwait(false);
            if (review.Error is { } refused)
            {
                return Again.Failed(refused.Message);
            }

            if (review.Value?.Status.Allowed == true)
            {
                var error = await _runner.PerformAsync(key, ApprovalPlanner.Plan(request, right, _context.Clock.GetUtcNow()), ct).ConfigureAwait(false);
                return error is null or { IsNotFound: true } ? Again.No : Again.Failed(error.Message);
            }
        }

        return rights.Count > 0 ? Again.After(AskAgain) : Again.No;
    }
}
