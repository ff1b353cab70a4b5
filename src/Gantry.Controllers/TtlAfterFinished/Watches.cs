using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.TtlAfterFinished;

/// <summary>Deletes ended Jobs when their time is up.</summary>
public sealed class TtlAfterFinishedController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1Job> _jobs;

    public TtlAfterFinishedController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _jobs = context.Caches.Of<V1Job>();
    }

    public string Name => "ttl-after-finished";

    public IEnumerable<ICache> Caches => [_jobs];

    public void Watch(IKeySink keys) => _jobs.Subscribe(change =>
    {
        if (change.New is { Spec.TtlSecondsAfterFinished: not null } job)
        {
            keys.Add(ObjectKey.Of(job));
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_jobs.Snapshot.Get(key) is not { } job || TtlPlanner.Rest(job, _context.Clock.GetUtcNow()) is not { } rest)
        {
            return Again.No;
        }

        if (rest > TimeSpan.Zero)
        {
            return Again.After(rest);
        }

        var error = await _runner.PerformAsync(key, [TtlPlanner.Remove(job)], ct).ConfigureAwait(false);
        return error is null ? Again.No : Again.Failed(error.Message);
    }
}
