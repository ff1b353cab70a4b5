namespace Gantry.Store;

/// <summary>Group commits: the part of the writer that changes the state. Only the writer calls it.</summary>
internal sealed class Groups
{
    /// <summary>Revisions set aside at once for writes that are only in memory. A crash skips what is left of the block; at 2^51 revisions that is no loss.</summary>
    private const int ReserveBlock = 10_000;

    private readonly IJournal _journal;
    private readonly Board _board;
    private readonly StoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly List<Request.Commit> _commits = [];
    private readonly List<Request.Flush> _flushes = [];
    private Revision _reserved;
    private Sizes _sizes;
    private long _commitStarted;
    private long _lastReserveTry;
    private bool _diskFull;
    private volatile StoreHealth _health = StoreHealth.Unknown;

    public Groups(IJournal journal, JournalContents contents, Board board, StoreOptions options, TimeProvider clock)
    {
        _journal = journal;
        _board = board;
        _options = options;
        _clock = clock;
        _reserved = contents.Reserved;
        foreach (var item in contents.Live)
        {
            Expiries.Add(item);
            _sizes = _sizes with { Live = _sizes.Live + item.Size, Expiring = _sizes.Expiring + (item.ExpiresAt is null ? 0 : item.Size) };
        }
        foreach (var tombstone in contents.Deleted)
        {
            Tombstones.Enqueue(tombstone);
        }
        foreach (var (at, revision) in contents.Times)
        {
            Times.Note(at, revision);
        }
        _sizes = _sizes with { History = contents.HistoryBytes };
        Report(StoreCondition.Ok, "", TimeSpan.Zero);
    }

    public Sizes Sizes => _sizes;

    public ExpiryQueue Expiries { get; } = new();

    public TimeMarks Times { get; } = new();

    /// <summary>Kept deletions, oldest first.</summary>
    public Queue<Change> Tombstones { get; } = new();

    /// <summary>When the oldest write that is only in memory was made; null: there is none.</summary>
    public DateTimeOffset? UnflushedSince { get; private set; }

    /// <summary>Frees history until the ceiling has room or there is no history; set by the housekeeping.</summary>
    public Action FreeHistory { get; set; } = static () => { };

    public StoreHealth Health
    {
        get
        {
            var started = Interlocked.Read(ref _commitStarted);
            var health = _health;
            return started != 0 && _clock.GetElapsedTime(started) is var waited && waited > _options.SlowCommit
                ? health with { Condition = StoreCondition.Slow, Reason = $"a write has been waiting for the disk for {waited.TotalSeconds:F1} s" }
                : health;
        }
    }

    /// <summary>Applies, journals, publishes and answers the commits among the requests; flushes if one asks for it.</summary>
    public void Process(IReadOnlyList<Request> requests)
    {
        _commits.Clear();
        _flushes.Clear();
        foreach (var request in requests)
        {
            switch (request)
            {
                case Request.Commit commit:
                    _commits.Add(commit);
                    break;
                case Request.Flush flush:
                    _flushes.Add(flush);
                    break;
            }
        }
        if (_commits.Count > 0)
        {
            Commit();
        }
        if (_flushes.Count > 0)
        {
            Flush();
            _flushes.ForEach(flush => flush.Complete());
        }
    }

    /// <summary>Deletes keys that expired. A failure is left for the next time.</summary>
    public void Delete(IReadOnlyList<KeyValue> keys)
    {
        var stage = NewStage();
        stage.Apply(new StoreTransaction
        {
            Conditions = [.. keys.Select(key => new Condition(key.Key, key.ModRevision))],
            Writes = [.. keys.Select(key => new Write.Delete(key.Key))],
        });
        Persist(stage);
        Publish(stage);
    }

    /// <summary>Puts every write that is only in memory into the journal, in one unit.</summary>
    public void Flush()
    {
        var state = _board.State;
        if (state.Unflushed.Count == 0)
        {
            return;
        }
        var writes = new List<UnflushedWrite>(state.Unflushed.Count);
        state.Unflushed.Collect(KeyRange.All, 0, writes);
        Journal(new JournalGroup
        {
            Changes = [.. writes.Select(write => write.ToChange()).OrderBy(change => change.Id)],
            Drops = [.. writes.Where(write => write.Drop != 0).Select(write => write.Drop)],
        });
        UnflushedSince = null;
        _board.Publish(state with { Unflushed = SortedSnapshot<UnflushedWrite>.Empty, Moved = NewMoved() }, []);
    }

    /// <summary>The last act: what is in memory goes to the journal, with the mark of an orderly end. Without room for it the next start sees a crash, which is safe.</summary>
    public void Close()
    {
        try
        {
            Flush();
            if (_reserved > Revision.None)
            {
                _journal.Write(new JournalGroup { Closed = _board.State.Current });
            }
        }
        catch (IOException fault)
        {
            Report(StoreCondition.Failing, fault.Message, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// After a crash: keys whose newer relaxed values are lost get a new revision, so readers that saw those learn the value that stayed.
    /// Without room for that, watches from before the crash are refused instead, and readers range again.
    /// </summary>
    public void Restamp()
    {
        var all = new List<KeyValue>();
        _board.State.Live.Collect(KeyRange.All, 0, all);
        try
        {
            foreach (var part in all.Where(item => item.EverRelaxed).Chunk(StoreTransaction.MaxWrites))
            {
                var stage = new Stage(_board.State, _sizes, _clock.GetUtcNow(), new Room(0, long.MaxValue / 2, DiskFull: false), deferRelaxed: false);
                stage.Apply(new StoreTransaction
                {
                    Writes = [.. part.Select(item => new Write.Put(item.Key, item.Value) { ExpiresAt = item.ExpiresAt, Durability = Durability.Relaxed })],
                });
                Persist(stage);
                Publish(stage);
            }
        }
        catch (JournalFullException fault)
        {
            ReportFailure(fault);
            var state = _board.State;
            _board.Publish(state with { WatchFloor = state.Current, Moved = NewMoved() }, []);
        }
    }

    /// <summary>Readers of revisions before <paramref name="oldest"/> are refused from now on.</summary>
    public void Forget(Revision oldest)
    {
        var state = _board.State;
        var deleted = state.Deleted.Edit();
        while (Tombstones.TryPeek(out var tombstone) && tombstone.ModRevision <= oldest)
        {
            Tombstones.Dequeue();
            if (deleted.Find(tombstone.Key)?.Id == tombstone.Id)
            {
                deleted.Remove(tombstone.Key);
            }
        }
        _board.Publish(state with { Oldest = oldest, Deleted = deleted.ToSnapshot(), Moved = NewMoved() }, []);
    }

    public void Freed(long bytes)
    {
        _sizes = _sizes with { History = Math.Max(0, _sizes.History - bytes) };
        Report(_health.Condition, _health.Reason, _health.LastCommit);
    }

    /// <summary>What may still be written.</summary>
    public Room Room() => new(Math.Max(_journal.UsedBytes, _sizes.Live + _sizes.History), _options.MaxBytes, _diskFull);

    public void ReportFailure(IOException fault) =>
        Report(fault is JournalFullException ? StoreCondition.Full : StoreCondition.Failing, fault.Message, _health.LastCommit);

    private static TaskCompletionSource NewMoved() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Commit()
    {
        if (_diskFull && _clock.GetElapsedTime(_lastReserveTry) >= TimeSpan.FromSeconds(1))
        {
            _lastReserveTry = _clock.GetTimestamp();
            _diskFull = !_journal.TryRestoreReserve();
        }
        try
        {
            var stage = Attempt();
            if (stage.MetCeiling && _sizes.History > 0)
            {
                FreeHistory();
                stage = Attempt();
            }
            try
            {
                Persist(stage);
            }
            catch (JournalFullException)
            {
                // The second attempt refuses what grows and has the reserve to write the rest.
                _diskFull = true;
                _lastReserveTry = _clock.GetTimestamp();
                _journal.ReleaseReserve();
                stage = Attempt();
                Persist(stage);
            }
            Publish(stage);
            if (stage.MetCeiling)
            {
                Report(StoreCondition.Full, _diskFull ? "the disk is full" : "the store has reached its ceiling", _health.LastCommit);
            }
        }
        catch (JournalFullException fault)
        {
            ReportFailure(fault);
            _commits.ForEach(commit => commit.Result = new CommitResult.Full(fault.Message));
        }
        catch (StoreUnavailableException fault)
        {
            ReportFailure(fault);
            _commits.ForEach(commit => commit.Fail(fault));
            return;
        }
        _commits.ForEach(commit => commit.Complete(commit.Result!));
    }

    private Stage Attempt()
    {
        var stage = NewStage();
        foreach (var commit in _commits)
        {
            commit.Result = stage.Apply(commit.Transaction);
        }
        return stage;
    }

    private Stage NewStage() => new(_board.State, _sizes, _clock.GetUtcNow(), Room(), _journal.IsDurable);

    private void Persist(Stage stage)
    {
        var reserve = stage.LastDeferred > _reserved ? new Revision(stage.Last.Value + ReserveBlock) : (Revision?)null;
        if (stage.Durable.Count > 0 || reserve is not null)
        {
            Journal(new JournalGroup { Changes = stage.Durable, Drops = stage.Drops, Reserve = reserve });
            _reserved = reserve ?? _reserved;
        }
    }

    private void Journal(JournalGroup group)
    {
        var started = _clock.GetTimestamp();
        Interlocked.Exchange(ref _commitStarted, started);
        try
        {
            _journal.Write(group);
        }
        finally
        {
            Interlocked.Exchange(ref _commitStarted, 0);
        }
        var took = _clock.GetElapsedTime(started);
        Report(
            _diskFull ? StoreCondition.Full : took > _options.SlowCommit ? StoreCondition.Slow : StoreCondition.Ok,
            _diskFull ? "the disk is full" : took > _options.SlowCommit ? $"the last write took {took.TotalSeconds:F1} s" : "",
            took);
    }

    private void Publish(Stage stage)
    {
        if (stage.Batches.Count == 0)
        {
            return;
        }
        _sizes = stage.Sizes;
        var now = _clock.GetUtcNow();
        foreach (var batch in stage.Batches)
        {
            foreach (var change in batch.Changes)
            {
                if (change.Current is { } current)
                {
                    Expiries.Add(current);
                }
                else
                {
                    Tombstones.Enqueue(change);
                }
            }
        }
        Times.Note(now, stage.Last);
        var state = stage.ToState();
        UnflushedSince = state.Unflushed.Count == 0 ? null : UnflushedSince ?? now;
        _board.Publish(state, stage.Batches);
        Report(_health.Condition, _health.Reason, _health.LastCommit);
    }

    private void Report(StoreCondition condition, string reason, TimeSpan lastCommit)
    {
        var state = _board.State;
        _health = new StoreHealth
        {
            Condition = condition,
            Reason = reason,
            Since = condition == _health.Condition && !ReferenceEquals(_health, StoreHealth.Unknown) ? _health.Since : _clock.GetUtcNow(),
            Current = state.Current,
            Oldest = state.Oldest,
            Keys = state.Live.Count,
            LiveBytes = _sizes.Live,
            HistoryBytes = _sizes.History,
            ExpiringBytes = _sizes.Expiring,
            UsedBytes = Math.Max(_journal.UsedBytes, _sizes.Live + _sizes.History),
            LastCommit = lastCommit,
        };
    }
}
