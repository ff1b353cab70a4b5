namespace Gantry.Store.Sqlite;

/// <summary>The file format: what makes a database a store, and its version.</summary>
internal static class Schema
{
    /// <summary>"GNTR": in the file's header, where the file(1) command finds it.</summary>
    public const int ApplicationId = 0x474E5452;

    public const int Version = 1;

    public const string Compacted = "compacted";
    public const string WatchFloor = "watch_floor";
    public const string Reserved = "reserved";
    public const string Closed = "closed";

    // The row id is the number of the write (RowId), so every insert is an append and a group of them dirties few pages. There is no index
    // by key on purpose: the live keys are in memory, and "previous" leads through a key's history.
    private const string Tables = """
        CREATE TABLE changes(
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL,
            value BLOB,
            created INTEGER NOT NULL,
            version INTEGER NOT NULL,
            previous INTEGER NOT NULL,
            written INTEGER NOT NULL,
            expires INTEGER,
            flags INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Makes sure the database is a store this program understands; an empty one becomes one.</summary>
    public static void Prepare(SqliteDatabase database, string file)
    {
        if (IsEmpty(database))
        {
            database.Execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            database.InTransaction(() =>
                database.Execute($"{Tables} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"));
        }
        Check(database, file);
        // FULL: the log is synced before a commit returns. The size limit cuts the log back after a burst.
        database.Execute("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 2000;
            PRAGMA journal_size_limit = 16777216;
            PRAGMA cache_size = -8192;
            PRAGMA temp_store = MEMORY;
            PRAGMA cell_size_check = ON
            """);
    }

    /// <summary>Throws <see cref="StoreFileException"/> unless the database is a store of this version.</summary>
    public static void Check(SqliteDatabase database, string file)
    {
        if (database.Number("PRAGMA application_id") != ApplicationId)
        {
            throw new StoreFileException(StoreFileProblem.Foreign, $"{file} is a database, but not a Gantry store; choose another file");
        }
        var version = database.Number("PRAGMA user_version");
        if (version > Version)
        {
            throw new StoreFileException(
                StoreFileProblem.Newer, $"{file} has store format {version}, this program knows up to {Version}: use the Gantry that wrote it, or a newer one");
        }
    }

    private static bool IsEmpty(SqliteDatabase database) =>
        database.Number("PRAGMA application_id") == 0 && database.Number("SELECT count(*) FROM sqlite_master") == 0;
}
