using Gantry.Api.Models;
using Gantry.Testing;

namespace Gantry.Client.Tests;

public sealed class CacheTests : IAsyncLifetime, IDisposable
{
    private readonly ScriptedReader _server = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Cache<V1ConfigMap> _cache;
    private Task _loop = Task.CompletedTask;

    public CacheTests()
    {
        _cache = new Cache<V1ConfigMap>(_server, _clock).WithIndex("namespace", m => [m.Metadata.Namespace]);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task It_holds_what_was_listed_and_what_changed_since()
    {
        _server.Items.Add(ScriptedReader.Map("a", 5));
        await StartAsync();
        _server.Send(WatchEventType.Added, ScriptedReader.Map("b", 11));
        _server.Send(WatchEventType.Modified, ScriptedReader.Map("a", 12));
        var now = await _cache.UntilAsync(s => s.Revision == 12).WaitAsync(Limit);
        Assert.Equal(["a", "b"], now.All.Select(m => m.Metadata.Name).Order());
        Assert.Equal("12", now.Get("default", "a")!.Metadata.ResourceVersion);
        _server.Send(WatchEventType.Deleted, ScriptedReader.Map("a", 13));
        now = await _cache.UntilAsync(s => s.Revision == 13).WaitAsync(Limit);
        Assert.Null(now.Get("default", "a"));
    }

    [Fact]
    public async Task A_snapshot_taken_before_a_change_does_not_see_it()
    {
        await StartAsync();
        var before = _cache.Snapshot;
        _server.Send(WatchEventType.Added, ScriptedReader.Map("late", 11));
        await _cache.UntilAsync(s => s.Count == 1).WaitAsync(Limit);
        Assert.Equal(0, before.Count);
    }

    [Fact]
    public async Task An_index_follows_additions_moves_and_deletions()
    {
        await StartAsync();
        _server.Send(WatchEventType.Added, ScriptedReader.Map("a", 11, "one"));
        _server.Send(WatchEventType.Added, ScriptedReader.Map("b", 12, "two"));
        _server.Send(WatchEventType.Added, ScriptedReader.Map("c", 13, "two"));
        _server.Send(WatchEventType.Deleted, ScriptedReader.Map("b", 14, "two"));
        var now = await _cache.UntilAsync(s => s.Revision == 14).WaitAsync(Limit);
        Assert.Equal(["a"], now.By("namespace", "one").Select(m => m.Metadata.Name));
        Assert.Equal(["c"], now.By("namespace", "two").Select(m => m.Metadata.Name));
        Assert.Empty(now.By("namespace", "three"));
        Assert.Throws<ArgumentException>(() => now.By("no such index", "x"));
    }

    [Fact]
    public async Task An_index_cannot_be_added_when_the_cache_is_filled()
    {
        await StartAsync();
        Assert.Throws<InvalidOperationException>(() => _cache.WithIndex("late", _ => []));
    }

    [Fact]
    public async Task A_closed_watch_is_resumed_from_the_last_revision_without_another_list()
    {
        await StartAsync();
        _server.Send(WatchEventType.Added, ScriptedReader.Map("a", 11));
        _server.Bookmark(40);
        await _cache.UntilAsync(s => s.Revision == 40).WaitAsync(Limit);
        _server.EndWatch();
        await Until(() => _server.WatchedFrom.Count == 2);
        Assert.Equal(["10", "40"], _server.WatchedFrom);
        Assert.Equal(1, _server.Lists);
        _server.Send(WatchEventType.Added, ScriptedReader.Map("b", 41));
        await _cache.UntilAsync(s => s.Count == 2).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_revision_that_is_no_longer_kept_costs_a_new_list_whose_differences_are_told()
    {
        _server.Items.AddRange([ScriptedReader.Map("stays", 3), ScriptedReader.Map("changes", 4), ScriptedReader.Map("goes", 5)]);
        await StartAsync();
        var told = new List<string>();
        _cache.Subscribe(c => told.Add($"{(c.Added ? "added" : c.Deleted ? "deleted" : "modified")} {c.Object.Metadata.Name}"));
        told.Clear();
        _server.Items.Clear();
        _server.Items.AddRange([ScriptedReader.Map("stays", 3), ScriptedReader.Map("changes", 44), ScriptedReader.Map("comes", 45)]);
        _server.Revision = 50;
        _server.EndWatch(new ApiException(ApiError.Of(410, "Expired", "too old resource version")));
        await AdvanceUntil(() => _cache.Revision == 50);
        Assert.Equal(["added comes", "deleted goes", "modified changes"], told.Order());
        Assert.Equal(1, _cache.Trouble.Count);
    }

    [Fact]
    public async Task A_lost_connection_is_retried_with_growing_pauses_and_without_losing_what_is_known()
    {
        _server.Items.Add(ScriptedReader.Map("a", 5));
        await StartAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var watches = _server.WatchedFrom.Count;
            _server.EndWatch(new IOException("connection reset"));
            await AdvanceUntil(() => _server.WatchedFrom.Count > watches);
        }

        Assert.Equal(1, _cache.Snapshot.Count);
        Assert.Equal(3, _cache.Trouble.Count);
        Assert.Equal(1, _server.Lists);
    }

    [Fact]
    public async Task It_is_in_sync_only_after_the_first_list()
    {
        _server.NextListFails = new IOException("no route to host");
        _loop = _cache.RunAsync(_stop.Token);
        await Until(() => _server.Lists == 1 && _clock.ArmedTimers > 0);
        Assert.False(_cache.Synced);
        await AdvanceUntil(() => _cache.Synced);
        Assert.Equal(2, _server.Lists);
    }

    [Fact]
    public async Task A_subscriber_hears_of_what_is_there_and_nothing_after_it_left()
    {
        _server.Items.Add(ScriptedReader.Map("a", 5));
        await StartAsync();
        var told = new List<string>();
        var subscription = _cache.Subscribe(c => told.Add(c.Object.Metadata.Name));
        Assert.Equal(["a"], told);
        subscription.Dispose();
        _server.Send(WatchEventType.Added, ScriptedReader.Map("b", 11));
        await _cache.UntilAsync(s => s.Count == 2).WaitAsync(Limit);
        Assert.Equal(["a"], told);
    }

    private static TimeSpan Limit => TimeSpan.FromSeconds(20);

    private async Task StartAsync()
    {
        _loop = _cache.RunAsync(_stop.Token);
        await _cache.WaitForSyncAsync().WaitAsync(Limit);
        await Until(() => _server.WatchedFrom.Count == 1);
    }

    private static Task Until(Func<bool> condition) => Eventually.Until(condition);

    private Task AdvanceUntil(Func<bool> condition) => Until(() =>
    {
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });
}
