using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.CronJobs;

/// <summary>Makes the Jobs of each CronJob when they are due.</summary>
public sealed class CronJobController : IController
{
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1CronJob> _crons;
    private readonly Cache<V1Job> _jobs;

    public CronJobController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _crons = context.Caches.Of<V1CronJob>();
        _jobs = context.Caches.Of<V1Job>().WithOwners();
    }

    public string Name => "cronjob";

    public int Workers => 5;

    public IEnumerable<ICache> Caches => [_crons, _jobs];

    public void Watch(IKeySink keys)
    {
        _crons.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _jobs.Subscribe(change =>
        {
            if (Owners.ControllerOf(change.Object) is { Kind: "CronJob" } owner)
            {
                keys.Add(new ObjectKey(change.Object.Metadata.Namespace, owner.Name));
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        if (_crons.Snapshot.Get(key) is not { } cron)
        {
            return Again.No;
        }

        var plan = CronPlanner.Plan(new CronView
        {
            CronJob = cron,
            Jobs = _jobs.Snapshot.By(Owners.Index, cron.Metadata.Uid),
            LocalZone = _context.Clock.LocalTimeZone,
            Now = _context.Clock.GetUtcNow(),
        });
        await _runner.PerformAsync(key, plan.Events, ct).ConfigureAwait(false);
        var failure = await _runner.PerformAsync(key, plan.Intents, ct).ConfigureAwait(false);
        var status = failure is null ? plan.Status : plan.Status with { LastScheduleTime = cron.Status.LastScheduleTime, Active = cron.Status.Active };

        // The new Job's uid is known only now; the cache may not have it yet.
        if (failure is null && plan.Made is { } made
            && await _context.Api.GetAsync<V1Job>(made.Metadata.Namespace, made.Metadata.Name, ct).ConfigureAwait(false) is { } job && Owners.IsControlledBy(job, cron))
        {
            status = status with { Active = [.. status.Active, CronPlanner.Reference(job)] };
        }

        if (status != cron.Status)
        {
            var stale = await _runner.PerformAsync(key, [new Update<V1CronJob>(cron with { Status = status }, "status")], ct).ConfigureAwait(false);
            failure ??= stale is { IsNotFound: true } ? null : stale;
        }

        return failure switch
        {
            { IsNamespaceTerminating: true } => Again.No,
            { } error => Again.Failed(error.Message),
            null => plan.Look is { } wait ? Again.After(wait) : Again.No,
        };
    }
}
