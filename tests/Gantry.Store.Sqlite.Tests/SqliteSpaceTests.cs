using Gantry.Testing;

namespace Gantry.Store.Sqlite.Tests;

public sealed class SqliteSpaceTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compaction_gives_the_space_of_deleted_keys_back_to_the_disk()
    {
        await using var store = Open(new());
        await store.FillAsync("/k/", 2_000, 8_000);
        var full = store.Health.UsedBytes;
        Assert.True(full > 15_000_000, $"{full}");
        for (var i = 0; i < 2_000; i += 100)
        {
            await store.CommitAsync(new StoreTransaction { Writes = [.. Enumerable.Range(i, 100).Select(n => new Write.Delete($"/k/{n:D6}"))] });
        }
        await store.CompactAsync(await store.CurrentRevisionAsync());
        Assert.Equal(0, store.Health.HistoryBytes);
        Assert.True(store.Health.UsedBytes < full / 20, $"{store.Health.UsedBytes} of {full} are still used");
        Assert.True(new FileInfo(_folder.File).Length < full / 4, $"the file has {new FileInfo(_folder.File).Length} bytes");
    }

    [Fact]
    public async Task At_the_ceiling_growing_puts_are_refused_and_deletes_and_compaction_make_room()
    {
        await using var store = Open(new StoreOptions { MaxBytes = 2 << 20 });
        var results = await store.FillAsync("/k/", 600, 8_000);
        Assert.InRange(results.Count(result => result is CommitResult.Committed), 150, 262);
        Assert.Contains(results, result => result is CommitResult.Full);
        Assert.Equal(StoreCondition.Full, store.Health.Condition);
        Assert.IsType<CommitResult.Full>(await store.CommitAsync(StoreTransaction.Put("/more", new byte[100_000])));

        // An object is finished by a put that is no larger: that works at the ceiling.
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Put("/k/000001", new byte[7_000])));
        for (var i = 0; i < 100; i++)
        {
            Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Delete($"/k/{i:D6}")));
        }
        await store.CompactAsync(await store.CurrentRevisionAsync());
        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Put("/more", new byte[100_000])));
        Assert.Equal(StoreCondition.Ok, store.Health.Condition);
        Assert.True(new FileInfo(_folder.File).Length <= (2 << 20) * 17 / 16);
    }

    [Fact]
    public async Task History_makes_way_for_live_keys_before_anything_is_refused()
    {
        await using var store = Open(new StoreOptions { MaxBytes = 2 << 20 });
        for (var round = 0; round < 20; round++)
        {
            Assert.All(await store.FillAsync("/k/", 50, 8_000), result => Assert.IsType<CommitResult.Committed>(result));
        }
        Assert.True(store.Health.UsedBytes <= 2 << 20);
        Assert.True(store.Health.Oldest > Revision.None);
    }

    [Fact]
    public async Task The_history_keeps_to_its_budget_of_bytes()
    {
        await using var store = Open(new StoreOptions { HistoryBytes = 200_000 });
        for (var round = 0; round < 50; round++)
        {
            await store.FillAsync("/k/", 20, 1_000);
        }
        await store.CompactAsync(Revision.None);
        Assert.InRange(store.Health.HistoryBytes, 1, 200_000);
        Assert.Equal(20, store.Health.Keys);
    }

    [Fact]
    public async Task History_older_than_its_age_goes_by_itself_and_then_nothing_is_left_to_do()
    {
        await using var store = Open(new StoreOptions { HistoryAge = TimeSpan.FromHours(1) });
        await store.PutAsync("a", "1");
        await store.PutAsync("a", "2");
        while (store.Health.HistoryBytes > 0)
        {
            _clock.Advance(TimeSpan.FromMinutes(30));
            await store.CompactAsync(Revision.None);
        }
        Assert.Equal("2", await store.TextAsync("a"));
        Assert.True(store.Health.Oldest > Revision.None);
    }

    [Fact]
    public async Task Expiring_keys_beyond_their_budget_go_first_to_expire_first()
    {
        await using var store = Open(new StoreOptions { ExpiringBytes = 50_000 });
        for (var i = 0; i < 100; i++)
        {
            await store.CommitAsync(new StoreTransaction
            {
                Writes = [new Write.Put($"/e/{i:D3}", new byte[1_000]) { ExpiresAt = _clock.GetUtcNow() + TimeSpan.FromHours(1) + TimeSpan.FromSeconds(i) }],
            });
        }
        await store.CompactAsync(Revision.None);
        Assert.InRange(store.Health.ExpiringBytes, 40_000, 50_000);
        Assert.Null(await store.GetAsync("/e/000"));
        Assert.NotNull(await store.GetAsync("/e/099"));
    }

    private SqliteStore Open(StoreOptions limits) => SqliteStore.Open(_folder.Options(limits), _clock);
}
