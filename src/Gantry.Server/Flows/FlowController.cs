using Gantry.Api.Models;
using Gantry.Server.Handling;
using Gantry.Server.Requests;
using Microsoft.Extensions.Primitives;

namespace Gantry.Server.Flows;

/// <summary>
/// API Priority and Fairness: which flow a request belongs to, and whether it gets its seats now, after waiting, or not. Requests of loops in
/// this process do not come here.
/// </summary>
public sealed class FlowController
{
    /// <summary>How often levels borrow from each other anew.</summary>
    public static readonly TimeSpan BorrowingPeriod = TimeSpan.FromSeconds(10);

    private readonly FlowSettings _settings;
    private readonly ResourceTable _resources;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, PriorityLevel> _levels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FlowFigures> _figures = new(StringComparer.Ordinal);
    private volatile FlowSnapshot _snapshot;

    public FlowController(FlowSettings settings, ResourceTable resources, TimeProvider clock)
    {
        _settings = settings;
        _resources = resources;
        _clock = clock;
        Kinds = new RequestKinds(settings, clock);
        _snapshot = Take([], []);
    }

    public FlowSnapshot Snapshot => _snapshot;

    /// <summary>Who watches what, by which writes are charged.</summary>
    public WatchCounts Watches { get; } = new();

    public RequestKinds Kinds { get; }

    /// <summary>The fraction of its demand that each level got when levels last borrowed.</summary>
    public double Fraction { get; private set; } = 1;

    /// <summary>Takes over the objects as they are now. Only one caller at a time.</summary>
    public void Configure(IReadOnlyList<V1FlowSchema> flows, IReadOnlyList<V1PriorityLevelConfiguration> levels) => _snapshot = Take(flows, levels);

    /// <summary>Lets levels borrow from each other until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(BorrowingPeriod, _clock, cancellation).ConfigureAwait(false);
            Borrow();
        }
    }

    /// <summary>Lets levels borrow from each other by what was asked of them since the last time. Only one caller at a time.</summary>
    public void Borrow()
    {
        var levels = _snapshot.Levels;
        var (current, fraction) = SeatShares.Lend(_settings.Seats, [.. levels.Select(l => l.Observe())]);
        for (var i = 0; i < levels.Count; i++)
        {
            levels[i].Lend(current[i]);
        }

        Fraction = fraction;
    }

    /// <summary>The flow of a request.</summary>
    public ServedFlow Classify(UserInfo user, RequestInfo info) => _snapshot.Find(user, info);

    /// <summary>Seats for a request, at once or after waiting.</summary>
    /// <returns>The seats, or why there are none.</returns>
    public ValueTask<(FlowSeat Seat, FlowRefusal Refusal)> EnterAsync(ServedFlow flow, UserInfo user, RequestInfo info, CancellationToken cancellation)
    {
        var work = WorkEstimate.Of(info, flow.Level, _resources, Watches, flow.Figures);
        if (!flow.Level.TryTake(work.Seats))
        {
            return QueueAsync(flow, work, user, info, cancellation);
        }

        return new((Seat(flow, work, null, info), FlowRefusal.None));
    }

    /// <summary>Counts a refusal and says how long the client is to wait.</summary>
    public long Refuse(ServedFlow flow, FlowRefusal refusal)
    {
        flow.Figures.Reject(refusal);
        return flow.Level.Dropped.Record(_clock.GetUtcNow().ToUnixTimeSeconds());
    }

    private async ValueTask<(FlowSeat Seat, FlowRefusal Refusal)> QueueAsync(ServedFlow flow, Work work, UserInfo user, RequestInfo info, CancellationToken cancellation)
    {
        var request = new WaitingRequest(flow, flow.Distinguisher(user.Name, info.Namespace), work, user, info) { Arrived = _clock.GetUtcNow() };
        var writes = Writes(info);
        Kinds.Waiting(writes, 1);
        var refusal = await flow.Level.WaitAsync(request, cancellation).ConfigureAwait(false);
        Kinds.Waiting(writes, -1);
        return refusal != FlowRefusal.None ? (default, refusal) : (Seat(flow, work, request.Queue, info), FlowRefusal.None);
    }

    private static bool Writes(RequestInfo info) => info.Verb is not ("get" or "list" or "watch");

    private FlowSeat Seat(ServedFlow flow, Work work, QueueState? queue, RequestInfo info)
    {
        var writes = Writes(info);
        flow.Figures.Begin(work.Seats);
        Kinds.Executing(writes, 1);
        return new FlowSeat(flow, work, queue, _clock.GetTimestamp(), Kinds, writes);
    }

    private FlowSnapshot Take(IReadOnlyList<V1FlowSchema> flows, IReadOnlyList<V1PriorityLevelConfiguration> levels)
    {
        // Whatever people delete, these are there: somebody has to be able to put the rest right.
        levels = [.. levels, .. MandatoryFlows.Levels.Where(m => levels.All(l => l.Metadata.Name != m.Metadata.Name))];
        flows = [.. flows, .. MandatoryFlows.Schemas.Where(m => flows.All(f => f.Metadata.Name != m.Metadata.Name))];
        foreach (var level in levels)
        {
            if (!_levels.TryGetValue(level.Metadata.Name, out var served))
            {
                _levels[level.Metadata.Name] = served = new PriorityLevel(level.Metadata.Name, _settings, _clock);
            }

            served.Configure(level.Metadata.Uid, level.Spec);
        }

        foreach (var gone in _levels.Values.Where(s => levels.All(l => l.Metadata.Name != s.Name)).ToList())
        {
            gone.IsQuiescing = true;
            if (gone.IsIdle)
            {
                _levels.Remove(gone.Name);
            }
        }

        var all = _levels.Values.OrderBy(l => l.Name, StringComparer.Ordinal).ToList();
        var limits = SeatShares.Divide(_settings.Seats, [.. all.Select(l => l.Claim)]);
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].Limits != limits[i])
            {
                all[i].Divide(limits[i]);
            }
        }

        return Order(flows, all);
    }

    private FlowSnapshot Order(IReadOnlyList<V1FlowSchema> flows, IReadOnlyList<PriorityLevel> levels)
    {
        var served = new List<ServedFlow>();
        foreach (var flow in flows.OrderBy(f => f.Spec.MatchingPrecedence).ThenBy(f => f.Metadata.Name, StringComparer.Ordinal))
        {
            if (_levels.TryGetValue(flow.Spec.PriorityLevelConfiguration.Name, out var level) && !level.IsQuiescing)
            {
                served.Add(Served(flow, level));
            }
        }

        foreach (var gone in _figures.Keys.Where(name => flows.All(f => f.Metadata.Name != name)).ToList())
        {
            _figures.Remove(gone);
        }

        var rest = served.FirstOrDefault(f => f.SchemaName == MandatoryFlows.CatchAll)
            ?? Served(MandatoryFlows.Schemas.First(s => s.Metadata.Name == MandatoryFlows.CatchAll), _levels[MandatoryFlows.CatchAll]);
        return new FlowSnapshot(served, levels, rest);
    }

    private ServedFlow Served(V1FlowSchema flow, PriorityLevel level)
    {
        if (!_figures.TryGetValue(flow.Metadata.Name, out var figures))
        {
            _figures[flow.Metadata.Name] = figures = new FlowFigures();
        }

        return new ServedFlow(
            flow.Metadata.Name, new StringValues(flow.Metadata.Uid), level, flow.Spec.DistinguisherMethod?.Type ?? "", flow.Spec.Rules, figures);
    }
}
