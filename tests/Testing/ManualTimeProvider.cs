namespace Gantry.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers (and so <c>Task.Delay(…, clock)</c> and
/// <c>CancellationTokenSource(…, clock)</c>) fire inside <see cref="Advance"/>, on the calling thread, in the order of their due times;
/// timers due at the same instant fire in the order they were armed. While a timer fires the clock shows its due time.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedSet<Entry> _due = new(Entry.ByDueTime);
    private DateTimeOffset _now;
    private long _armed;

    /// <summary>Starts at <paramref name="start"/>, or at 2026-01-01T00:00:00Z.</summary>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        _now = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many timers are armed: lets a test wait until the code under test has gone to sleep.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _due.Count;
            }
        }
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock forward by <paramref name="step"/> (not negative), firing every timer that falls due on the way.</summary>
    public void Advance(TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.Zero);
        DateTimeOffset goal;
        lock (_gate)
        {
            goal = _now + step;
        }
        while (TakeNext(goal) is { } timer)
        {
            timer.Fire();
        }
        lock (_gate)
        {
            _now = goal > _now ? goal : _now;
        }
    }

    private ManualTimer? TakeNext(DateTimeOffset goal)
    {
        lock (_gate)
        {
            if (_due.Min is not { } next || next.At > goal)
            {
                return null;
            }
            _due.Remove(next);
            _now = next.At > _now ? next.At : _now;
            next.Timer.Armed = null;
            if (next.Timer.Period > TimeSpan.Zero)
            {
                Arm(next.Timer, next.At + next.Timer.Period);
            }
            return next.Timer;
        }
    }

    private void Arm(ManualTimer timer, DateTimeOffset at)
    {
        timer.Armed = new Entry(at, ++_armed, timer);
        _due.Add(timer.Armed);
    }

    private bool Rearm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (timer.Disposed)
            {
                return false;
            }
            Disarm(timer);
            timer.Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Arm(timer, _now + dueTime);
            }
            return true;
        }
    }

    private void Remove(ManualTimer timer)
    {
        lock (_gate)
        {
            timer.Disposed = true;
            Disarm(timer);
        }
    }

    private void Disarm(ManualTimer timer)
    {
        if (timer.Armed is { } entry)
        {
            _due.Remove(entry);
            timer.Armed = null;
        }
    }

    private sealed record Entry(DateTimeOffset At, long Order, ManualTimer Timer)
    {
        public static readonly IComparer<Entry> ByDueTime = Comparer<Entry>.Create(static (a, b) =>
            a.At != b.At ? a.At.CompareTo(b.At) : a.Order.CompareTo(b.Order));
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public Entry? Armed { get; set; }

        public TimeSpan Period { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Rearm(this, dueTime, period);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
