using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Watching;

/// <summary>
/// One watcher's place in the chain of changes. Reads never wait and never allocate per watcher; a watcher that falls so far behind that its
/// place is no longer kept is told so instead of holding the past in memory.
/// </summary>
public sealed class WatchCursor : IDisposable
{
    private static readonly TimeSpan BookmarkPause = TimeSpan.FromMinutes(1);

    // The last bookmark comes that long before the end, so that the client goes on from there.
    private static readonly TimeSpan LastBookmark = TimeSpan.FromSeconds(2);

    private readonly WatchRequest _request;
    private readonly ResourceCache _cache;
    private readonly RevisionClock _revisions;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _end;
    private IEnumerator<StoredObject>? _initial;
    private ObjectChange _at;
    private long _initialRevision;
    private bool _marks;
    private bool _bookmarkDue;
    private DateTimeOffset _nextBookmark;
    private readonly ChangeSignal _signal = new();
    private ITimer? _alarm;
    private long _alarmAt;
    private long _reached;

    private WatchCursor(WatchRequest request, ObjectChange at, RevisionClock revisions, TimeProvider clock)
    {
        _request = request;
        _cache = request.Resource.Cache;
        _revisions = revisions;
        _clock = clock;
        _at = at;
        var now = clock.GetUtcNow();
        _end = now + request.Timeout;
        _nextBookmark = NextBookmark(now);
        _cache.Attach(_signal, request.Selection.Pin);
    }

    /// <summary>Whether the watch has said its last word.</summary>
    public bool Ended { get; private set; }

    /// <summary>Begins a watch.</summary>
    /// <returns>The cursor, or why the revision cannot be watched from.</returns>
    public static (WatchCursor? Cursor, ApiStatus? Refusal) Open(WatchRequest request, RevisionClock revisions, TimeProvider clock)
    {
        var cache = request.Resource.Cache;
        if (request.After is > 0 and var after)
        {
            return cache.After(after, out var oldest) is { } place
                ? (new WatchCursor(request, place, revisions, clock), null)
                : (null, ApiStatus.TooOldResourceVersion(after, oldest));
        }

        var revision = revisions.Current;
        var snapshot = cache.Snapshot;
        var cursor = new WatchCursor(request, snapshot.Last, revisions, clock)
        {
            _initial = request.Selection.In(snapshot).GetEnumerator(),
            _initialRevision = Math.Max(revision, snapshot.Revision),
            _marks = request.MarksInitial,
        };
        return (cursor, null);
    }

    /// <summary>The next item, if there is one now.</summary>
    public bool TryRead(out WatchItem item)
    {
        item = default;
        if (Ended)
        {
            return false;
        }

        if (_initial is not null)
        {
            if (_initial.MoveNext())
            {
                item = new WatchItem(WatchItemType.Added, _initial.Current, _initial.Current.Revision);
                return true;
            }

            _initial.Dispose();
            _initial = null;
            if (_marks)
            {
                item = new WatchItem(WatchItemType.InitialEnd, null, _initialRevision);
                return true;
            }
        }

        // Both come before the chain is looked at, so that nothing that happens in between is missed or promised.
        _reached = _revisions.Current;
        _signal.Clear();
        while (_at.Next is { } next)
        {
            if (_at.Revision < _cache.OldestRevision && next.Revision < _cache.OldestRevision)
            {
                Ended = true;
                item = new WatchItem(WatchItemType.Error, null, _at.Revision, ApiStatus.TooOldResourceVersion(_at.Revision, _cache.OldestRevision));
                return true;
            }

            _at = next;
            // What the client has seen at another server, and this one learns of only now.
            if (next.Revision > (_request.After ?? 0) && Translate(next) is { } found)
            {
                item = found;
                return true;
            }
        }

        if (_bookmarkDue)
        {
            _bookmarkDue = false;
            item = new WatchItem(WatchItemType.Bookmark, null, Math.Max(_reached, _at.Revision));
            return true;
        }

        return false;
    }

    /// <summary>Ends the watch with the reason why it cannot go on.</summary>
    public WatchItem Fail(ApiStatus status)
    {
        Ended = true;
        return new WatchItem(WatchItemType.Error, null, _at.Revision, status);
    }

    /// <summary>Waits until <see cref="TryRead"/> may have something.</summary>
    /// <returns>False when the watch's time is over.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        if (Ended || now >= _end)
        {
            return false;
        }

        if (Due(now))
        {
            return true;
        }

        // Who takes no bookmarks is not woken for them.
        var until = _request.Bookmarks && _nextBookmark < _end ? _nextBookmark : _end;
        Arm(until, now);
        using (cancellation.UnsafeRegister(static signal => ((ChangeSignal)signal!).Set(), _signal))
        {
            await _signal.WaitAsync().ConfigureAwait(false);
        }

        cancellation.ThrowIfCancellationRequested();
        Due(_clock.GetUtcNow());
        return true;
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        Ended = true;
        _cache.Detach(_signal, _request.Selection.Pin);
        _alarm?.Dispose();
        _initial?.Dispose();
    }

    // One timer serves all waits of the watch, as few of them last until it rings. It may ring a moment too early by the other clock, and is then set anew.
    private void Arm(DateTimeOffset at, DateTimeOffset now)
    {
        if (Interlocked.Read(ref _alarmAt) == at.Ticks)
        {
            return;
        }

        Interlocked.Exchange(ref _alarmAt, at.Ticks);
        if (_alarm is null)
        {
            _alarm = _clock.CreateTimer(static cursor => ((WatchCursor)cursor!).Ring(), this, at - now, System.Threading.Timeout.InfiniteTimeSpan);
        }
        else
        {
            _alarm.Change(at - now, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    private void Ring()
    {
        Interlocked.Exchange(ref _alarmAt, 0);
        _signal.Set();
    }

    private bool Due(DateTimeOffset now)
    {
        if (!_request.Bookmarks || now < _nextBookmark)
        {
            return false;
        }

        _nextBookmark = NextBookmark(now);
        return _bookmarkDue = true;
    }

    private DateTimeOffset NextBookmark(DateTimeOffset now)
    {
        var (beat, last) = (now + BookmarkPause, _end - LastBookmark);
        return beat < last ? beat : last > now ? last : DateTimeOffset.MaxValue;
    }

    private WatchItem? Translate(ObjectChange change)
    {
        var selection = _request.Selection;
        var was = change.Previous is { } previous && selection.Matches(previous);
        if (change.Type == ChangeType.Deleted)
        {
            return was ? new WatchItem(WatchItemType.Deleted, change.Object, change.Revision) : null;
        }

        var matches = selection.Matches(change.Object);
        return (matches, was) switch
        {
            (true, true) => new WatchItem(WatchItemType.Modified, change.Object, change.Revision),
            (true, false) => new WatchItem(WatchItemType.Added, change.Object, change.Revision),
            // It no longer matches, so for this watcher it is gone: as it last saw it.
            (false, true) => new WatchItem(WatchItemType.Deleted, change.Previous!.At(change.Revision), change.Revision),
            _ => null,
        };
    }
}
