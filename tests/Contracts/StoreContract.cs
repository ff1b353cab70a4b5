using System.Text;
using Gantry.Store;
using Gantry.Testing;

namespace Gantry.Contracts;

/// <summary>What every engine of <see cref="IStore"/> promises. Each engine's tests derive from this.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    protected ManualTimeProvider Clock { get; } = new();

    protected IStore Store { get; set; } = null!;

    /// <summary>A small feed, so the suite exercises the replay as well as the fast lane.</summary>
    protected virtual StoreOptions Options { get; } = new() { FeedBytes = 4_000 };

    public async Task InitializeAsync() => Store = await OpenAsync(Options);

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    [Fact]
    public async Task An_empty_store_is_at_revision_zero_and_has_no_keys()
    {
        Assert.Equal(Revision.None, await Store.CurrentRevisionAsync());
        var page = (await Store.RangeAsync(new RangeQuery())).Require();
        Assert.Empty(page.Items);
        Assert.Equal(0, page.Count);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_put_is_read_back_with_its_revisions_and_version()
    {
        var first = await PutAsync("a", "1");
        var second = await PutAsync("a", "2");
        var found = await GetAsync("a");
        Assert.Equal("2", Text(found));
        Assert.Equal(first, found!.CreateRevision);
        Assert.Equal(second, found.ModRevision);
        Assert.Equal(2, found.Version);
        Assert.True(second > first);
    }

    [Fact]
    public async Task The_bytes_are_handed_out_as_they_were_put_without_a_copy()
    {
        var bytes = "value"u8.ToArray();
        await Store.CommitAsync(StoreTransaction.Put("a", bytes));
        var found = await GetAsync("a");
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(found!.Value, out var segment));
        Assert.Same(bytes, segment.Array);
    }

    [Fact]
    public async Task An_empty_value_is_a_value()
    {
        await PutAsync("a", "");
        Assert.Equal("", Text(await GetAsync("a")));
    }

    [Fact]
    public async Task Creating_an_existing_key_reports_its_revision_and_value_and_writes_nothing()
    {
        var at = await PutAsync("a", "1");
        var conflict = Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(StoreTransaction.Create("a", Bytes("2"))));
        Assert.Equal("a", conflict.Key);
        Assert.Equal(at, conflict.Actual);
        Assert.Equal("1", Text(conflict.Current));
        Assert.Equal(at, await Store.CurrentRevisionAsync());
    }

    [Fact]
    public async Task A_write_against_an_old_revision_reports_the_current_one()
    {
        var old = await PutAsync("a", "1");
        var now = await PutAsync("a", "2");
        var conflict = Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(StoreTransaction.Replace("a", old, Bytes("3"))));
        Assert.Equal(now, conflict.Actual);
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(StoreTransaction.Replace("a", now, Bytes("3"))));
        Assert.Equal("3", Text(await GetAsync("a")));
    }

    [Fact]
    public async Task A_write_against_a_missing_key_reports_revision_zero()
    {
        var conflict = Assert.IsType<CommitResult.Conflict>(await Store.CommitAsync(StoreTransaction.Delete("a", new Revision(7))));
        Assert.Equal(Revision.None, conflict.Actual);
        Assert.Null(conflict.Current);
    }

    [Fact]
    public async Task All_writes_of_a_transaction_share_one_revision()
    {
        await PutAsync("gone", "x");
        var result = await Store.CommitAsync(new StoreTransaction
        {
            Conditions = [new Condition("a", Revision.None)],
            Writes = [new Write.Put("a", Bytes("1")), new Write.Put("b", Bytes("2")), new Write.Delete("gone")],
        });
        var at = Assert.IsType<CommitResult.Committed>(result).At;
        Assert.Equal(at, (await GetAsync("a"))!.ModRevision);
        Assert.Equal(at, (await GetAsync("b"))!.ModRevision);
        Assert.Null(await GetAsync("gone"));
        var batch = (await ReadAsync(new WatchFrom { After = new Revision(at.Value - 1) }, 1)).Single();
        Assert.Equal(at, batch.Revision);
        Assert.Equal(["a", "b", "gone"], batch.Changes.Select(change => change.Key));
    }

    [Fact]
    public async Task One_failed_condition_stops_the_whole_transaction()
    {
        await PutAsync("a", "1");
        var result = await Store.CommitAsync(new StoreTransaction
        {
            Conditions = [new Condition("b", Revision.None), new Condition("a", Revision.None)],
            Writes = [new Write.Put("b", Bytes("2"))],
        });
        Assert.Equal("a", Assert.IsType<CommitResult.Conflict>(result).Key);
        Assert.Null(await GetAsync("b"));
    }

    [Fact]
    public async Task Deleting_an_absent_key_changes_nothing_and_takes_no_revision()
    {
        var at = await PutAsync("a", "1");
        Assert.Equal(at, await CommittedAsync(StoreTransaction.Delete("b")));
        Assert.Equal(at, await Store.CurrentRevisionAsync());
    }

    [Fact]
    public async Task A_key_created_again_starts_at_version_one()
    {
        await PutAsync("a", "1");
        await PutAsync("a", "2");
        await CommittedAsync(StoreTransaction.Delete("a"));
        var at = await PutAsync("a", "3");
        var found = await GetAsync("a");
        Assert.Equal(1, found!.Version);
        Assert.Equal(at, found.CreateRevision);
    }

    [Fact]
    public async Task A_transaction_that_breaks_the_rules_is_the_callers_fault()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(new StoreTransaction()));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(StoreTransaction.Put("", Bytes("1"))));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(StoreTransaction.Put("half \ud800", Bytes("1"))));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(new StoreTransaction
        {
            Writes = [new Write.Put("a", Bytes("1")), new Write.Delete("a")],
        }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(StoreTransaction.Put("a", new byte[Options.MaxValueBytes + 1])));
    }

    [Fact]
    public async Task Of_many_who_create_one_key_one_succeeds()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            Task.Run(async () => await Store.CommitAsync(StoreTransaction.Create("a", Bytes($"{i}"))))));
        Assert.Single(results.OfType<CommitResult.Committed>());
        Assert.Equal(49, results.OfType<CommitResult.Conflict>().Count());
    }

    [Fact]
    public async Task Counting_up_with_compare_and_set_loses_nothing()
    {
        await PutAsync("n", "0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 25;)
            {
                var now = (await GetAsync("n"))!;
                var next = Bytes($"{int.Parse(Text(now)!, System.Globalization.CultureInfo.InvariantCulture) + 1}");
                done += await Store.CommitAsync(StoreTransaction.Replace("n", now.ModRevision, next)) is CommitResult.Committed ? 1 : 0;
            }
        })));
        Assert.Equal("200", Text(await GetAsync("n")));
    }

    protected abstract Task<IStore> OpenAsync(StoreOptions options);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string? Text(KeyValue? item) => item is null ? null : Encoding.UTF8.GetString(item.Value.Span);

    protected async Task<Revision> PutAsync(string key, string value) => await CommittedAsync(StoreTransaction.Put(key, Bytes(value)));

    protected async Task<Revision> CommittedAsync(StoreTransaction transaction) =>
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(transaction)).At;

    protected async Task<KeyValue?> GetAsync(string key) => (await Store.RangeAsync(RangeQuery.One(key))).Require().Items.SingleOrDefault();

    protected async Task<List<ChangeBatch>> ReadAsync(WatchFrom from, int batches)
    {
        var read = new List<ChangeBatch>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await foreach (var batch in Store.WatchAsync(from, limit.Token))
        {
            read.Add(batch);
            if (read.Count == batches)
            {
                break;
            }
        }
        return read;
    }
}
