using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Queue;

/// <summary>
/// Pods waiting for a node. Active ones come out by priority, then by age. A pod that found no node is parked until a change that may help it,
/// and then waits out its backoff; a pod with scheduling gates is not looked at. Belongs to one thread; time comes from the clock given.
/// </summary>
public sealed class WaitingPods
{
    private readonly TimeProvider _clock;
    private readonly SchedulerOptions _options;
    private readonly Dictionary<string, QueueEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueueEntry> _parked = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(QueueEntry Entry, long Ticket), ActiveOrder> _active = new();
    private readonly PriorityQueue<(QueueEntry Entry, long Ticket), DateTimeOffset> _backoff = new();
    private long _tickets;

    public WaitingPods(TimeProvider clock, SchedulerOptions options)
    {
        _clock = clock;
        _options = options;
    }

    /// <summary>All pods known to the queue, those being placed included.</summary>
    public int Count => _entries.Count;

    /// <summary>Pods waiting for a change.</summary>
    public int Parked => _parked.Count;

    /// <summary>When a pod becomes due without any change: the end of a backoff, or the last resort for a parked one. Null when nothing waits for time.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            DateTimeOffset? due = _parked.Count > 0 ? _parked.Values.Min(e => e.Since) + _options.MaxUnschedulable : null;
            while (_backoff.TryPeek(out var top, out var until))
            {
                if (Current(top.Entry, top.Ticket))
                {
                    return due is null || until < due ? until : due;
                }

                _backoff.Dequeue();
            }

            return due;
        }
    }

    /// <summary>The fact last given for this pod, or null when the queue does not know it.</summary>
    public PodFact? Find(string uid) => _entries.GetValueOrDefault(uid)?.Pod;

    /// <summary>Takes in a pending pod, or what changed about it.</summary>
    /// <param name="pod">The pod as it is now.</param>
    /// <param name="mayHelp">True when what changed may let it find a node; false for a change of its status.</param>
    public void Set(PodFact pod, bool mayHelp = true)
    {
        if (!_entries.TryGetValue(pod.Uid, out var entry))
        {
            _entries.Add(pod.Uid, entry = new QueueEntry(pod));
            Move(entry, pod.Gates.Length > 0 ? QueuePlace.Gated : QueuePlace.Active);
            return;
        }

        entry.Pod = pod;
        if (entry.Place == QueuePlace.Gated && pod.Gates.Length == 0)
        {
            Move(entry, QueuePlace.Active);
        }
        else if (entry.Place == QueuePlace.Parked && mayHelp)
        {
            Wake(entry);
        }
        else if (entry.Place == QueuePlace.Active)
        {
            // Its priority may have changed.
            Enqueue(entry);
        }
    }

    /// <summary>Forgets a pod: placed, deleted or finished.</summary>
    public void Remove(string uid)
    {
        if (_entries.Remove(uid, out var entry))
        {
            _parked.Remove(uid);
            entry.Ticket = ++_tickets;
        }
    }

    /// <summary>The next pod to place, or null. It stays known until <see cref="Park"/>, <see cref="Retry"/> or <see cref="Remove"/> says what became of it.</summary>
    public PodFact? TryPop()
    {
        ReleaseDue();
        while (_active.TryDequeue(out var top, out _))
        {
            if (!Current(top.Entry, top.Ticket))
            {
                continue;
            }

            var entry = top.Entry;
            entry.Attempts++;
            entry.LastTry = _clock.GetUtcNow();
            Move(entry, QueuePlace.InFlight);
            return entry.Pod;
        }

        return null;
    }

    /// <summary>No node fitted: wait for a change that concerns a test that refused it.</summary>
    public void Park(string uid, NodeTests refusedBy)
    {
        if (_entries.TryGetValue(uid, out var entry))
        {
            entry.Waiting = Relevance.Of(refusedBy);
            Move(entry, QueuePlace.Parked);
        }
    }

    /// <summary>A node fitted but something else failed: try again after the backoff.</summary>
    public void Retry(string uid)
    {
        if (_entries.TryGetValue(uid, out var entry))
        {
            Move(entry, QueuePlace.Backoff);
        }
    }

    /// <summary>Tells of changes; parked pods they concern become due.</summary>
    /// <param name="changes">What happened.</param>
    /// <param name="worth">Given, it has the last word on each pod: false when this very change cannot help it.</param>
    public void Wake(ClusterChange changes, Func<PodFact, bool>? worth = null)
    {
        if (_parked.Count == 0)
        {
            return;
        }

        List<QueueEntry>? woken = null;
        foreach (var entry in _parked.Values)
        {
            if ((entry.Waiting & changes) != 0 && (worth is null || worth(entry.Pod)))
            {
                (woken ??= []).Add(entry);
            }
        }

        foreach (var entry in woken ?? [])
        {
            Wake(entry);
        }
    }

    private void Wake(QueueEntry entry) =>
        Move(entry, BackoffEnd(entry) > _clock.GetUtcNow() ? QueuePlace.Backoff : QueuePlace.Active);

    private DateTimeOffset BackoffEnd(QueueEntry entry)
    {
        var wait = _options.InitialBackoff;
        for (var i = 1; i < entry.Attempts && wait < _options.MaxBackoff; i++)
        {
            wait *= 2;
        }

        return entry.LastTry + (wait < _options.MaxBackoff ? wait : _options.MaxBackoff);
    }

    private void ReleaseDue()
    {
        var now = _clock.GetUtcNow();
        while (_backoff.TryPeek(out var top, out var until))
        {
            if (!Current(top.Entry, top.Ticket))
            {
                _backoff.Dequeue();
            }
            else if (until > now)
            {
                break;
            }
            else
            {
                _backoff.Dequeue();
                Move(top.Entry, QueuePlace.Active);
            }
        }

        if (_active.Count == 0 && _parked.Count > 0)
        {
            foreach (var entry in _parked.Values.Where(e => e.Since + _options.MaxUnschedulable <= now).ToList())
            {
                Wake(entry);
            }
        }
    }

    private void Move(QueueEntry entry, QueuePlace place)
    {
        if (entry.Place == QueuePlace.Parked)
        {
            _parked.Remove(entry.Pod.Uid);
        }

        entry.Place = place;
        entry.Since = _clock.GetUtcNow();
        entry.Ticket = ++_tickets;
        switch (place)
        {
            case QueuePlace.Active:
                Enqueue(entry);
                break;
            case QueuePlace.Backoff:
                _backoff.Enqueue((entry, entry.Ticket), BackoffEnd(entry));
                break;
            case QueuePlace.Parked:
                _parked[entry.Pod.Uid] = entry;
                break;
        }
    }

    private void Enqueue(QueueEntry entry)
    {
        entry.Ticket = ++_tickets;
        _active.Enqueue((entry, entry.Ticket), new ActiveOrder(entry.Pod.Priority, entry.Since, entry.Ticket));
    }

    private static bool Current(QueueEntry entry, long ticket) => entry.Ticket == ticket;

    private readonly record struct ActiveOrder(int Priority, DateTimeOffset Since, long Ticket) : IComparable<ActiveOrder>
    {
        public int CompareTo(ActiveOrder other)
        {
            var order = other.Priority.CompareTo(Priority);
            order = order != 0 ? order : Since.CompareTo(other.Since);
            return order != 0 ? order : Ticket.CompareTo(other.Ticket);
        }
    }
}
