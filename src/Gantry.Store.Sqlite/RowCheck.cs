namespace Gantry.Store.Sqlite;

/// <summary>Checks what SQLite cannot: the checksum of each row, and that the rows of each key tell one story.</summary>
internal static class RowCheck
{
    private const int MostProblems = 100;

    public static VerifyResult Run(SqliteDatabase database)
    {
        var meta = Loader.Meta(database);
        var oldest = new Revision(meta.GetValueOrDefault(Schema.Compacted));
        var newest = new Dictionary<string, (long Id, bool Live)>(StringComparer.Ordinal);
        var problems = new List<string>();
        var (rows, bytes, current) = (0L, 0L, Revision.None);
        using var ids = database.Prepare("SELECT id FROM changes ORDER BY id");
        using var row = database.Prepare($"SELECT {Rows.Columns} FROM changes c LEFT JOIN changes p ON p.id = 0 WHERE c.id = ?1");
        while (ids.Step() && problems.Count < MostProblems)
        {
            rows++;
            try
            {
                var change = row.Bind(1, ids.Long(0)).Step() ? Rows.Read(row) : throw new StoreUnavailableException($"row {ids.Long(0)} is damaged: not found");
                if (Story(change, newest.GetValueOrDefault(change.Key), oldest) is { } problem)
                {
                    problems.Add(problem);
                }
                newest[change.Key] = (change.Id, change.Current is not null);
                bytes += change.Current?.Size ?? RowId.Overhead + change.Key.Length;
                current = change.ModRevision;
            }
            catch (StoreUnavailableException fault)
            {
                problems.Add(fault.Message);
            }
            finally
            {
                row.Reset();
            }
        }
        var known = meta.Where(entry => entry.Key is Schema.Compacted or Schema.Closed or Schema.WatchFloor).Select(entry => entry.Value);
        return problems.Count > 0
            ? new VerifyResult.Damaged(problems)
            : new VerifyResult.Sound(new Revision(known.Append(current.Value).Max()), oldest, newest.Values.Count(last => last.Live), rows, bytes);
    }

    /// <summary>A row that says it has a kept predecessor after the compaction must have it.</summary>
    private static string? Story(Change change, (long Id, bool Live) before, Revision oldest)
    {
        var previous = change.PreviousId;
        return previous >= change.Id ? $"the row of {change.Key} at revision {change.ModRevision} comes before the one it replaced"
            : previous != 0 && change.ModRevision > oldest && before.Id != previous
                ? $"the version of {change.Key} before revision {change.ModRevision} is missing"
            : change.IsDelete && change.ModRevision > oldest && before is { Id: not 0, Live: false }
                ? $"{change.Key} is deleted at revision {change.ModRevision} although it did not exist"
            : null;
    }
}
