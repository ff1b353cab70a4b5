using SQLitePCL;

namespace Gantry.Store.Sqlite;

/// <summary>Turns result codes of SQLite into the store's exceptions.</summary>
internal static class SqliteFault
{
    public static void Check(int code, sqlite3 database)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw Of(code, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }

    /// <summary>The low byte is the kind; the rest is detail, told as a number because it names the failed system call.</summary>
    public static IOException Of(int code, string message) => (code & 0xff) switch
    {
        raw.SQLITE_FULL => new JournalFullException($"the disk is full ({message})"),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreUnavailableException($"the store file is damaged: {message} (SQLite {code})"),
        _ => new StoreUnavailableException($"the store file cannot be read or written: {message} (SQLite {code})"),
    };

    public static bool IsDamage(int code) => (code & 0xff) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
