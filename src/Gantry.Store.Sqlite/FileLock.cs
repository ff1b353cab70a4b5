namespace Gantry.Store.Sqlite;

/// <summary>
/// Holds a store file for one process. The kernel lets go of it when the process ends, however it ends; so the lock file may stay behind.
/// SQLite's own lock is set aside: it would keep out the readers beside the writer, and sqlite3 on a running store.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _held;

    private FileLock(FileStream held) => _held = held;

    public static FileLock Take(string file)
    {
        try
        {
            return new(PrivateFile.Open(file + ".lock", FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException fault) when (fault is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new StoreFileException(StoreFileProblem.InUse, $"{file} is in use by another process: only one may have it open", fault);
        }
    }

    public void Dispose() => _held.Dispose();
}
