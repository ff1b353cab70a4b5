namespace Gantry.Store;

/// <summary>
/// A group of transactions on their way: applied to copies, so that nothing happened if the journal fails. Conditions are checked against
/// what the earlier transactions of the same group leave.
/// </summary>
internal sealed class Stage
{
    private readonly DateTimeOffset _now;
    private readonly Room _room;
    private readonly Revision _oldest;
    private readonly bool _deferRelaxed;
    private readonly SortedSnapshot<KeyValue>.Builder _live;
    private readonly SortedSnapshot<Change>.Builder _deleted;
    private readonly SortedSnapshot<UnflushedWrite>.Builder _unflushed;
    private readonly StoreState _before;
    private long _stagedBytes;

    public Stage(StoreState before, Sizes sizes, DateTimeOffset now, Room room, bool deferRelaxed)
    {
        _before = before;
        _now = now;
        _room = room;
        _oldest = before.Oldest;
        _deferRelaxed = deferRelaxed;
        _live = before.Live.Edit();
        _deleted = before.Deleted.Edit();
        _unflushed = before.Unflushed.Edit();
        Last = before.Current;
        Sizes = sizes;
    }

    public Revision Last { get; private set; }

    public Sizes Sizes { get; private set; }

    /// <summary>What must be in the journal before anyone is told.</summary>
    public List<Change> Durable { get; } = [];

    public List<long> Drops { get; } = [];

    public List<ChangeBatch> Batches { get; } = [];

    /// <summary>The newest revision given to a write that is only in memory; <see cref="Revision.None"/> without one.</summary>
    public Revision LastDeferred { get; private set; }

    public bool MetCeiling { get; private set; }

    public CommitResult Apply(StoreTransaction transaction)
    {
        foreach (var condition in transaction.Conditions)
        {
            var found = _live.Find(condition.Key);
            var actual = found?.ModRevision ?? Revision.None;
            if (actual != condition.Expected)
            {
                return new CommitResult.Conflict(condition.Key, actual, found);
            }
        }
        if (Refuse(transaction) is { } reason)
        {
            MetCeiling = true;
            return new CommitResult.Full(reason);
        }
        var revision = new Revision(Last.Value + 1);
        var defer = _deferRelaxed && MayDefer(transaction);
        var changes = new List<Change>(transaction.Writes.Count);
        foreach (var write in transaction.Writes)
        {
            var id = RowId.Of(revision, changes.Count);
            var old = _live.Find(write.Key);
            if (write is Write.Put put)
            {
                changes.Add(Put(put, old, id, defer));
            }
            else if (old is not null)
            {
                changes.Add(Delete(old, id));
            }
        }
        if (changes.Count == 0)
        {
            return new CommitResult.Committed(Last);
        }
        Last = revision;
        if (defer)
        {
            LastDeferred = revision;
        }
        else
        {
            Durable.AddRange(changes);
        }
        Batches.Add(new ChangeBatch { Revision = revision, Changes = changes });
        return new CommitResult.Committed(revision);
    }

    public StoreState ToState() => new()
    {
        Current = Last,
        Oldest = _oldest,
        WatchFloor = _before.WatchFloor,
        Live = _live.ToSnapshot(),
        Deleted = _deleted.ToSnapshot(),
        Unflushed = _unflushed.ToSnapshot(),
    };

    private string? Refuse(StoreTransaction transaction)
    {
        var (bytes, grows) = (0L, false);
        foreach (var write in transaction.Writes)
        {
            if (write is Write.Put put)
            {
                var size = RowId.Overhead + put.Key.Length + put.Value.Length;
                bytes += size;
                grows |= size > (_live.Find(put.Key)?.Size ?? 0);
            }
        }
        var reason = bytes == 0 ? null : _room.Refuse(_stagedBytes, bytes, grows);
        _stagedBytes += reason is null ? bytes : 0;
        return reason;
    }

    /// <summary>Only updates of keys whose row already says "relaxed" may stay in memory: after a crash the row tells that readers saw newer values.</summary>
    private bool MayDefer(StoreTransaction transaction)
    {
        foreach (var write in transaction.Writes)
        {
            if (write is not Write.Put { Durability: Durability.Relaxed } || _live.Find(write.Key) is not { EverRelaxed: true })
            {
                return false;
            }
        }
        return true;
    }

    private Change Put(Write.Put put, KeyValue? old, long id, bool defer)
    {
        var created = old?.CreateRevision ?? RowId.RevisionOf(id);
        var next = new KeyValue
        {
            Key = old?.Key ?? put.Key,
            Value = put.Value,
            Id = id,
            CreateRevision = created,
            Version = (old?.Version ?? 0) + 1,
            PreviousId = Replace(old, put.Key, defer),
            WrittenAt = _now,
            ExpiresAt = put.ExpiresAt,
            Durability = put.Durability,
            EverRelaxed = put.Durability == Durability.Relaxed || old is { EverRelaxed: true },
        };
        _live.Set(next);
        if (defer)
        {
            _unflushed.Set(new UnflushedWrite(next, DropOf(old!)));
        }
        Sizes = Sizes with { Live = Sizes.Live + next.Size, Expiring = Sizes.Expiring + (next.ExpiresAt is null ? 0 : next.Size) };
        return new Change
        {
            Key = next.Key,
            Id = id,
            Current = next,
            Previous = old,
            PreviousId = next.PreviousId,
            CreateRevision = created,
            WrittenAt = _now,
        };
    }

    private Change Delete(KeyValue old, long id)
    {
        var previousId = Replace(old, old.Key, defer: false);
        _live.Remove(old.Key);
        var tombstone = new Change
        {
            Key = old.Key,
            Id = id,
            PreviousId = previousId,
            CreateRevision = old.CreateRevision,
            WrittenAt = _now,
        };
        _deleted.Set(tombstone);
        Sizes = Sizes with { History = Sizes.History + RowId.Overhead + old.Key.Length };
        return new Change
        {
            Key = old.Key,
            Id = id,
            Previous = old,
            PreviousId = previousId,
            CreateRevision = old.CreateRevision,
            WrittenAt = _now,
        };
    }

    /// <summary>Takes <paramref name="old"/> out of the live keys; returns the version before the new one in the kept history.</summary>
    private long Replace(KeyValue? old, string key, bool defer)
    {
        if (old is null)
        {
            var tombstone = _deleted.Find(key);
            if (tombstone is not null)
            {
                _deleted.Remove(key);
            }
            return tombstone?.Id ?? 0;
        }
        var expiring = old.ExpiresAt is null ? 0 : old.Size;
        if (!old.LeavesNoHistory)
        {
            Sizes = new Sizes(Sizes.Live - old.Size, Sizes.History + old.Size, Sizes.Expiring - expiring);
            return old.Id;
        }
        Sizes = new Sizes(Sizes.Live - old.Size, Sizes.History, Sizes.Expiring - expiring);
        if (!defer)
        {
            var drop = DropOf(old);
            _unflushed.Remove(key);
            if (drop != 0)
            {
                Drops.Add(drop);
            }
        }
        return old.ModRevision > _oldest ? old.PreviousId : 0;
    }

    /// <summary>The journal's row that goes when <paramref name="old"/> is replaced: its own, or the one it was to replace itself.</summary>
    private long DropOf(KeyValue old) =>
        _unflushed.Find(old.Key) is { } unflushed && unflushed.Current.Id == old.Id ? unflushed.Drop
            : old.LeavesNoHistory ? old.Id
            : 0;
}
