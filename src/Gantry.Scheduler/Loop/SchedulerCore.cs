using Gantry.Api.Models;
using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Queue;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Loop;

/// <summary>
/// The scheduler without its I/O: changes of objects go in, intents come out. Belongs to one thread. A pod that was given a node counts there
/// from that moment (it is assumed), so the next decision need not wait for the write; a failed write takes it back.
/// </summary>
public sealed class SchedulerCore
{
    private readonly Placement _placement;
    private readonly Preemption _preemption;
    private readonly Func<IReadOnlyList<BudgetFact>> _budgets;
    private readonly Dictionary<string, string> _reported = new(StringComparer.Ordinal);
    private readonly HashSet<string> _assumed = new(StringComparer.Ordinal);

    /// <param name="budgets">The disruption budgets as they are now; asked only when preemption is tried.</param>
    public SchedulerCore(SchedulerOptions options, TimeProvider clock, Func<IReadOnlyList<BudgetFact>> budgets)
    {
        _placement = new Placement(options);
        _preemption = new Preemption(options);
        _budgets = budgets;
        Waiting = new WaitingPods(clock, options);
        Feed = new ClusterFeed(options, Cluster, Waiting, _assumed, _reported);
    }

    public Cluster Cluster { get; } = new();

    public WaitingPods Waiting { get; }

    internal ClusterFeed Feed { get; }

    /// <summary>Takes in a change of an object of a kind the scheduler follows. No <paramref name="old"/>: added; no <paramref name="now"/>: deleted.</summary>
    public void Apply<T>(T? old, T? now)
        where T : class, IApiObject => Feed.Apply(old, now);

    /// <summary>Decides for the next pod that is due. Null when none is.</summary>
    public Intent? Step()
    {
        if (Waiting.TryPop() is not { } pod)
        {
            return null;
        }

        return _placement.Decide(Cluster, pod) switch
        {
            Decision.Place { Claims.Count: 0 } place => Assume(pod, place.Node),
            Decision.Place place => Prepare(pod, place),
            Decision.Refuse refuse => Refuse(pod, refuse.Diagnosis),
            _ => throw new InvalidOperationException("unknown decision"),
        };
    }

    /// <summary>The pod's binding was written. Its change may have arrived before or may come later; either way nothing is left to do for it.</summary>
    public void Bound(PodFact pod)
    {
        _assumed.Remove(pod.Uid);
        _reported.Remove(pod.Uid);
        Waiting.Remove(pod.Uid);
    }

    /// <summary>The pod could not be bound: its place is free again, and it is tried again later.</summary>
    public void NotBound(PodFact pod)
    {
        if (_assumed.Remove(pod.Uid))
        {
            Cluster.RemovePod(pod.Uid);
            Waiting.Retry(pod.Uid);
            Waiting.Wake(ClusterChange.PodRemoved);
        }
    }

    /// <summary>What was to be reported or prepared could not be written: the next try reports again.</summary>
    public void NotReported(PodFact pod)
    {
        _reported.Remove(pod.Uid);
        Waiting.Set(pod);
    }

    private Intent.Bind Assume(PodFact pod, string node)
    {
        var placed = pod with { NodeName = node, NominatedNode = "" };
        Cluster.Nominations.Clear(pod.Uid);
        Cluster.SetPod(placed);
        _assumed.Add(pod.Uid);
        Feed.WakeForPlaced(placed);
        return new Intent.Bind(pod, node);
    }

    private Intent.Prepare Prepare(PodFact pod, Decision.Place place)
    {
        Waiting.Park(pod.Uid, NodeTests.VolumeBinding);
        return new Intent.Prepare(pod, place.Node, place.Claims);
    }

    private Intent.Refuse Refuse(PodFact pod, Diagnosis diagnosis)
    {
        string? nominate = null;
        IReadOnlyList<PodFact> victims = [];
        IReadOnlyList<PodFact> losing = [];
        if (diagnosis.TotalNodes > 0)
        {
            switch (_preemption.Find(Cluster, pod, diagnosis, _budgets()))
            {
                case PreemptionResult.MakeRoom room:
                    (nominate, victims, losing) = (room.Node, room.Victims, room.LosingNomination);
                    break;
                case PreemptionResult.NoRoom none:
                    diagnosis = diagnosis with { Preemption = none.Message };
                    nominate = none.ClearsNomination && pod.NominatedNode.Length > 0 ? "" : null;
                    break;
            }
        }

        // 1. Promises first, so that no later decision of this loop gives the room away.
        foreach (var loser in losing)
        {
            Forget(loser);
        }

        if (nominate is not null)
        {
            pod = pod with { NominatedNode = nominate };
            Cluster.Nominations.Set(pod);
            Waiting.Set(pod, mayHelp: false);
        }

        // 2. Then wait for what may change the verdict.
        Waiting.Park(pod.Uid, diagnosis.RefusedBy);
        var message = diagnosis.Summary;
        var report = nominate is not null || !_reported.TryGetValue(pod.Uid, out var last) || last != message;
        _reported[pod.Uid] = message;
        return new Intent.Refuse(pod, message, report, nominate, victims, losing);
    }

    private void Forget(PodFact loser)
    {
        Cluster.Nominations.Clear(loser.Uid);
        if (Waiting.Find(loser.Uid) is { } waiting)
        {
            Waiting.Set(waiting with { NominatedNode = "" });
        }
    }
}
