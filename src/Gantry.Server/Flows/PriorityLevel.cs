using Gantry.Api.Models;
using Microsoft.Extensions.Primitives;

namespace Gantry.Server.Flows;

/// <summary>
/// The seats of one priority level and who has them. While a seat is free, taking and giving one back are each one interlocked operation;
/// queues and their lock are met only by requests that find the level full.
/// </summary>
public sealed class PriorityLevel
{
    private readonly FlowSettings _settings;
    private readonly TimeProvider _clock;
    private readonly long _origin;
    private readonly Lock _lock = new();
    private readonly FairQueues _queues = new();
    private bool _queuing;
    private int _limit;
    private int _inUse;
    private int _waiting;
    private int _highest;
    private int _executing;
    private int _waitingSeats;
    private int _waitingLimit;
    private double _smoothed;

    public PriorityLevel(string name, FlowSettings settings, TimeProvider clock)
    {
        Name = name;
        _settings = settings;
        _clock = clock;
        _origin = clock.GetTimestamp();
        Timings = new LevelTimings(this, clock);
    }

    public string Name { get; }

    /// <summary>The value of <c>X-Kubernetes-PF-PriorityLevel-UID</c>.</summary>
    public StringValues Uid { get; private set; }

    public bool IsExempt { get; private set; }

    public SeatClaim Claim { get; private set; }

    public SeatLimits Limits { get; private set; }

    /// <summary>Whether its object is gone and it only lives for the requests that it still has.</summary>
    public bool IsQuiescing { get; set; }

    public DroppedRequests Dropped { get; } = new();

    /// <summary>The seats that it may use now.</summary>
    public int Limit => Volatile.Read(ref _limit);

    public int InUse => Volatile.Read(ref _inUse);

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>How many requests are being answered.</summary>
    public int Executing => Volatile.Read(ref _executing);

    public int WaitingSeats => Volatile.Read(ref _waitingSeats);

    /// <summary>How many requests may wait.</summary>
    public int WaitingLimit => Volatile.Read(ref _waitingLimit);

    public bool IsIdle => InUse == 0 && Waiting == 0;

    internal LevelTimings Timings { get; }

    /// <summary>The most seats that one list may take: a small part of the level, so that lists do not shut out everything else.</summary>
    public int WidestRequest => (int)Math.Clamp(Math.Ceiling(Limits.Nominal * 0.15), 1, WorkEstimate.MaximumSeats);

    /// <summary>What was asked of the level in the last period, for the figures.</summary>
    public (double Average, double Deviation, int Highest, double Smoothed) LastDemand { get; private set; }

    /// <summary>Takes over what the object says; its seats follow by <see cref="Divide"/>.</summary>
    /// <param name="uid">The object's uid.</param>
    /// <param name="spec">What it says.</param>
    public void Configure(string uid, V1PriorityLevelConfigurationSpec spec)
    {
        IsQuiescing = false;
        Uid = uid;
        IsExempt = spec.Type == "Exempt";
        var limited = spec.Limited;
        Claim = IsExempt
            ? new SeatClaim(true, spec.Exempt?.NominalConcurrencyShares ?? 0, spec.Exempt?.LendablePercent ?? 0, null)
            : new SeatClaim(false, limited?.NominalConcurrencyShares ?? 30, limited?.LendablePercent ?? 0, limited?.BorrowingLimitPercent);
        lock (_lock)
        {
            _queuing = limited is { LimitResponse: { Type: "Queue", Queuing.Queues: > 0 } };
            if (_queuing)
            {
                var queuing = limited!.LimitResponse.Queuing!;
                _queues.Configure(queuing.Queues, queuing.HandSize, queuing.QueueLengthLimit);
            }

            _waitingLimit = _queuing ? _queues.Capacity : 0;
        }
    }

    /// <summary>Sets what the level has by its spec and with it what it may use now.</summary>
    public void Divide(SeatLimits limits)
    {
        Limits = limits;
        Lend(limits.Nominal);
        Timings.Touch();
    }

    /// <summary>Sets what the level may use from now on.</summary>
    public void Lend(int limit)
    {
        Volatile.Write(ref _limit, limit);
        lock (_lock)
        {
            Dispatch();
        }
    }

    /// <summary>Ends a period of observation: what the level asked for in it.</summary>
    public SeatDemand Observe()
    {
        var (average, deviation) = Timings.Moments();
        var highest = Interlocked.Exchange(ref _highest, InUse + WaitingSeats);
        // A short peak is not a demand.
        var envelope = Math.Min(highest, average + deviation);
        _smoothed = Math.Max(envelope, (0.977 * _smoothed) + (0.023 * envelope));
        LastDemand = (average, deviation, highest, _smoothed);
        return new SeatDemand(Limits, IsExempt, highest, _smoothed);
    }

    /// <summary>Takes seats if they are free and nobody waits for them.</summary>
    public bool TryTake(int seats)
    {
        if (IsExempt)
        {
            Note(Interlocked.Add(ref _inUse, seats));
        }
        else if (Volatile.Read(ref _waiting) != 0 || !TryReserve(seats))
        {
            return false;
        }

        Interlocked.Increment(ref _executing);
        Timings.Touch();
        return true;
    }

    /// <summary>Gives back what was taken: at once, or when what the request has brought about is over, too.</summary>
    /// <param name="work">What the request cost.</param>
    /// <param name="queue">The queue through which the request came, or null.</param>
    /// <param name="took">How long it was answered.</param>
    /// <param name="figures">Is told when the seats are free; null for nobody.</param>
    public void Give(Work work, QueueState? queue, TimeSpan took, FlowFigures? figures = null)
    {
        Interlocked.Decrement(ref _executing);
        if (work.Additional <= TimeSpan.Zero)
        {
            Release(work, queue, took, figures);
            return;
        }

        Timings.Touch();
        // The timer holds itself until it has fired.
        var later = new Later();
        later.Timer = _clock.CreateTimer(
            _ =>
            {
                Release(work, queue, took, figures);
                later.Timer?.Dispose();
            },
            null, work.Additional, Timeout.InfiniteTimeSpan);
    }

    private void Release(Work work, QueueState? queue, TimeSpan took, FlowFigures? figures)
    {
        Interlocked.Add(ref _inUse, -work.Seats);
        figures?.Release(work.Seats);
        Timings.Touch();
        if (queue is null && Volatile.Read(ref _waiting) == 0)
        {
            return;
        }

        lock (_lock)
        {
            _queues.Advance(Now, Limit);
            if (queue is not null)
            {
                _queues.Finish(queue, work, took.TotalSeconds);
            }

            Dispatch();
        }
    }

    /// <summary>Waits for seats where the level queues, after <see cref="TryTake"/> said no.</summary>
    /// <returns>None when the seats are taken, else why not.</returns>
    public async ValueTask<FlowRefusal> WaitAsync(WaitingRequest request, CancellationToken cancellation)
    {
        if (Join(request) is var refused and not FlowRefusal.None)
        {
            return refused;
        }

        var from = _clock.GetTimestamp();
        var refusal = FlowRefusal.None;
        try
        {
            await request.Seated.Task.WaitAsync(_settings.WaitLimit, _clock, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            refusal = Leave(request, e is TimeoutException ? FlowRefusal.TimeOut : FlowRefusal.Cancelled);
        }

        var waited = _clock.GetElapsedTime(from);
        request.Flow.Figures.EndWaiting(request.Seats, waited, refusal == FlowRefusal.None);
        return refusal;
    }

    /// <summary>Shows the queues to someone who only looks.</summary>
    public void Inspect(Action<FairQueues, bool> look)
    {
        lock (_lock)
        {
            look(_queues, _queuing);
        }
    }

    private double Now => _clock.GetElapsedTime(_origin).TotalSeconds;

    private FlowRefusal Join(WaitingRequest request)
    {
        lock (_lock)
        {
            if (!_queuing)
            {
                if (!TryReserve(request.Seats))
                {
                    return FlowRefusal.ConcurrencyLimit;
                }

                Interlocked.Increment(ref _executing);
                Timings.Touch();
                request.Seated.TrySetResult();
                request.Flow.Figures.BeginWaiting(request.Seats);
                return FlowRefusal.None;
            }

            // Whoever gives back a seat after this sees that somebody waits; whoever did before has left it to be found below.
            Interlocked.Increment(ref _waiting);
            _queues.Advance(Now, Limit);
            if (!_queues.TryJoin(request, full: InUse >= Limit))
            {
                Interlocked.Decrement(ref _waiting);
                return FlowRefusal.QueueFull;
            }

            request.Flow.Figures.QueueLengths.Add((double)request.Queue!.Waiting.Count);
            Volatile.Write(ref _waitingSeats, _queues.WaitingSeats);
            Note(InUse + _queues.WaitingSeats);
            Timings.Touch();
            request.Flow.Figures.BeginWaiting(request.Seats);
            Dispatch();
            return FlowRefusal.None;
        }
    }

    private FlowRefusal Leave(WaitingRequest request, FlowRefusal why)
    {
        lock (_lock)
        {
            if (request.Queue is null || !_queues.TryLeave(request))
            {
                // Its turn came in the same moment.
                return FlowRefusal.None;
            }

            Interlocked.Decrement(ref _waiting);
            Volatile.Write(ref _waitingSeats, _queues.WaitingSeats);
            Timings.Touch();
            Dispatch();
            return why;
        }
    }

    private void Dispatch()
    {
        while (_queues.Next() is { } next)
        {
            if (!TryReserve(next.Seats))
            {
                next.Flow.Figures.FindsNoRoom();
                return;
            }

            _queues.Dispatch(next);
            Interlocked.Decrement(ref _waiting);
            Volatile.Write(ref _waitingSeats, _queues.WaitingSeats);
            Interlocked.Increment(ref _executing);
            Timings.Touch();
            next.Seated.TrySetResult();
        }
    }

    private bool TryReserve(int seats)
    {
        var used = Volatile.Read(ref _inUse);
        // A request wider than the whole level has to wait until it is alone.
        while (used == 0 || used + seats <= Volatile.Read(ref _limit))
        {
            var seen = Interlocked.CompareExchange(ref _inUse, used + seats, used);
            if (seen == used)
            {
                Note(used + seats);
                return true;
            }

            used = seen;
        }

        return false;
    }

    // A peak that two see at once may be noted too low by one of them, which does not matter to an estimate.
    private void Note(int seats)
    {
        if (seats > Volatile.Read(ref _highest))
        {
            Volatile.Write(ref _highest, seats);
        }
    }

    private sealed class Later
    {
        public ITimer? Timer { get; set; }
    }
}
