namespace Gantry.Store.Sqlite;

/// <summary>Copies of a store: saving, checking, and starting from one.</summary>
public static class Snapshots
{
    /// <summary>Revisions skipped by a restore: more than any server can have given out after the snapshot was taken, so none has two meanings.</summary>
    public const long RestoreSkip = 1_000_000_000;

    /// <summary>
    /// Saves a consistent, compact copy of the store file to <paramref name="target"/>, running or not; relaxed writes that a running store
    /// has only in memory are missing (<see cref="SqliteStore.SaveSnapshotAsync"/> has them). Throws <see cref="StoreFileException"/> when
    /// the file is no store, or the target exists.
    /// </summary>
    public static Task SaveAsync(string file, string target, CancellationToken cancel = default) => Task.Run(() => Copy(file, target), cancel);

    /// <summary>
    /// Reads every page and every row of a store or snapshot and reports each fault found; the file is not changed.
    /// Throws <see cref="StoreFileException"/> when there is no such file.
    /// </summary>
    public static VerifyResult Verify(string file)
    {
        if (!File.Exists(file))
        {
            throw new StoreFileException(StoreFileProblem.Path, $"{file} does not exist");
        }
        try
        {
            using var database = SqliteDatabase.OpenReadable(file);
            Schema.Check(database, file);
            var problems = database.Texts("PRAGMA integrity_check(100)").Where(line => line != "ok").ToList();
            return problems.Count > 0 ? new VerifyResult.Damaged(problems) : RowCheck.Run(database);
        }
        catch (StoreUnavailableException fault)
        {
            return new VerifyResult.Damaged([fault.Message]);
        }
        catch (StoreFileException fault)
        {
            return new VerifyResult.Damaged([fault.Message]);
        }
    }

    /// <summary>
    /// Puts a snapshot in the place of a store that is not running. A store that is already there is kept as <c>.before-restore</c> when
    /// <paramref name="replace"/> is set, and otherwise refused. The revision jumps by <see cref="RestoreSkip"/>, and watches from before
    /// are refused, so that nobody takes the restored state for the one they knew. Returns what the snapshot holds.
    /// Throws <see cref="StoreFileException"/> when the snapshot is damaged or the store in use.
    /// </summary>
    public static VerifyResult.Sound Restore(string snapshot, string file, bool replace)
    {
        if (Verify(snapshot) is not VerifyResult.Sound sound)
        {
            throw new StoreFileException(StoreFileProblem.Damaged, $"{snapshot} is damaged and was not restored");
        }
        file = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var held = FileLock.Take(file);
        if (File.Exists(file) && !replace)
        {
            throw new StoreFileException(StoreFileProblem.Path, $"{file} exists; say that it may be replaced, or choose another data directory");
        }
        var arriving = file + ".restoring";
        Delete(arriving);
        Copy(snapshot, arriving);
        using (var database = SqliteDatabase.OpenWritable(arriving))
        {
            var floor = Math.Max(sound.Current.Value, Loader.Meta(database).GetValueOrDefault(Schema.Reserved)) + RestoreSkip;
            database.Execute("PRAGMA synchronous = FULL");
            database.InTransaction(() => database.Execute($"""
                INSERT INTO meta(name, value) VALUES('{Schema.WatchFloor}', {floor}), ('{Schema.Closed}', {floor})
                ON CONFLICT(name) DO UPDATE SET value = excluded.value
                """));
        }
        foreach (var suffix in new[] { "-wal", "-shm", "" })
        {
            if (File.Exists(file + suffix))
            {
                File.Move(file + suffix, $"{file}.before-restore{suffix}", overwrite: true);
            }
        }
        File.Move(arriving, file);
        return sound;
    }

    internal static void Copy(string file, string target)
    {
        target = Path.GetFullPath(target);
        if (!File.Exists(file) || File.Exists(target))
        {
            throw new StoreFileException(StoreFileProblem.Path, File.Exists(file) ? $"{target} exists already" : $"{file} does not exist");
        }
        var part = target + ".part";
        Delete(part);
        try
        {
            // SQLite accepts an empty file as a target; made here so that a snapshot, which holds secrets, is for its owner only.
            PrivateFile.Open(part, FileMode.CreateNew, FileShare.None).Dispose();
            using (var database = SqliteDatabase.OpenWritable(file))
            {
                Schema.Check(database, file);
                database.Execute($"VACUUM INTO '{part.Replace("'", "''", StringComparison.Ordinal)}'");
            }
            using (var written = new FileStream(part, FileMode.Open, FileAccess.ReadWrite))
            {
                written.Flush(flushToDisk: true);
            }
            File.Move(part, target);
        }
        catch
        {
            Delete(part);
            throw;
        }
    }

    private static void Delete(string file)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm", "-journal" })
        {
            File.Delete(file + suffix);
        }
    }
}
