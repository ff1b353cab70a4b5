using Gantry.Client;
using Microsoft.Extensions.Logging;

namespace Gantry.Control;

/// <summary>
/// Runs the loops of a process: caches, controllers and whatever else must not stop. The start order is the order of the parts in
/// <see cref="RunAsync"/>. A loop that ends is a fault: all others are stopped, and the fault with the loop's name is the result.
/// </summary>
public sealed class LoopHost
{
    private readonly CacheSet _caches;
    private readonly LoopHostOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly List<(string Name, Func<CancellationToken, Task> Run)> _loops = [];
    private readonly List<ControllerLoop> _controllers = [];

    public LoopHost(CacheSet caches, LoopHostOptions options, TimeProvider clock, ILogger log)
    {
        _caches = caches;
        _options = options;
        _clock = clock;
        _log = log;
    }

    /// <summary>Whether no controller has a key waiting or at work (delayed keys aside). For tests that drive the clock.</summary>
    public bool Idle => _controllers.All(c => c.Queue.Idle);

    /// <summary>The keys that wait now, per controller.</summary>
    public IReadOnlyDictionary<string, int> Waiting => _controllers.ToDictionary(c => c.Controller.Name, c => c.Queue.Waiting, StringComparer.Ordinal);

    /// <summary>Adds a loop that runs until it is cancelled.</summary>
    public void Add(string name, Func<CancellationToken, Task> run) => _loops.Add((name, run));

    /// <summary>Adds a controller. Its caches must come from the host's set, or be run by a loop of their own.</summary>
    public void Add(IController controller) =>
        _controllers.Add(new ControllerLoop(controller, _options.Backoff, _options.Seed + _controllers.Count, _clock, _log));

    /// <summary>Runs everything until <paramref name="ct"/> asks it to stop (null) or a loop ends (its fault).</summary>
    public async Task<LoopFault?> RunAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = new List<(string Name, Task Loop)>();

        // 1. Watches subscribe before the caches are filled, so that no object is missed.
        foreach (var controller in _controllers)
        {
            controller.Watch();
        }

        // 2. Caches, then the plain loops.
        foreach (var cache in _caches.All)
        {
            running.Add(("cache " + cache.Name, Start(cache.RunAsync, all.Token)));
        }

        foreach (var (name, run) in _loops)
        {
            running.Add((name, Start(run, all.Token)));
        }

        // 3. Workers of each controller; they wait for the caches they read.
        foreach (var controller in _controllers)
        {
            running.Add((controller.Controller.Name, Start(controller.RunAsync, all.Token)));
        }

        ControlLog.Started(_log, _loops.Count, _controllers.Count);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, _clock, all.Token);
        var first = await Task.WhenAny(running.Select(r => r.Loop).Append(stopped)).ConfigureAwait(false);
        var asked = ct.IsCancellationRequested;
        await all.CancelAsync().ConfigureAwait(false);
        await StopAsync(running).ConfigureAwait(false);
        if (asked || first == stopped)
        {
            return null;
        }

        var culprit = running.First(r => r.Loop == first);
        var fault = new LoopFault(culprit.Name, first.Exception?.InnerException);
        ControlLog.LoopEnded(_log, fault.Loop, fault.Cause);
        return fault;
    }

    // Each loop starts on the pool: one that works long before its first await must not hold up the others.
    private static Task Start(Func<CancellationToken, Task> run, CancellationToken ct) => Task.Run(() => run(ct), CancellationToken.None);

    private async Task StopAsync(List<(string Name, Task Loop)> running)
    {
        var ended = Task.WhenAll(running.Select(r => r.Loop));
        using var limit = new CancellationTokenSource(_options.StopLimit, _clock);
        await ended.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (name, loop) in running)
        {
            if (!loop.IsCompleted)
            {
                ControlLog.LeftBehind(_log, name);
            }
        }

        foreach (var controller in _controllers)
        {
            controller.Dispose();
        }
    }
}
