namespace Gantry.Store.Sqlite;

/// <summary>A read-only connection with the statements readers need.</summary>
internal sealed class ReadConnection : IDisposable
{
    private readonly SqliteDatabase _database;

    public ReadConnection(string file)
    {
        _database = SqliteDatabase.OpenReadable(file);
        _database.Execute("PRAGMA cache_size = -1024");
        One = _database.Prepare($"SELECT {Rows.Columns} FROM changes c LEFT JOIN changes p ON p.id = c.previous WHERE c.id = ?1");
        Slice = _database.Prepare(
            $"SELECT {Rows.Columns} FROM changes c LEFT JOIN changes p ON p.id = c.previous WHERE c.id > ?1 AND c.id <= ?2 ORDER BY c.id");
        FirstChanges = _database.Prepare($"""
            SELECT {Rows.Columns} FROM (SELECT min(id) AS id FROM changes WHERE id > ?1 AND id <= ?2 GROUP BY key) f
            JOIN changes c ON c.id = f.id LEFT JOIN changes p ON p.id = c.previous
            """);
    }

    /// <summary>The change with the number ?1.</summary>
    public SqliteStatement One { get; }

    /// <summary>The changes after the number ?1 and up to ?2, in order.</summary>
    public SqliteStatement Slice { get; }

    /// <summary>Each key's first change in that span.</summary>
    public SqliteStatement FirstChanges { get; }

    public void Reset()
    {
        One.Reset();
        Slice.Reset();
        FirstChanges.Reset();
    }

    public void Dispose() => _database.Dispose();
}
