using System.Collections.Concurrent;
using Gantry.Client;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Control.Tests;

public sealed class LoopHostTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task A_loop_that_fails_stops_the_others_and_is_named()
    {
        var host = Host();
        var stopped = new TaskCompletionSource();
        host.Add("steady", async ct =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopped.SetResult();
        });
        host.Add("fragile", _ => Task.FromException(new InvalidOperationException("the disk is gone")));
        var fault = await host.RunAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.Equal("fragile", fault?.Loop);
        Assert.Equal("the disk is gone", fault?.Cause?.Message);
        await stopped.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_loop_that_just_returns_is_a_fault_as_well()
    {
        var host = Host();
        host.Add("short", _ => Task.CompletedTask);
        var fault = await host.RunAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.Equal(("short", null), (fault?.Loop, fault?.Cause));
    }

    [Fact]
    public async Task A_host_that_is_asked_to_stop_has_no_fault()
    {
        using var stop = new CancellationTokenSource();
        var host = Host();
        host.Add("steady", ct => Task.Delay(Timeout.InfiniteTimeSpan, _clock, ct));
        var running = host.RunAsync(stop.Token);
        await stop.CancelAsync();
        Assert.Null(await running.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_key_whose_work_throws_is_tried_again_after_a_pause_and_others_go_on()
    {
        var controller = new Probe((key, times) => key == "bad" && times < 3 ? throw new IOException("refused") : Again.No);
        await using var run = Run(controller);
        controller.Keys!.Add(new ObjectKey("bad"));
        controller.Keys.Add(new ObjectKey("good"));
        await Until(() => controller.Times("good") == 1 && controller.Times("bad") == 1);
        await Until(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            return controller.Times("bad") == 3;
        });
        _clock.Advance(TimeSpan.FromMinutes(10));
        await Until(() => run.Host.Idle);
        Assert.Equal(3, controller.Times("bad"));
    }

    [Fact]
    public async Task A_key_that_asks_for_another_look_gets_it_when_the_time_is_there()
    {
        var controller = new Probe((_, times) => times == 1 ? Again.After(TimeSpan.FromMinutes(1)) : Again.No);
        await using var run = Run(controller);
        controller.Keys!.Add(new ObjectKey("x"));
        await Until(() => controller.Times("x") == 1 && run.Host.Idle);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(run.Host.Idle);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Until(() => controller.Times("x") == 2);
    }

    [Fact]
    public async Task A_controllers_own_loop_that_ends_is_a_fault_of_the_controller()
    {
        var host = Host();
        host.Add(new Probe((_, _) => Again.No) { Loop = _ => Task.FromException(new IOException("no monitor")) });
        var fault = await host.RunAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.Equal(("probe", "no monitor"), (fault?.Loop, fault?.Cause?.Message));
    }

    private static Task Until(Func<bool> condition) => Eventually.Until(condition);

    private LoopHost Host() => new(new CacheSet(new NoReader(), _clock), new LoopHostOptions { Backoff = new BackoffOptions { Jitter = 0 } }, _clock, NullLogger.Instance);

    private Running Run(Probe controller)
    {
        var host = Host();
        host.Add(controller);
        return new Running(host);
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task<LoopFault?> _task;

        public Running(LoopHost host)
        {
            Host = host;
            _task = host.RunAsync(_stop.Token);
        }

        public LoopHost Host { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            Assert.Null(await _task.WaitAsync(Limit));
            _stop.Dispose();
        }
    }

    private sealed class Probe(Func<string, int, Again> decide) : IController
    {
        private readonly ConcurrentDictionary<string, int> _times = new(StringComparer.Ordinal);

        public IKeySink? Keys { get; private set; }

        public string Name => "probe";

        public IEnumerable<ICache> Caches => [];

        public Func<CancellationToken, Task>? Loop { get; init; }

        public int Times(string key) => _times.GetValueOrDefault(key);

        public void Watch(IKeySink keys) => Keys = keys;

        public ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct) => new(decide(key.Name, _times.AddOrUpdate(key.Name, 1, (_, n) => n + 1)));
    }
}
