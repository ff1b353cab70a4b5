using Gantry.Testing;

namespace Gantry.Store.Tests;

public sealed class FaultyDiskTests : IAsyncLifetime, IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly FaultyJournal _journal = new();
    private readonly StoreEngine _store;

    public FaultyDiskTests() => _store = new StoreEngine(_journal, new StoreOptions(), _clock);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _journal.Dispose();

    [Fact]
    public async Task On_a_full_disk_puts_are_refused_deletes_work_and_it_recovers_by_itself()
    {
        Assert.IsType<CommitResult.Committed>(await PutAsync("a", 1000));
        _journal.IsFull = true;
        Assert.IsType<CommitResult.Full>(await PutAsync("b", 1000));
        Assert.Equal(StoreCondition.Full, _store.Health.Condition);
        Assert.IsType<CommitResult.Committed>(await _store.CommitAsync(StoreTransaction.Delete("a")));
        Assert.IsType<CommitResult.Full>(await PutAsync("b", 1000));
        _journal.IsFull = false;
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<CommitResult.Committed>(await PutAsync("b", 1000));
        Assert.Equal(StoreCondition.Ok, _store.Health.Condition);
        Assert.True(_journal.HasReserve);
    }

    [Fact]
    public async Task A_failed_write_is_told_leaves_no_trace_and_the_next_one_works()
    {
        await PutAsync("a", 1);
        var before = await _store.CurrentRevisionAsync();
        _journal.IsBroken = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync("b", 1));
        Assert.Equal(before, await _store.CurrentRevisionAsync());
        Assert.Equal(StoreCondition.Failing, _store.Health.Condition);
        Assert.Equal(0, (await _store.RangeAsync(RangeQuery.One("b"))).Require().Count);
        _journal.IsBroken = false;
        Assert.IsType<CommitResult.Committed>(await PutAsync("b", 1));
        Assert.Equal(StoreCondition.Ok, _store.Health.Condition);
    }

    [Fact]
    public async Task A_stuck_disk_shows_as_slow_holds_writers_and_not_readers()
    {
        await PutAsync("a", 1);
        _journal.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stuck = PutAsync("b", 1);
        await _journal.Waiting.Task;
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(StoreCondition.Slow, _store.Health.Condition);
        Assert.Equal(1, (await _store.RangeAsync(RangeQuery.Prefix(""))).Require().Count);
        Assert.False(stuck.IsCompleted);
        _journal.Gate.SetResult();
        Assert.IsType<CommitResult.Committed>(await stuck);
        _journal.Gate = null;
        await PutAsync("c", 1);
        Assert.Equal(StoreCondition.Ok, _store.Health.Condition);
    }

    [Fact]
    public async Task Writers_wait_when_the_queue_is_full_and_all_are_served_in_the_end()
    {
        using var journal = new FaultyJournal();
        await using var store = new StoreEngine(journal, new StoreOptions { Queue = 4, Group = 2 }, _clock);
        journal.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writes = Enumerable.Range(0, 50).Select(async i => await store.CommitAsync(StoreTransaction.Put($"{i}", new byte[1]))).ToList();
        await journal.Waiting.Task;
        Assert.DoesNotContain(writes, write => write.IsCompleted);
        journal.Gate.SetResult();
        Assert.All(await Task.WhenAll(writes), result => Assert.IsType<CommitResult.Committed>(result));
    }

    private async Task<CommitResult> PutAsync(string key, int bytes) => await _store.CommitAsync(StoreTransaction.Put(key, new byte[bytes]));
}
