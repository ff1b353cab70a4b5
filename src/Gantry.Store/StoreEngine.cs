namespace Gantry.Store;

/// <summary>
/// The store over a journal: everything that is the same whatever keeps the rows. The live keys with their values, the recent changes and
/// the order of writes are in memory; the journal is read only for what is older.
/// </summary>
public sealed class StoreEngine : IStore
{
    private readonly IJournal _journal;
    private readonly Board _board;
    private readonly Writer _writer;
    private readonly StoreOptions _options;
    private volatile bool _ended;

    /// <summary>Loads the journal and owns it from now on. Throws <see cref="ArgumentException"/> for bad options.</summary>
    public StoreEngine(IJournal journal, StoreOptions options, TimeProvider clock)
    {
        var problems = string.Join("; ", options.Check());
        if (problems.Length > 0)
        {
            throw new ArgumentException(problems, nameof(options));
        }
        _journal = journal;
        _options = options;
        var contents = journal.Load();
        _board = new Board(FirstState(contents), new Feed(options.FeedBytes, contents.Current));
        _writer = new Writer(journal, contents, _board, options, clock);
    }

    public StoreHealth Health => _writer.Health;

    /// <summary>An engine that keeps everything in memory and forgets it in the end.</summary>
    public static StoreEngine InMemory(StoreOptions options, TimeProvider clock) => new(new MemoryJournal(), options, clock);

    public ValueTask<Revision> CurrentRevisionAsync(CancellationToken cancel = default)
    {
        ThrowIfEnded();
        return new(_board.State.Current);
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancel = default)
    {
        ThrowIfEnded();
        cancel.ThrowIfCancellationRequested();
        transaction.Check();
        CheckSizes(transaction);
        var request = new Request.Commit(transaction);
        await _writer.SubmitAsync(request, cancel).ConfigureAwait(false);
        return await request.Done.WaitAsync(cancel).ConfigureAwait(false);
    }

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancel = default)
    {
        ThrowIfEnded();
        cancel.ThrowIfCancellationRequested();
        return new(Ranges.Read(_board, _journal, query));
    }

    public IAsyncEnumerable<ChangeBatch> WatchAsync(WatchFrom from, CancellationToken cancel = default)
    {
        ThrowIfEnded();
        return Watcher.WatchAsync(_board, _journal, from, () => _ended, cancel);
    }

    public ValueTask<HistoryResult> HistoryAsync(string key, int limit = 100, CancellationToken cancel = default)
    {
        ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var state = _board.State;
        var changes = new List<Change>();
        var next = state.Live.Find(key) is { } live ? ChangeOf(live)
            : state.Deleted.Find(key) is { } deleted ? _journal.Find(deleted.Id) ?? deleted
            : null;
        while (next is not null && changes.Count < limit)
        {
            cancel.ThrowIfCancellationRequested();
            changes.Add(next);
            next = next.PreviousId == 0 ? null
                : _journal.Find(next.PreviousId) is { } found ? found
                : next.Previous is { } previous && previous.Id == next.PreviousId ? ChangeOf(previous)
                : null;
        }
        return new(new HistoryResult(changes, state.Oldest));
    }

    public async ValueTask<Revision> CompactAsync(Revision upTo, CancellationToken cancel = default) =>
        await CompactAsync(new Request.Compact(upTo, null), cancel).ConfigureAwait(false);

    public async ValueTask<Revision> CompactAsync(TimeSpan age, CancellationToken cancel = default) =>
        await CompactAsync(new Request.Compact(Revision.None, age), cancel).ConfigureAwait(false);

    /// <summary>Puts relaxed writes that are only in memory into the journal now: before a snapshot, for example.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel = default)
    {
        ThrowIfEnded();
        var request = new Request.Flush();
        await _writer.SubmitAsync(request, cancel).ConfigureAwait(false);
        await request.Done.WaitAsync(cancel).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            _writer.Dispose();
            _journal.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    private static StoreState FirstState(JournalContents contents)
    {
        var live = SortedSnapshot<KeyValue>.Empty.Edit();
        foreach (var item in contents.Live)
        {
            live.Set(item);
        }
        var deleted = SortedSnapshot<Change>.Empty.Edit();
        foreach (var tombstone in contents.Deleted)
        {
            deleted.Set(tombstone);
        }
        return new StoreState
        {
            Current = contents.Current,
            Oldest = contents.Oldest,
            WatchFloor = contents.WatchFloor,
            Live = live.ToSnapshot(),
            Deleted = deleted.ToSnapshot(),
            Unflushed = SortedSnapshot<UnflushedWrite>.Empty,
        };
    }

    private static Change Bare(KeyValue version) => new()
    {
        Key = version.Key,
        Id = version.Id,
        Current = version,
        PreviousId = version.PreviousId,
        CreateRevision = version.CreateRevision,
        WrittenAt = version.WrittenAt,
    };

    private Change ChangeOf(KeyValue version) => _journal.Find(version.Id) ?? Bare(version);

    private async ValueTask<Revision> CompactAsync(Request.Compact request, CancellationToken cancel)
    {
        ThrowIfEnded();
        await _writer.SubmitAsync(request, cancel).ConfigureAwait(false);
        return await request.Done.WaitAsync(cancel).ConfigureAwait(false);
    }

    private void CheckSizes(StoreTransaction transaction)
    {
        foreach (var write in transaction.Writes)
        {
            if (write is Write.Put put && put.Value.Length > _options.MaxValueBytes)
            {
                throw new ArgumentException($"the value of {put.Key} has {put.Value.Length} bytes, the limit is {_options.MaxValueBytes}");
            }
        }
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(_ended, this);
}
