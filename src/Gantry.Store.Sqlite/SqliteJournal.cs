using System.Collections.Concurrent;

namespace Gantry.Store.Sqlite;

/// <summary>
/// The rows in one SQLite file in WAL mode. One connection writes; readers borrow read-only connections, whose WAL snapshots do not hold up
/// the writer. A group is one transaction, so one sync of the log.
/// </summary>
internal sealed class SqliteJournal : IJournal
{
    /// <summary>Bytes of values read for one slice: a slow watcher with large objects must not hold a gigabyte.</summary>
    private const long SliceBytes = 4 << 20;

    private const int VacuumPages = 256;

    private readonly string _file;
    private readonly FileLock _lock;
    private readonly DiskReserve _reserve;
    private readonly SqliteDatabase _database;
    private readonly ConcurrentBag<ReadConnection> _readers = [];
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _drop;
    private readonly SqliteStatement _meta;
    private readonly SqliteStatement _dropReplaced;
    private readonly SqliteStatement _dropDeletions;
    private readonly SqliteStatement _ahead;
    private readonly SqliteStatement _pages;
    private readonly SqliteStatement _freePages;
    private readonly long _pageSize;
    private long _used;
    private volatile bool _ended;

    public SqliteJournal(string file, FileLock held, SqliteDatabase database, DiskReserve reserve)
    {
        _file = file;
        _lock = held;
        _reserve = reserve;
        _database = database;
        _insert = database.Prepare(
            "INSERT INTO changes(id, key, value, created, version, previous, written, expires, flags, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        _drop = database.Prepare("DELETE FROM changes WHERE id = ?1");
        _meta = database.Prepare("INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value");
        _dropReplaced = database.Prepare("""
            DELETE FROM changes WHERE id IN (SELECT previous FROM changes WHERE id > ?1 AND id <= ?2 AND previous > 0)
            RETURNING length(key) + ifnull(length(value), 0)
            """);
        _dropDeletions = database.Prepare(
            $"DELETE FROM changes WHERE id > ?1 AND id <= ?2 AND flags & {Rows.Deletion} RETURNING length(key)");
        _ahead = database.Prepare("SELECT id FROM changes WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2");
        _pages = database.Prepare("PRAGMA page_count");
        _freePages = database.Prepare("PRAGMA freelist_count");
        _pageSize = database.Number("PRAGMA page_size");
        Measure();
    }

    public bool IsDurable => true;

    public long UsedBytes => Interlocked.Read(ref _used);

    public JournalContents Load() => Loader.Load(_database);

    public void Write(JournalGroup group)
    {
        _database.InTransaction(() =>
        {
            foreach (var change in group.Changes)
            {
                Rows.Bind(_insert, change);
                _insert.Run();
            }
            foreach (var drop in group.Drops)
            {
                _drop.Bind(1, drop).Run();
            }
            if (group.Reserve is { } reserve)
            {
                SetMeta(Schema.Reserved, reserve.Value);
                SetMeta(Schema.Closed, 0);
            }
            if (group.Closed is { } closed)
            {
                SetMeta(Schema.Closed, closed.Value);
            }
        });
        Measure();
    }

    public Revision Ahead(Revision from, int changes)
    {
        var id = _ahead.Bind(1, RowId.LastOf(from)).Bind(2, changes - 1).Number();
        return id == 0 ? new Revision((long.MaxValue / StoreTransaction.MaxWrites) - 1) : RowId.RevisionOf(id);
    }

    public long Compact(Revision from, Revision upTo)
    {
        var freed = 0L;
        _database.InTransaction(() =>
        {
            freed = 0;
            foreach (var statement in new[] { _dropReplaced, _dropDeletions })
            {
                statement.Bind(1, RowId.LastOf(from)).Bind(2, RowId.LastOf(upTo));
                while (statement.Step())
                {
                    freed += RowId.Overhead + statement.Long(0);
                }
                statement.Reset();
            }
            SetMeta(Schema.Compacted, upTo.Value);
        });
        Measure();
        return freed;
    }

    /// <remarks>An eighth of the file may stay free: the next writes use it, and moving pages back and forth would wear the disk.</remarks>
    public bool ReturnSpace()
    {
        var (pages, free) = (_pages.Number(), _freePages.Number());
        var spare = Math.Max(VacuumPages, pages / 8);
        if (free <= spare)
        {
            return false;
        }
        _database.Execute($"PRAGMA incremental_vacuum({VacuumPages})");
        Measure();
        if (free - VacuumPages > spare)
        {
            return true;
        }
        _database.Checkpoint();
        return false;
    }

    public void ReleaseReserve() => _reserve.Release();

    public bool TryRestoreReserve() => _reserve.TryTake();

    public JournalSlice Read(Revision after, Revision upTo, int count) => Reading(reader =>
    {
        var changes = new List<Change>();
        var bytes = 0L;
        reader.Slice.Bind(1, RowId.LastOf(after)).Bind(2, RowId.LastOf(upTo));
        while (reader.Slice.Step())
        {
            var change = Rows.Read(reader.Slice);
            if ((changes.Count >= count || bytes > SliceBytes) && change.ModRevision != changes[^1].ModRevision)
            {
                return new JournalSlice(changes, changes[^1].ModRevision);
            }
            changes.Add(change);
            bytes += (change.Current?.Size ?? 0) + (change.Previous?.Size ?? 0);
        }
        return new JournalSlice(changes, upTo);
    });

    public IReadOnlyDictionary<string, KeyValue?> StateAt(KeyRange keys, Revision at, Revision upTo) => Reading(reader =>
    {
        var overlay = new Overlay(keys, at);
        reader.FirstChanges.Bind(1, RowId.LastOf(at)).Bind(2, RowId.LastOf(upTo));
        while (reader.FirstChanges.Step())
        {
            overlay.Undo(Rows.Read(reader.FirstChanges));
        }
        return overlay.Versions;
    });

    public Change? Find(long id) => Reading(reader => reader.One.Bind(1, id).Step() ? Rows.Read(reader.One) : null);

    public void Dispose()
    {
        _ended = true;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
        _database.Dispose();
        _lock.Dispose();
    }

    private T Reading<T>(Func<ReadConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_ended, typeof(IStore));
        if (!_readers.TryTake(out var reader))
        {
            reader = new ReadConnection(_file);
        }
        try
        {
            return read(reader);
        }
        finally
        {
            reader.Reset();
            if (_ended)
            {
                reader.Dispose();
            }
            else
            {
                _readers.Add(reader);
            }
        }
    }

    private void SetMeta(string name, long value) =>
        _meta.Bind(1, System.Text.Encoding.UTF8.GetBytes(name)).Bind(2, value).Run();

    private void Measure() => Interlocked.Exchange(ref _used, (_pages.Number() - _freePages.Number()) * _pageSize);
}
