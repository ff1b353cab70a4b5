using Gantry.Server.Figures;

namespace Gantry.Server.Flows;

/// <summary>What is counted of one flow schema's requests. Lives as long as the schema; every method may be called by any thread.</summary>
public sealed class FlowFigures
{
    /// <summary>The buckets of how long requests ran and waited, seconds.</summary>
    public static readonly double[] Bounds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

    private readonly long[] _rejected = new long[5];
    private long _dispatched;
    private long _waiting;
    private long _waitingSeats;
    private long _executingSeats;
    private long _unaccommodated;

    public long Dispatched => Volatile.Read(ref _dispatched);

    public long Finished => Ran.Count + RanWatches.Count;

    public long Waiting => Volatile.Read(ref _waiting);

    public long WaitingSeats => Volatile.Read(ref _waitingSeats);

    public long Rejected(FlowRefusal reason) => Volatile.Read(ref _rejected[(int)reason]);

    /// <summary>How long requests had their seats.</summary>
    public Histogram Ran { get; } = new(Bounds);

    /// <summary>The same of watches, which have seats only until they have begun.</summary>
    public Histogram RanWatches { get; } = new(Bounds);

    /// <summary>How long requests waited that got their seats.</summary>
    public Histogram Waited { get; } = new(Bounds);

    /// <summary>How long requests waited in vain.</summary>
    public Histogram WaitedInVain { get; } = new(Bounds);

    /// <summary>How many requests were in a queue when one had come to it.</summary>
    public Histogram QueueLengths { get; } = new([0, 10, 25, 50, 100, 250, 500, 1000]);

    /// <summary>How many seats requests asked for.</summary>
    public Histogram Seats { get; } = new([1, 2, 4, 10]);

    /// <summary>How many watched what requests were about to write.</summary>
    public Histogram Watchers { get; } = new([0, 1, 10, 100, 1000, 10000]);

    /// <summary>Seats that are taken.</summary>
    public long ExecutingSeats => Volatile.Read(ref _executingSeats);

    /// <summary>How often too few seats were free for a request whose turn it was.</summary>
    public long Unaccommodated => Volatile.Read(ref _unaccommodated);

    public void Begin(int seats)
    {
        Interlocked.Increment(ref _dispatched);
        Interlocked.Add(ref _executingSeats, seats);
        Seats.Add((double)seats);
    }

    /// <summary>Seats are free again, which may be later than the request's end.</summary>
    public void Release(int seats) => Interlocked.Add(ref _executingSeats, -seats);

    public void FindsNoRoom() => Interlocked.Increment(ref _unaccommodated);

    public void End(TimeSpan took, bool watches) => (watches ? RanWatches : Ran).Add(took);

    public void BeginWaiting(int seats)
    {
        Interlocked.Increment(ref _waiting);
        Interlocked.Add(ref _waitingSeats, seats);
    }

    public void EndWaiting(int seats, TimeSpan took, bool served)
    {
        Interlocked.Decrement(ref _waiting);
        Interlocked.Add(ref _waitingSeats, -seats);
        (served ? Waited : WaitedInVain).Add(took);
    }

    public void Reject(FlowRefusal reason) => Interlocked.Increment(ref _rejected[(int)reason]);
}
