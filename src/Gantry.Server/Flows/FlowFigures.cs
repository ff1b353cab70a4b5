namespace Gantry.Server.Flows;

/// <summary>What is counted of one flow schema's requests. Lives as long as the schema; every method may be called by any thread.</summary>
public sealed class FlowFigures
{
    /// <summary>The buckets of how long requests ran and waited, seconds.</summary>
    public static readonly double[] Bounds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

    private readonly long[] _ran = new long[Bounds.Length + 1];
    private readonly long[] _waited = new long[Bounds.Length + 1];
    private readonly long[] _rejected = new long[5];
    private long _ranTicks;
    private long _waitedTicks;
    private long _dispatched;
    private long _waiting;
    private long _waitingSeats;

    public long Dispatched => Volatile.Read(ref _dispatched);

    public long Finished
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _ran.Length; i++)
            {
                sum += Volatile.Read(ref _ran[i]);
            }

            return sum;
        }
    }

    public long Waiting => Volatile.Read(ref _waiting);

    public long WaitingSeats => Volatile.Read(ref _waitingSeats);

    public long Rejected(FlowRefusal reason) => Volatile.Read(ref _rejected[(int)reason]);

    public (IReadOnlyList<long> Buckets, double Sum) Ran => ([.. _ran], TimeSpan.FromTicks(Volatile.Read(ref _ranTicks)).TotalSeconds);

    public (IReadOnlyList<long> Buckets, double Sum) Waited => ([.. _waited], TimeSpan.FromTicks(Volatile.Read(ref _waitedTicks)).TotalSeconds);

    public void Begin() => Interlocked.Increment(ref _dispatched);

    public void End(TimeSpan took)
    {
        Interlocked.Increment(ref _ran[Bucket(took)]);
        Interlocked.Add(ref _ranTicks, took.Ticks);
    }

    public void BeginWaiting(int seats)
    {
        Interlocked.Increment(ref _waiting);
        Interlocked.Add(ref _waitingSeats, seats);
    }

    public void EndWaiting(int seats, TimeSpan took)
    {
        Interlocked.Decrement(ref _waiting);
        Interlocked.Add(ref _waitingSeats, -seats);
        Interlocked.Increment(ref _waited[Bucket(took)]);
        Interlocked.Add(ref _waitedTicks, took.Ticks);
    }

    public void Reject(FlowRefusal reason) => Interlocked.Increment(ref _rejected[(int)reason]);

    private static int Bucket(TimeSpan took)
    {
        var seconds = took.TotalSeconds;
        var at = 0;
        while (at < Bounds.Length && seconds > Bounds[at])
        {
            at++;
        }

        return at;
    }
}
