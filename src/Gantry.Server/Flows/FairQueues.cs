namespace Gantry.Server.Flows;

/// <summary>
/// The queues of a priority level: which queue a request joins, and whose turn it is when a seat is free. Fair queuing by virtual time: all
/// queues with work advance alike, and the queue whose next request would be done first, had every queue a server of its own, goes first.
/// Not safe for several threads: the level locks.
/// </summary>
public sealed class FairQueues
{
    /// <summary>How long a request is taken to be answered, in seconds, until it is known.</summary>
    public const double Guess = 0.003;

    // Only those that have something to do: a level may have millions, and an idle queue has nothing to remember.
    private readonly Dictionary<int, QueueState> _busy = [];
    private int _queues;
    private int _hand;
    private int _lengthLimit;
    private double _virtualTime;
    private double _advanced;
    private int _robin;

    /// <summary>How many requests all queues hold.</summary>
    public int Capacity => _queues * _lengthLimit;

    /// <summary>How many queues there are.</summary>
    public int Count => _queues;

    /// <summary>The queues in which requests wait, or whose requests are being answered.</summary>
    public IReadOnlyCollection<QueueState> Busy => _busy.Values;

    /// <summary>How many requests wait.</summary>
    public int Waiting { get; private set; }

    public int WaitingSeats { get; private set; }

    public double VirtualTime => _virtualTime;

    /// <summary>What was so when a request was dispatched last: the virtual time, when it began virtually, and from when to when the heads of queues did.</summary>
    public (double Time, double Start, (double Least, double Most) Heads, (double Least, double Most) Discounted) LastDispatch { get; private set; }

    /// <summary>Takes new numbers; requests that wait stay where they are.</summary>
    /// <param name="queues">How many queues requests are spread over.</param>
    /// <param name="hand">How many of them a flow may use.</param>
    /// <param name="lengthLimit">How many requests a queue holds.</param>
    public void Configure(int queues, int hand, int lengthLimit)
    {
        _queues = queues;
        _hand = Math.Min(hand, queues);
        _lengthLimit = lengthLimit;
    }

    /// <summary>Lets virtual time go on.</summary>
    /// <param name="now">Seconds of any clock.</param>
    /// <param name="limit">The level's seats.</param>
    public void Advance(double now, int limit)
    {
        var elapsed = Math.Max(0, now - _advanced);
        _advanced = now;
        if (_busy.Count > 0)
        {
            _virtualTime += elapsed * Math.Min(_busy.Values.Sum(q => q.WaitingSeats + q.ExecutingSeats), limit) / _busy.Count;
        }
    }

    /// <summary>Puts a request into the queue of its hand that has the least work.</summary>
    /// <param name="request">The request.</param>
    /// <param name="full">Whether all seats of the level are taken: only then is a queue too long.</param>
    /// <returns>False when the queue is full.</returns>
    public bool TryJoin(WaitingRequest request, bool full)
    {
        var index = Choose(ShuffleShard.Hash(request.Flow.SchemaName, request.Distinguisher));
        if (!_busy.TryGetValue(index, out var queue))
        {
            queue = new QueueState(index) { NextDispatch = _virtualTime };
        }

        if (full && queue.Waiting.Count >= _lengthLimit)
        {
            return false;
        }

        _busy[index] = queue;
        request.Queue = queue;
        request.ArrivedVirtually = _virtualTime;
        queue.Waiting.AddLast(request);
        queue.WaitingSeats += request.Seats;
        Waiting++;
        WaitingSeats += request.Seats;
        return true;
    }

    /// <summary>Whose turn it is, or null when nobody waits.</summary>
    public WaitingRequest? Next()
    {
        QueueState? best = null;
        var (earliest, turn) = (double.PositiveInfinity, int.MaxValue);
        var (heads, discounted) = ((Least: double.PositiveInfinity, Most: double.NegativeInfinity), (Least: double.PositiveInfinity, Most: double.NegativeInfinity));
        foreach (var queue in _busy.Values)
        {
            if (queue.Waiting.First is not { } head)
            {
                continue;
            }

            var finish = queue.NextDispatch + head.Value.Work.Cost(Guess);
            var less = queue.NextDispatch - (queue.ExecutingSeats * Guess);
            heads = (Math.Min(heads.Least, queue.NextDispatch), Math.Max(heads.Most, queue.NextDispatch));
            discounted = (Math.Min(discounted.Least, less), Math.Max(discounted.Most, less));
            // Round robin decides among equals.
            var after = queue.Index > _robin ? queue.Index - _robin : queue.Index - _robin + Math.Max(_queues, _robin + 1);
            if (finish < earliest || (finish == earliest && after < turn))
            {
                (best, earliest, turn) = (queue, finish, after);
            }
        }

        if (best is not null)
        {
            LastDispatch = (_virtualTime, best.NextDispatch, heads, discounted);
        }

        return best?.Waiting.First!.Value;
    }

    /// <summary>Takes the request that is next out of its queue, to be answered.</summary>
    public void Dispatch(WaitingRequest request)
    {
        var queue = request.Queue!;
        Remove(request);
        _robin = queue.Index;
        queue.Executing++;
        queue.ExecutingSeats += request.Seats;
        queue.NextDispatch += request.Work.Cost(Guess);
        if (queue.Waiting.First is { } head)
        {
            // A queue that could not use its part in the past has no claim on it later.
            queue.NextDispatch = Math.Max(queue.NextDispatch, head.Value.ArrivedVirtually);
        }
    }

    /// <summary>A request that came through a queue has been answered: its true cost is put in for the guess.</summary>
    public void Finish(QueueState queue, Work work, double seconds)
    {
        queue.Executing--;
        queue.ExecutingSeats -= work.Seats;
        queue.NextDispatch += work.Initial * (seconds - Guess);
        Forget(queue);
    }

    /// <summary>Takes out a request that waits no longer.</summary>
    /// <returns>False when it was dispatched already.</returns>
    public bool TryLeave(WaitingRequest request)
    {
        if (request.Queue!.Waiting.Find(request) is null)
        {
            return false;
        }

        Remove(request);
        Forget(request.Queue);
        return true;
    }

    private void Remove(WaitingRequest request)
    {
        request.Queue!.Waiting.Remove(request);
        request.Queue.WaitingSeats -= request.Seats;
        Waiting--;
        WaitingSeats -= request.Seats;
    }

    private void Forget(QueueState queue)
    {
        if (queue.IsIdle)
        {
            _busy.Remove(queue.Index);
        }
    }

    private int Choose(ulong flow)
    {
        Span<int> hand = stackalloc int[_hand];
        ShuffleShard.Deal(flow, _queues, hand);
        var (best, least) = (hand[0], int.MaxValue);
        foreach (var index in hand)
        {
            var work = _busy.TryGetValue(index, out var queue) ? queue.WaitingSeats + queue.ExecutingSeats : 0;
            if (work < least)
            {
                (best, least) = (index, work);
            }
        }

        return best;
    }
}
