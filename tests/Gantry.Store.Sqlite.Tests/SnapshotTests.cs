using System.Globalization;
using System.Text;

namespace Gantry.Store.Sqlite.Tests;

public sealed class SnapshotTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly StoreFolder _other = new();

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_snapshot_taken_under_load_holds_one_consistent_state()
    {
        var snapshot = _folder.In("snapshot");
        var written = 0;
        await using (var store = Open(_folder))
        {
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
            {
                for (var n = 1; !stop.IsCancellationRequested; n++)
                {
                    var value = Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture));
                    await store.CommitAsync(new StoreTransaction { Writes = [new Write.Put($"/{client}/a", value), new Write.Put($"/{client}/b", value)] });
                    Interlocked.Increment(ref written);
                }
            })).ToList();
            while (Volatile.Read(ref written) < 200)
            {
                await store.PutAsync("tick", "x");
            }
            await store.SaveSnapshotAsync(snapshot);
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }
        var sound = Assert.IsType<VerifyResult.Sound>(Snapshots.Verify(snapshot));
        Snapshots.Restore(snapshot, _other.File, replace: false);
        await using var restored = Open(_other);
        Assert.Equal(sound.Keys, restored.Health.Keys);
        for (var client = 0; client < 4; client++)
        {
            Assert.NotNull(await restored.TextAsync($"/{client}/a"));
            Assert.Equal(await restored.TextAsync($"/{client}/a"), await restored.TextAsync($"/{client}/b"));
        }
    }

    [Fact]
    public async Task A_snapshot_has_the_heartbeats_that_are_not_on_the_disk_yet()
    {
        await using var store = Open(_folder);
        await store.PutAsync("lease", "0", Durability.Relaxed);
        await store.PutAsync("lease", "1", Durability.Relaxed);
        await store.SaveSnapshotAsync(_folder.In("snapshot"));
        Snapshots.Restore(_folder.In("snapshot"), _other.File, replace: false);
        await using var restored = Open(_other);
        Assert.Equal("1", await restored.TextAsync("lease"));
    }

    [Fact]
    public async Task After_a_restore_old_watches_are_refused_history_is_kept_and_revisions_are_new()
    {
        Revision old;
        await using (var store = Open(_folder))
        {
            await store.PutAsync("a", "1");
            await store.PutAsync("a", "2");
            await store.SaveSnapshotAsync(_folder.In("snapshot"));
            old = await store.PutAsync("a", "lost by the restore");
        }
        Snapshots.Restore(_folder.In("snapshot"), _folder.File, replace: true);
        await using (var store = Open(_folder))
        {
            Assert.Equal("2", await store.TextAsync("a"));
            Assert.Equal(2, (await store.HistoryAsync("a")).Changes.Count);
            var batch = await store.FirstAsync(new WatchFrom { After = old });
            Assert.True(batch.IsCompacted);
            Assert.True(batch.Revision > old);
            Assert.True(await store.PutAsync("a", "3") > old);
        }
        Assert.True(File.Exists(_folder.File + ".before-restore"));
    }

    [Fact]
    public async Task A_restore_replaces_nothing_unasked_and_nothing_in_use()
    {
        await using (var store = Open(_folder))
        {
            await store.PutAsync("a", "1");
            await store.SaveSnapshotAsync(_folder.In("snapshot"));
            Assert.Equal(StoreFileProblem.InUse, Refused(replace: true));
        }
        Assert.Equal(StoreFileProblem.Path, Refused(replace: false));
        await using var unharmed = Open(_folder);
        Assert.Equal("1", await unharmed.TextAsync("a"));

        StoreFileProblem Refused(bool replace) =>
            Assert.Throws<StoreFileException>(() => Snapshots.Restore(_folder.In("snapshot"), _folder.File, replace)).Problem;
    }

    [Fact]
    public async Task A_snapshot_is_never_written_over_a_file_and_a_damaged_one_is_not_restored()
    {
        await using (var store = Open(_folder))
        {
            await store.PutAsync("a", "1");
            await File.WriteAllTextAsync(_folder.In("there"), "mine");
            await Assert.ThrowsAsync<StoreFileException>(() => store.SaveSnapshotAsync(_folder.In("there")));
            Assert.Equal("mine", await File.ReadAllTextAsync(_folder.In("there")));
        }
        Assert.Equal(StoreFileProblem.Damaged, Assert.Throws<StoreFileException>(() => Snapshots.Restore(_folder.In("there"), _other.File, false)).Problem);
        Assert.False(File.Exists(_other.File));
    }

    private static SqliteStore Open(StoreFolder folder) => SqliteStore.Open(folder.Options(), TimeProvider.System);
}
