namespace Gantry.Store.Sqlite;

/// <summary>Reads what the writer must know when the store opens.</summary>
internal static class Loader
{
    public static JournalContents Load(SqliteDatabase database)
    {
        var meta = Meta(database);
        var compacted = new Revision(meta.GetValueOrDefault(Schema.Compacted));
        var reserved = meta.GetValueOrDefault(Schema.Reserved);
        var closed = meta.GetValueOrDefault(Schema.Closed);
        var lost = reserved > 0 && closed == 0;
        var (live, deleted, history, times, newest) = Headers(database);
        var known = Math.Max(lost ? reserved : closed, Math.Max(compacted.Value, newest.Value));
        return new JournalContents
        {
            Current = new Revision(Math.Max(known, meta.GetValueOrDefault(Schema.WatchFloor))),
            Oldest = compacted,
            WatchFloor = new Revision(meta.GetValueOrDefault(Schema.WatchFloor)),
            Reserved = new Revision(lost ? reserved : 0),
            LostRelaxed = lost,
            Live = [.. Changes(database, live).Select(change => change.Current!)],
            Deleted = [.. Changes(database, deleted)],
            HistoryBytes = history,
            Times = times,
        };
    }

    public static Dictionary<string, long> Meta(SqliteDatabase database)
    {
        var meta = new Dictionary<string, long>(StringComparer.Ordinal);
        using var query = database.Prepare("SELECT name, value FROM meta");
        while (query.Step())
        {
            meta[query.Text(0)] = query.Long(1);
        }
        return meta;
    }

    /// <summary>Newest first, so the first row of a key is its present. Values stay unread: the history's are not needed.</summary>
    private static (List<long> Live, List<long> Deleted, long History, List<(DateTimeOffset At, Revision Revision)> Times, Revision Newest) Headers(
        SqliteDatabase database)
    {
        var (live, deleted, history, newest) = (new List<long>(), new List<long>(), 0L, Revision.None);
        var times = new List<(DateTimeOffset At, Revision Revision)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var query = database.Prepare("SELECT id, key, length(value), written, flags FROM changes ORDER BY id DESC");
        while (query.Step())
        {
            var (id, key) = (query.Long(0), query.Text(1));
            var isDeletion = (query.Long(4) & Rows.Deletion) != 0;
            var isPresent = seen.Add(key);
            if (isPresent)
            {
                (isDeletion ? deleted : live).Add(id);
            }
            history += isPresent && !isDeletion ? 0 : RowId.Overhead + key.Length + query.Long(2);
            newest = newest > RowId.RevisionOf(id) ? newest : RowId.RevisionOf(id);
            var at = DateTimeOffset.FromUnixTimeMilliseconds(query.Long(3));
            if (times.Count == 0 || times[^1].At - at >= TimeSpan.FromSeconds(1))
            {
                times.Add((at, RowId.RevisionOf(id)));
            }
        }
        live.Reverse();
        deleted.Reverse();
        times.Reverse();
        return (live, deleted, history, times, newest);
    }

    private static IEnumerable<Change> Changes(SqliteDatabase database, List<long> ids)
    {
        using var query = database.Prepare($"SELECT {Rows.Columns} FROM changes c LEFT JOIN changes p ON p.id = 0 WHERE c.id = ?1");
        foreach (var id in ids)
        {
            if (query.Bind(1, id).Step())
            {
                yield return Rows.Read(query);
            }
            query.Reset();
        }
    }
}
