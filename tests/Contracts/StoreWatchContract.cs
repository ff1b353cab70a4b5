using Gantry.Store;

namespace Gantry.Contracts;

/// <summary>Watching, expiry and budgets.</summary>
public abstract class StoreWatchContract : StoreRangeContract
{
    [Fact]
    public async Task A_watch_replays_what_happened_and_goes_on_with_what_happens()
    {
        await PutAsync("a", "1");
        var after = await PutAsync("a", "2");
        await PutAsync("a", "3");
        var reading = ReadAsync(new WatchFrom { After = after }, 3);
        await CommittedAsync(StoreTransaction.Delete("a"));
        await PutAsync("b", "4");
        Assert.Equal(["a=3", "a=-", "b=4"], (await reading).SelectMany(batch => batch.Changes).Select(Show));
    }

    [Fact]
    public async Task A_change_carries_what_it_replaced_and_where_the_key_began()
    {
        var created = await PutAsync("a", "1");
        var updated = await PutAsync("a", "2");
        var deleted = await CommittedAsync(StoreTransaction.Delete("a"));
        foreach (var filler in new[] { 0, 200 })
        {
            await FillAsync("/other", filler);
            var changes = (await ReadAsync(new WatchFrom { After = Revision.None, Keys = KeyRange.One("a") }, 3)).Select(batch => batch.Changes.Single()).ToList();
            Assert.Equal([created, updated, deleted], changes.Select(change => change.ModRevision));
            Assert.Equal([null, "1", "2"], changes.Select(change => Text(change.Previous)));
            Assert.Equal([true, false, false], changes.Select(change => change.IsCreate));
            Assert.Equal([false, false, true], changes.Select(change => change.IsDelete));
            Assert.All(changes, change => Assert.Equal(created, change.CreateRevision));
        }
    }

    [Fact]
    public async Task A_watch_sees_only_its_range_but_whole_transactions_of_it()
    {
        await CommittedAsync(new StoreTransaction
        {
            Writes = [new Write.Put("/a/1", Bytes("1")), new Write.Put("/b/1", Bytes("2")), new Write.Put("/a/2", Bytes("3"))],
        });
        await PutAsync("/b/2", "4");
        await PutAsync("/a/3", "5");
        var batches = await ReadAsync(new WatchFrom { After = Revision.None, Keys = KeyRange.Prefix("/a/") }, 2);
        Assert.Equal(["/a/1", "/a/2"], batches[0].Changes.Select(change => change.Key));
        Assert.Equal(["/a/3"], batches[1].Changes.Select(change => change.Key));
    }

    [Fact]
    public async Task A_watch_that_asks_for_progress_learns_how_far_it_has_seen()
    {
        await PutAsync("/b/1", "1");
        var at = await PutAsync("/b/2", "2");
        var batch = (await ReadAsync(new WatchFrom { After = Revision.None, Keys = KeyRange.Prefix("/a/"), Progress = true }, 1)).Single();
        Assert.Empty(batch.Changes);
        Assert.Equal(at, batch.Revision);
    }

    [Fact]
    public async Task A_watch_from_before_the_compaction_ends_with_the_oldest_revision()
    {
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        var at = await PutAsync("a", "3");
        await Store.CompactAsync(at);
        var batch = Assert.Single(await ReadAsync(new WatchFrom { After = Revision.None }, 5));
        Assert.True(batch.IsCompacted);
        Assert.Equal(at, batch.Revision);
        await PutAsync("a", "4");
        Assert.Equal(["a=4"], (await ReadAsync(new WatchFrom { After = at }, 1)).SelectMany(b => b.Changes).Select(Show));
    }

    [Fact]
    public async Task A_watcher_that_falls_behind_misses_nothing_and_holds_nobody_up()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        await using var slow = Store.WatchAsync(new WatchFrom { After = Revision.None }, limit.Token).GetAsyncEnumerator(limit.Token);
        await PutAsync("k", "0");
        Assert.True(await slow.MoveNextAsync());
        await FillAsync("/k", 1_000);
        var seen = new List<long> { slow.Current.Revision.Value };
        while (seen.Count < 1_001)
        {
            Assert.True(await slow.MoveNextAsync());
            seen.Add(slow.Current.Revision.Value);
        }
        Assert.Equal(Enumerable.Range(1, 1_001).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_watcher_overtaken_by_a_compaction_is_told()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        await using var slow = Store.WatchAsync(new WatchFrom { After = Revision.None }, limit.Token).GetAsyncEnumerator(limit.Token);
        await FillAsync("/k", 10);
        Assert.True(await slow.MoveNextAsync());
        await FillAsync("/k", 2_000);
        await Store.CompactAsync(await Store.CurrentRevisionAsync());
        var last = slow.Current;
        while (await slow.MoveNextAsync())
        {
            Assert.False(last.IsCompacted);
            last = slow.Current;
        }
        Assert.True(last.IsCompacted);
    }

    [Fact]
    public async Task Many_watchers_see_the_same_changes_in_the_same_order()
    {
        var readers = Enumerable.Range(0, 20).Select(_ => Task.Run(() => ReadAsync(new WatchFrom { After = Revision.None }, 200))).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await PutAsync($"/{writer}/{i}", $"{writer} {i}");
            }
        })));
        var seen = await Task.WhenAll(readers);
        var first = seen[0].SelectMany(batch => batch.Changes).Select(change => $"{change.ModRevision}:{Show(change)}").ToList();
        Assert.Equal(200, first.Distinct().Count());
        Assert.All(seen, batches => Assert.Equal(first, batches.SelectMany(batch => batch.Changes).Select(change => $"{change.ModRevision}:{Show(change)}")));
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in Store.WatchAsync(new WatchFrom { After = Revision.None }, cancel.Token))
            {
            }
        });
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_watch_of_a_disposed_store_ends()
    {
        var reading = Task.Run(() => ReadAsync(new WatchFrom { After = Revision.None }, 1));
        await Store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Store.CommitAsync(StoreTransaction.Put("a", Bytes("1"))));
    }

    [Fact]
    public async Task An_expired_key_is_deleted_and_watchers_see_it()
    {
        var at = await PutAsync("plain", "x");
        await CommittedAsync(Expiring("e/late", TimeSpan.FromMinutes(20)));
        await CommittedAsync(Expiring("e/soon", TimeSpan.FromMinutes(5)));
        var reading = ReadAsync(new WatchFrom { After = at }, 3);
        Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("e/soon=-", Show((await reading)[2].Changes.Single()));
        Assert.Null(await GetAsync("e/soon"));
        Assert.NotNull(await GetAsync("e/late"));
        Assert.NotNull(await GetAsync("plain"));
    }

    [Fact]
    public async Task A_key_written_again_expires_by_its_last_write()
    {
        await CommittedAsync(Expiring("e", TimeSpan.FromMinutes(5)));
        await CommittedAsync(Expiring("e", TimeSpan.FromMinutes(15)));
        await CommittedAsync(Expiring("f", TimeSpan.FromMinutes(5)));
        await PutAsync("f", "for good");
        var last = await CommittedAsync(Expiring("g", TimeSpan.FromMinutes(6)));
        var reading = ReadAsync(new WatchFrom { After = last }, 1);
        Clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal("g=-", Show((await reading)[0].Changes.Single()));
        Assert.NotNull(await GetAsync("e"));
        Assert.NotNull(await GetAsync("f"));
    }

    [Fact]
    public async Task A_relaxed_write_is_seen_at_once_by_readers_and_watchers()
    {
        await PutRelaxedAsync("lease", "1");
        var after = await PutRelaxedAsync("lease", "2");
        var second = await PutRelaxedAsync("lease", "3");
        var third = await PutAsync("other", "x");
        Assert.True(after < second && second < third);
        Assert.Equal("3", Text(await GetAsync("lease")));
        Assert.Equal(["lease=3", "other=x"], (await ReadAsync(new WatchFrom { After = after }, 2)).SelectMany(batch => batch.Changes).Select(Show));
        await FillAsync("/other", 100);
        Assert.Equal(["lease=3", "other=x"], (await ReadAsync(new WatchFrom { After = after }, 2)).SelectMany(batch => batch.Changes).Select(Show));
        var conflict = Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(StoreTransaction.Replace("lease", after, Bytes("4"))));
        Assert.Equal(second, conflict.Actual);
    }

    [Fact]
    public async Task Relaxed_versions_are_no_history_but_full_ones_between_them_are()
    {
        await PutAsync("node", "ready");
        await PutRelaxedAsync("node", "beat 1");
        await PutRelaxedAsync("node", "beat 2");
        await PutAsync("node", "not ready");
        await PutRelaxedAsync("node", "beat 3");
        Assert.Equal(["beat 3", "not ready", "ready"], await HistoryAsync("node"));
    }

    protected Task<Revision> PutRelaxedAsync(string key, string value) => CommittedAsync(new StoreTransaction
    {
        Writes = [new Write.Put(key, Bytes(value)) { Durability = Durability.Relaxed }],
    });

    protected StoreTransaction Expiring(string key, TimeSpan after) => new()
    {
        Writes = [new Write.Put(key, Bytes("expires")) { ExpiresAt = Clock.GetUtcNow() + after }],
    };


    protected static string Show(Change change) => $"{change.Key}={Text(change.Current) ?? "-"}";
}
