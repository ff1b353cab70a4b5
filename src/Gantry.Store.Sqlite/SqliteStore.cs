namespace Gantry.Store.Sqlite;

/// <summary>The embedded store: <see cref="StoreEngine"/> over one SQLite file.</summary>
public sealed class SqliteStore : IStore
{
    private readonly StoreEngine _engine;
    private readonly string _file;

    private SqliteStore(StoreEngine engine, string file)
    {
        _engine = engine;
        _file = file;
    }

    public StoreHealth Health => _engine.Health;

    /// <summary>
    /// Opens the file, or makes it. Throws <see cref="StoreFileException"/> when it is in use, damaged, foreign or newer,
    /// <see cref="StoreUnavailableException"/> when the disk fails, <see cref="ArgumentException"/> for bad options.
    /// </summary>
    public static SqliteStore Open(SqliteStoreOptions options, TimeProvider clock)
    {
        var problems = string.Join("; ", options.Check());
        if (problems.Length > 0)
        {
            throw new ArgumentException(problems, nameof(options));
        }
        var file = Path.GetFullPath(options.File);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var held = FileLock.Take(file);
        SqliteDatabase? database = null;
        try
        {
            // Made here, because SQLite would make it readable for others; the log takes its mode from it.
            PrivateFile.Open(file, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();
            var reserve = new DiskReserve(file + ".reserve", options.ReserveBytes);
            reserve.TryTake();
            database = SqliteDatabase.OpenWritable(file);
            Schema.Prepare(database, file);
            var journal = new SqliteJournal(file, held, database, reserve);
            return new(new StoreEngine(journal, options.Limits, clock), file);
        }
        catch (Exception fault)
        {
            database?.Dispose();
            held.Dispose();
            throw Explain(fault, file);
        }
    }

    public ValueTask<Revision> CurrentRevisionAsync(CancellationToken cancel = default) => _engine.CurrentRevisionAsync(cancel);

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancel = default) =>
        _engine.CommitAsync(transaction, cancel);

    public ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancel = default) => _engine.RangeAsync(query, cancel);

    public IAsyncEnumerable<ChangeBatch> WatchAsync(WatchFrom from, CancellationToken cancel = default) => _engine.WatchAsync(from, cancel);

    public ValueTask<HistoryResult> HistoryAsync(string key, int limit = 100, CancellationToken cancel = default) =>
        _engine.HistoryAsync(key, limit, cancel);

    public ValueTask<Revision> CompactAsync(Revision upTo, CancellationToken cancel = default) => _engine.CompactAsync(upTo, cancel);

    public ValueTask<Revision> CompactAsync(TimeSpan age, CancellationToken cancel = default) => _engine.CompactAsync(age, cancel);

    /// <summary>Saves a consistent copy while the store goes on; see <see cref="Snapshots.SaveAsync"/>.</summary>
    public async Task SaveSnapshotAsync(string target, CancellationToken cancel = default)
    {
        await _engine.FlushAsync(cancel).ConfigureAwait(false);
        await Task.Run(() => Snapshots.Copy(_file, target), cancel).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private static Exception Explain(Exception fault, string file) => fault switch
    {
        StoreUnavailableException { Message: var message } when message.Contains("damaged", StringComparison.Ordinal) => new StoreFileException(
            StoreFileProblem.Damaged, $"{file} cannot be opened: {message}. Restore the last snapshot, or look at it with 'gantry snapshot verify'", fault),
        JournalFullException => new StoreUnavailableException($"{file} cannot be opened: {fault.Message}", fault),
        _ => fault,
    };
}
