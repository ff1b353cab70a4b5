namespace Gantry.Store;

/// <summary>
/// What the writer does between groups, a small step at a time so that no write waits long: expiry, the budgets, late flushes, compaction,
/// giving space back. An idle store has nothing due and no timer armed.
/// </summary>
internal sealed class Housekeeping
{
    /// <summary>Changes per compaction step: a few milliseconds of work.</summary>
    private const int StepRows = 512;

    private readonly IJournal _journal;
    private readonly Board _board;
    private readonly StoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly Groups _groups;
    private readonly TimeSpan _grain;
    private readonly List<Request.Compact> _asked = [];
    private Revision _swept;
    private Revision _goal;
    private bool _returning;
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;
    private DateTimeOffset _retryAt = DateTimeOffset.MinValue;

    public Housekeeping(IJournal journal, JournalContents contents, Board board, StoreOptions options, TimeProvider clock, Groups groups)
    {
        _journal = journal;
        _board = board;
        _options = options;
        _clock = clock;
        _groups = groups;
        _swept = contents.Oldest;
        _grain = TimeSpan.FromTicks(Math.Clamp(options.HistoryAge.Ticks / 64, TimeSpan.TicksPerSecond, 10 * TimeSpan.TicksPerMinute));
        groups.FreeHistory = FreeForCeiling;
    }

    /// <summary>When there will be something to do; null: only after the next write.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            var next = DateTimeOffset.MaxValue;
            Consider(_groups.Expiries.Next);
            Consider(_groups.UnflushedSince + _options.RelaxedFlush);
            if (_groups.Sizes.History > 0)
            {
                Consider(Later(_groups.Times.Oldest + _options.HistoryAge, _nextLook));
            }
            return next == DateTimeOffset.MaxValue ? null : Later(next, _retryAt);

            void Consider(DateTimeOffset? at) => next = at < next ? at.Value : next;
        }
    }

    private long HistoryBudget => Math.Min(_options.HistoryBytes, Math.Max(0, (_options.MaxBytes / 10 * 9) - _groups.Sizes.Live));

    /// <summary>Takes on an explicit compaction; it is answered when its space is free.</summary>
    public void Add(Request.Compact compact)
    {
        var goal = compact.Age is { } age ? _groups.Times.Take(_clock.GetUtcNow() - age) : compact.UpTo;
        compact.UpTo = goal > _board.State.Current ? _board.State.Current : goal;
        _goal = compact.UpTo > _goal ? compact.UpTo : _goal;
        _asked.Add(compact);
        _returning = true;
    }

    public void Fail(Exception cause)
    {
        _asked.ForEach(compact => compact.Fail(cause));
        _asked.Clear();
    }

    /// <summary>Does one step of what is due; true when there is more to do at once.</summary>
    public bool Step()
    {
        try
        {
            if (_asked.Count == 0 && _clock.GetUtcNow() < _retryAt)
            {
                return false;
            }
            return Expire() | FlushLate() | CompactStep() || Return();
        }
        catch (IOException fault)
        {
            // A failing disk must not turn the housekeeping into a busy loop; deletes and compaction asked for by someone fail for them.
            _groups.ReportFailure(fault);
            Fail(fault);
            _goal = _swept;
            _retryAt = _clock.GetUtcNow() + TimeSpan.FromSeconds(10);
            return false;
        }
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset b) => a < b ? b : a;

    private bool Expire()
    {
        var live = _board.State.Live;
        var moment = _clock.GetUtcNow();
        var over = _groups.Sizes.Expiring - _options.ExpiringBytes;
        var gone = new List<KeyValue>();
        while (gone.Count < StepRows && _groups.Expiries.Take(over > 0 ? DateTimeOffset.MaxValue : moment, live) is { } item)
        {
            gone.Add(item);
            over -= item.Size;
        }
        if (gone.Count == 0)
        {
            _groups.Expiries.Tidy(live);
            return false;
        }
        try
        {
            _groups.Delete(gone);
        }
        catch (IOException)
        {
            gone.ForEach(_groups.Expiries.Add);
            throw;
        }
        return true;
    }

    private bool FlushLate()
    {
        if (_groups.UnflushedSince is { } since && since + _options.RelaxedFlush <= _clock.GetUtcNow())
        {
            _groups.Flush();
        }
        return false;
    }

    private bool CompactStep()
    {
        var now = _clock.GetUtcNow();
        if (_groups.Sizes.History > 0 && now >= _nextLook)
        {
            var aged = _groups.Times.Take(now - _options.HistoryAge);
            _goal = aged > _goal ? aged : _goal;
            _nextLook = now + _grain;
        }
        var overBudget = _groups.Sizes.History > HistoryBudget && _swept < _board.State.Current;
        if (_swept < _goal || overBudget)
        {
            Sweep(_swept < _goal ? _goal : _board.State.Current);
        }
        for (var i = _asked.Count - 1; i >= 0; i--)
        {
            if (_asked[i].UpTo <= _swept && !MoreToReturn())
            {
                _asked[i].Complete(_board.State.Oldest);
                _asked.RemoveAt(i);
            }
        }
        return _asked.Count > 0 || _swept < _goal || (_groups.Sizes.History > HistoryBudget && _swept < _board.State.Current);

        // Whoever asked for a compaction waits until the space is back.
        bool MoreToReturn() => _returning && (_returning = _journal.ReturnSpace());
    }

    private bool Return() => _returning && (_returning = _journal.ReturnSpace());

    private void Sweep(Revision goal)
    {
        // What is only in memory counts as written for the sweep, or the version before it would never be let go.
        _groups.Flush();
        var ahead = _journal.Ahead(_swept, StepRows);
        var end = ahead < goal ? ahead : goal;
        if (end > _board.State.Oldest)
        {
            _groups.Forget(end);
        }
        _groups.Freed(_journal.Compact(_swept, end));
        _swept = end;
        _returning = true;
    }

    private void FreeForCeiling()
    {
        try
        {
            while (_groups.Sizes.History > 0 && _swept < _board.State.Current)
            {
                Sweep(_board.State.Current);
                if (_groups.Room() is var room && room.Used < room.Ceiling - room.Margin)
                {
                    break;
                }
            }
        }
        catch (IOException fault)
        {
            _groups.ReportFailure(fault);
        }
    }
}
