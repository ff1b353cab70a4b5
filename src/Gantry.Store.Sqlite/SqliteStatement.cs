using System.Text;
using SQLitePCL;

namespace Gantry.Store.Sqlite;

/// <summary>A prepared statement; for one thread at a time. Places of parameters count from 1, of columns from 0, as in SQLite.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    public SqliteStatement Bind(int place, long value)
    {
        SqliteFault.Check(raw.sqlite3_bind_int64(statement, place, value), database);
        return this;
    }

    public SqliteStatement Bind(int place, ReadOnlySpan<byte> text)
    {
        SqliteFault.Check(raw.sqlite3_bind_text(statement, place, text), database);
        return this;
    }

    public SqliteStatement BindBlob(int place, ReadOnlySpan<byte> value)
    {
        // An empty span has no address and would be bound as NULL.
        var code = value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, place, 0) : raw.sqlite3_bind_blob(statement, place, value);
        SqliteFault.Check(code, database);
        return this;
    }

    public SqliteStatement BindNull(int place)
    {
        SqliteFault.Check(raw.sqlite3_bind_null(statement, place), database);
        return this;
    }

    /// <summary>Moves to the next row; false at the end. A failure resets the statement.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        if (code != raw.SQLITE_DONE)
        {
            var fault = SqliteFault.Of(code, raw.sqlite3_errmsg(database).utf8_to_string());
            Reset();
            throw fault;
        }
        return false;
    }

    /// <summary>Runs the statement to its end and makes it ready for the next time.</summary>
    public void Run()
    {
        while (Step())
        {
        }
        Reset();
    }

    /// <summary>Runs a query of one number; zero when it has no row.</summary>
    public long Number()
    {
        var number = Step() ? Long(0) : 0;
        Reset();
        return number;
    }

    /// <summary>Ends the read transaction the statement may hold. The code is of the last step and was reported there.</summary>
    public void Reset() => _ = raw.sqlite3_reset(statement);

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Blob(column));

    public void Dispose() => statement.Dispose();
}
