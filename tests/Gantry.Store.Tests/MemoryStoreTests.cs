using Gantry.Contracts;

namespace Gantry.Store.Tests;

public sealed class MemoryStoreTests : StoreModelContract
{
    protected override Task<IStore> OpenAsync(StoreOptions options) => Task.FromResult<IStore>(StoreEngine.InMemory(options, Clock));
}
