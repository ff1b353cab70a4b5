using SQLitePCL;

namespace Gantry.Store.Sqlite;

/// <summary>A connection; for one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly List<SqliteStatement> _statements = [];

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle) => _handle = handle;

    public static SqliteDatabase OpenWritable(string file) => Open(file, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    public static SqliteDatabase OpenReadable(string file) => Open(file, raw.SQLITE_OPEN_READONLY);

    public SqliteStatement Prepare(string sql)
    {
        SqliteFault.Check(raw.sqlite3_prepare_v2(_handle, sql, out var statement), _handle);
        var prepared = new SqliteStatement(_handle, statement);
        _statements.Add(prepared);
        return prepared;
    }

    /// <summary>Runs statements that have no parameters and no result worth reading.</summary>
    public void Execute(string sql) => SqliteFault.Check(raw.sqlite3_exec(_handle, sql), _handle);

    /// <summary>Runs a query of one number.</summary>
    public long Number(string sql)
    {
        SqliteFault.Check(raw.sqlite3_prepare_v2(_handle, sql, out var handle), _handle);
        using var statement = new SqliteStatement(_handle, handle);
        return statement.Number();
    }

    /// <summary>Runs a query of one text column.</summary>
    public List<string> Texts(string sql)
    {
        SqliteFault.Check(raw.sqlite3_prepare_v2(_handle, sql, out var handle), _handle);
        using var statement = new SqliteStatement(_handle, handle);
        var texts = new List<string>();
        while (statement.Step())
        {
            texts.Add(statement.Text(0));
        }
        return texts;
    }

    /// <summary>Runs <paramref name="work"/> in one transaction: all of it is durable when this returns, or none of it happened.</summary>
    public void InTransaction(Action work)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        finally
        {
            if (raw.sqlite3_get_autocommit(_handle) == 0)
            {
                _ = raw.sqlite3_exec(_handle, "ROLLBACK");
            }
        }
    }

    /// <summary>Copies the log back into the file as far as readers allow, which also cuts the file to its size.</summary>
    public void Checkpoint() => _ = raw.sqlite3_wal_checkpoint_v2(_handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _handle.Dispose();
    }

    private static SqliteDatabase Open(string file, int flags)
    {
        var code = raw.sqlite3_open_v2(file, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errmsg(handle).utf8_to_string();
            handle.Dispose();
            throw SqliteFault.Of(code, message);
        }
        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, 5_000);
        return new(handle);
    }
}
