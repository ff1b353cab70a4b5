using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Jobs;

/// <summary>Runs each Job's pods to completion and counts them.</summary>
public sealed class JobController : IController
{
    /// <summary>The index of pods that keep the tracking finalizer, by the Job they name (an empty name without one).</summary>
    private const string TrackedIndex = "job-tracked";
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly Cache<V1Job> _jobs;
    private readonly Cache<V1Pod> _pods;
    private readonly ConcurrentDictionary<ObjectKey, (string Uid, JobRetries Retries)> _retries = new();

    public JobController(ControllerContext context)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _jobs = context.Caches.Of<V1Job>().WithOwners();
        _pods = context.Caches.Of<V1Pod>().WithOwners().WithIndex(TrackedIndex, static p => JobPods.IsTracked(p) ? [KeyOf(p).ToString()] : []);
    }

    public string Name => "job";

    public int Workers => 8;

    public IEnumerable<ICache> Caches => [_jobs, _pods];

    public void Watch(IKeySink keys)
    {
        _jobs.Subscribe(change => keys.Add(ObjectKey.Of(change.Object)));
        _pods.Subscribe(change => PodChanged(keys, change));
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        var now = _context.Clock.GetUtcNow();
        var job = _jobs.Snapshot.Get(key);
        var strays = _pods.Snapshot.By(TrackedIndex, key.ToString()).Where(p => job is null || Owners.ControllerOf(p)?.Uid != job.Metadata.Uid);
        var stuck = await _runner.PerformAsync(key, JobPlanner.Release(strays), ct).ConfigureAwait(false);
        if (job is null)
        {
            _retries.TryRemove(key, out _);
            return stuck is null ? Again.No : Again.Failed(stuck.Message);
        }

        var remembered = _retries.TryGetValue(key, out var known) && known.Uid == job.Metadata.Uid ? known.Retries : JobRetries.None;
        var view = new JobView { Job = job, Pods = _pods.Snapshot.OwnedAndOrphans(job), Retries = remembered, Now = now };
        var plan = JobPlanner.Plan(view);
        var failure = await _runner.PerformAsync(key, plan.Pods, ct).ConfigureAwait(false);
        if (failure is not null)
        {
            plan = JobPlanner.Plan(view with { Hold = true });
        }

        var stale = await _runner.PerformAsync(key, plan.Tracking, ct).ConfigureAwait(false);
        if (stale is null)
        {
            // Only now are the failures in the status, or still to be seen again; remembered earlier they would count twice.
            _retries[key] = (job.Metadata.Uid, plan.Retries);
        }

        return (failure ?? stale) switch
        {
            { IsNamespaceTerminating: true } or { IsNotFound: true } => Again.No,
            { } error => Again.Failed(error.Message),
            null => plan.Look is { } wait ? Again.After(wait) : Again.No,
        };
    }

    private void PodChanged(IKeySink keys, CacheChange<V1Pod> change)
    {
        foreach (var pod in new[] { change.Old, change.New })
        {
            if (pod is not null && (Owners.ControllerOf(pod) is { Kind: "Job" } || JobPods.IsTracked(pod)))
            {
                keys.Add(KeyOf(pod));
            }
        }

        if (change.New is { } orphan && Owners.ControllerOf(orphan) is null)
        {
            foreach (var job in _jobs.Snapshot.By(Owners.NamespaceIndex, orphan.Metadata.Namespace))
            {
                if (Selecting.NotEmpty(job.Spec.Selector)?.Matches(orphan.Metadata.Labels) == true)
                {
                    keys.Add(ObjectKey.Of(job));
                }
            }
        }
    }

    private static ObjectKey KeyOf(V1Pod pod) =>
        new(pod.Metadata.Namespace, Owners.ControllerOf(pod) is { Kind: "Job" } owner ? owner.Name : "");
}
