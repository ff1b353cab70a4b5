using Gantry.Contracts;

namespace Gantry.Store.Sqlite.Tests;

public sealed class SqliteStoreTests : StoreModelContract, IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<IStore> OpenAsync(StoreOptions options) =>
        Task.FromResult<IStore>(SqliteStore.Open(_folder.Options(options), Clock));

    protected override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync(Options);
    }
}
