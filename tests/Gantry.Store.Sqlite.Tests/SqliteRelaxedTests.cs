using Gantry.Testing;

namespace Gantry.Store.Sqlite.Tests;

/// <summary>Writes that spare the disk. A crash is made by copying the files of a running store: that is what a kill leaves.</summary>
public sealed class SqliteRelaxedTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreFolder _crashed = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose()
    {
        _folder.Dispose();
        _crashed.Dispose();
    }

    [Fact]
    public async Task Heartbeats_do_not_touch_the_disk_until_they_are_flushed_together()
    {
        await using var store = SqliteStore.Open(_folder.Options(), _clock);
        await store.PutAsync("lease", "0", Durability.Relaxed);
        await store.PutAsync("lease", "1", Durability.Relaxed);
        var before = LogBytes();
        for (var i = 2; i < 500; i++)
        {
            await store.PutAsync("lease", $"{i}", Durability.Relaxed);
        }
        Assert.Equal(before, LogBytes());
        _clock.Advance(TimeSpan.FromMinutes(6));
        await store.CompactAsync(Revision.None);
        Assert.True(LogBytes() > before);
        await using var crashed = Crash();
        Assert.Equal("499", await crashed.TextAsync("lease"));
    }

    [Fact]
    public async Task After_a_crash_revisions_go_on_above_all_that_were_given_out()
    {
        await using var store = SqliteStore.Open(_folder.Options(), _clock);
        await store.PutAsync("lease", "0", Durability.Relaxed);
        var last = Revision.None;
        for (var i = 1; i < 100; i++)
        {
            last = await store.PutAsync("lease", $"{i}", Durability.Relaxed);
        }
        await using var crashed = Crash();
        Assert.True(await crashed.CurrentRevisionAsync() > last);
        Assert.True(await crashed.PutAsync("other", "x") > last);
    }

    [Fact]
    public async Task After_a_crash_watchers_learn_that_a_lost_heartbeat_is_lost()
    {
        await using var store = SqliteStore.Open(_folder.Options(), _clock);
        await store.PutAsync("untouched", "x");
        await store.PutAsync("lease", "0", Durability.Relaxed);
        var seen = await store.PutAsync("lease", "1", Durability.Relaxed);
        await using var crashed = Crash();
        var change = (await crashed.FirstAsync(new WatchFrom { After = seen })).Changes.Single();
        Assert.Equal("lease", change.Key);
        Assert.Equal("0", await crashed.TextAsync("lease"));
        Assert.True((await crashed.GetAsync("lease"))!.ModRevision > seen);
    }

    [Fact]
    public async Task A_crash_after_a_crash_still_does_not_go_back()
    {
        await using var store = SqliteStore.Open(_folder.Options(), _clock);
        await store.PutAsync("lease", "0", Durability.Relaxed);
        await store.PutAsync("lease", "1", Durability.Relaxed);
        await using var crashed = Crash();
        var last = await crashed.PutAsync("lease", "2", Durability.Relaxed);
        using var twice = new StoreFolder();
        Copy(_crashed, twice);
        await using var again = SqliteStore.Open(twice.Options(), _clock);
        Assert.True(await again.CurrentRevisionAsync() > last);
    }

    [Fact]
    public async Task An_orderly_end_keeps_the_last_heartbeat_and_its_revision()
    {
        Revision last;
        await using (var store = SqliteStore.Open(_folder.Options(), _clock))
        {
            await store.PutAsync("lease", "0", Durability.Relaxed);
            last = await store.PutAsync("lease", "1", Durability.Relaxed);
        }
        await using (var store = SqliteStore.Open(_folder.Options(), _clock))
        {
            Assert.Equal(last, await store.CurrentRevisionAsync());
            Assert.Equal("1", await store.TextAsync("lease"));
            var next = await store.PutAsync("lease", "2", Durability.Relaxed);
            Assert.Equal(last.Value + 1, next.Value);
            await using var crashed = Crash();
            Assert.True(await crashed.CurrentRevisionAsync() > next);
        }
    }

    private static void Copy(StoreFolder from, StoreFolder to)
    {
        foreach (var suffix in new[] { "", "-wal" })
        {
            if (File.Exists(from.File + suffix))
            {
                File.Copy(from.File + suffix, to.File + suffix);
            }
        }
    }

    private SqliteStore Crash()
    {
        Copy(_folder, _crashed);
        return SqliteStore.Open(_crashed.Options(), _clock);
    }

    private long LogBytes() => new FileInfo(_folder.File + "-wal").Length;
}
