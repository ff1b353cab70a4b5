using System.Collections.Concurrent;
using Gantry.Testing;

namespace Gantry.Control.Tests;

public sealed class WorkQueueTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests()
    {
        _queue = new WorkQueue<string>(_clock, new BackoffOptions { First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(8), Jitter = 0 }, seed: 1);
    }

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_many_times_waits_once()
    {
        _queue.Add("a");
        _queue.Add("a");
        _queue.Add("a");
        Assert.Equal(1, _queue.Waiting);
        Assert.Equal("a", await Take());
        Assert.Equal(0, _queue.Waiting);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_back_when_that_work_is_done()
    {
        _queue.Add("a");
        await Take();
        _queue.Add("a");
        _queue.Add("b");
        Assert.Equal("b", await Take());
        Assert.False(_queue.Idle);
        _queue.Done("a");
        Assert.Equal("a", await Take());
        _queue.Done("a");
        _queue.Done("b");
        Assert.True(_queue.Idle);
    }

    [Fact]
    public async Task A_delayed_key_comes_when_its_time_is_there()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(_queue.Idle);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", await Take());
    }

    [Fact]
    public async Task Of_two_delays_the_shorter_counts_and_the_other_is_forgotten()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _queue.AddAfter("a", TimeSpan.FromSeconds(2));
        _queue.AddAfter("a", TimeSpan.FromSeconds(9));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("a", await Take());
        _queue.Done("a");
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(_queue.Idle);
    }

    [Fact]
    public void Failures_in_a_row_wait_longer_and_longer_up_to_a_limit_and_a_success_starts_over()
    {
        Assert.Equal([1, 2, 4, 8, 8], Enumerable.Range(0, 5).Select(_ => _queue.Retry("a").TotalSeconds));
        _queue.Forget("a");
        Assert.Equal(1, _queue.Retry("a").TotalSeconds);
        Assert.Equal(1, _queue.Retry("b").TotalSeconds);
    }

    [Fact]
    public void Jitter_only_ever_shortens_a_pause_and_by_no_more_than_its_share()
    {
        var options = new BackoffOptions { First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(8), Jitter = 0.5 };
        Assert.Equal(TimeSpan.FromSeconds(2), options.Pause(2, 0));
        Assert.InRange(options.Pause(2, 0.999), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_key_is_ever_handed_out_twice_at_once_and_none_that_was_added_is_lost(int seed)
    {
        var dice = new Random(seed);
        var added = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var seen = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var held = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    var key = await _queue.TakeAsync(stop.Token);
                    Assert.True(held.TryAdd(key, true), $"{key} was handed out twice");
                    var version = added[key];
                    await Task.Yield();
                    seen[key] = version;
                    held.TryRemove(key, out bool _);
                    _queue.Done(key);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        })).ToList();
        for (var i = 0; i < 20_000; i++)
        {
            var key = "k" + dice.Next(16);
            added.AddOrUpdate(key, 1, (_, n) => n + 1);
            _queue.Add(key);
        }

        await Eventually.Until(() => _queue.Idle);
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.Equal(added.OrderBy(a => a.Key), seen.OrderBy(s => s.Key));
    }

    private ValueTask<string> Take()
    {
        Assert.True(_queue.Waiting > 0);
        return _queue.TakeAsync(CancellationToken.None);
    }
}
