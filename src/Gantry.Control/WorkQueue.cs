using System.Threading.Channels;

namespace Gantry.Control;

/// <summary>
/// Keys that wait for work. A key waits at most once however often it is added, and is never handed out twice at the same time:
/// added while it is being worked on, it comes back when that work is done. So the queue holds no more than one entry per object.
/// </summary>
#pragma warning disable CA1711 // it is a queue, though no collection
public sealed class WorkQueue<TKey> : IDisposable
#pragma warning restore CA1711
    where TKey : notnull
{
    private readonly TimeProvider _clock;
    private readonly BackoffOptions _backoff;
    private readonly Random _dice;
    private readonly Lock _lock = new();
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly HashSet<TKey> _dirty = [];
    private readonly HashSet<TKey> _taken = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, DateTimeOffset> _due = [];
    private readonly PriorityQueue<TKey, DateTimeOffset> _later = new();
    private readonly ITimer _alarm;
    private DateTimeOffset _alarmAt = DateTimeOffset.MaxValue;

    /// <param name="clock">The time for delays.</param>
    /// <param name="backoff">The pauses after failures.</param>
    /// <param name="seed">The seed of the jitter.</param>
    public WorkQueue(TimeProvider clock, BackoffOptions backoff, int seed)
    {
        _clock = clock;
        _backoff = backoff;
        _dice = new Random(seed);
        _alarm = clock.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many keys wait for a worker now (delayed ones excluded).</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _dirty.Count;
            }
        }
    }

    /// <summary>Whether nothing waits and nothing is being worked on; delayed keys do not count.</summary>
    public bool Idle
    {
        get
        {
            lock (_lock)
            {
                return _dirty.Count == 0 && _taken.Count == 0;
            }
        }
    }

    public void Add(TKey key)
    {
        lock (_lock)
        {
            Enqueue(key);
        }
    }

    /// <summary>Adds the key after a delay. Of several delays of one key the shortest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_lock)
        {
            if (delay <= TimeSpan.Zero)
            {
                Enqueue(key);
                return;
            }

            var due = _clock.GetUtcNow() + delay;
            if (_due.TryGetValue(key, out var known) && known <= due)
            {
                return;
            }

            _due[key] = due;
            _later.Enqueue(key, due);
            SetAlarm();
        }
    }

    /// <summary>Adds the key after the pause its failures in a row have earned, and answers the pause.</summary>
    public TimeSpan Retry(TKey key)
    {
        TimeSpan pause;
        lock (_lock)
        {
            var failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            pause = _backoff.Pause(failures, _dice.NextDouble());
        }

        AddAfter(key, pause);
        return pause;
    }

    /// <summary>Forgets the failures of a key that succeeded.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>The next key. The taker must call <see cref="Done"/> for it.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken ct)
    {
        var key = await _ready.Reader.ReadAsync(ct).ConfigureAwait(false);
        lock (_lock)
        {
            _dirty.Remove(key);
            _taken.Add(key);
        }

        return key;
    }

    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (_taken.Remove(key) && _dirty.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    public void Dispose() => _alarm.Dispose();

    private void Enqueue(TKey key)
    {
        // In both sets at once means: added while taken; Done hands it out again.
        if (_dirty.Add(key) && !_taken.Contains(key))
        {
            _ready.Writer.TryWrite(key);
        }
    }

    private void Ring()
    {
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            while (_later.TryPeek(out var key, out var due) && due <= now)
            {
                _later.Dequeue();
                // An entry that a shorter delay overtook is no longer the one on record.
                if (_due.TryGetValue(key, out var recorded) && recorded == due)
                {
                    _due.Remove(key);
                    Enqueue(key);
                }
            }

            _alarmAt = DateTimeOffset.MaxValue;
            SetAlarm();
        }
    }

    private void SetAlarm()
    {
        if (!_later.TryPeek(out _, out var due) || due >= _alarmAt)
        {
            return;
        }

        _alarmAt = due;
        var wait = due - _clock.GetUtcNow();
        // A millisecond more than the rest: timers are coarse, and ringing early would only mean ringing twice.
        _alarm.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait + TimeSpan.FromMilliseconds(wait.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1), Timeout.InfiniteTimeSpan);
    }
}
