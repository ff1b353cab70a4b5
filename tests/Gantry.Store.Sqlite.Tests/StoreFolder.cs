namespace Gantry.Store.Sqlite.Tests;

/// <summary>A folder for one test's store files, deleted in the end.</summary>
public sealed class StoreFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gantry-store-");

    public string File => In("store.db");

    public string In(string name) => Path.Combine(_folder.FullName, name);

    public SqliteStoreOptions Options(StoreOptions? limits = null) => new() { File = File, ReserveBytes = 0, Limits = limits ?? new() };

    public void Dispose() => _folder.Delete(recursive: true);
}
