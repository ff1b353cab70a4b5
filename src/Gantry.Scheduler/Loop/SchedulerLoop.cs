using System.Threading.Channels;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Reading;
using Microsoft.Extensions.Logging;

namespace Gantry.Scheduler.Loop;

/// <summary>
/// The one loop around <see cref="SchedulerCore"/>: caches feed it, its intents are written by a bounded number of workers, and their outcomes
/// come back to it. Construct it before the caches run and run it beside them, for example as a loop of the host.
/// </summary>
public sealed class SchedulerLoop
{
    private readonly SchedulerCore _core;
    private readonly Writes _writes;
    private readonly SchedulerOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly List<ICache> _caches = [];

    // Holds nothing the caches do not hold as well, and is emptied before every decision; a limit could only stall the caches.
    private readonly Channel<Message> _inbox = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });

    // When it is full, deciding waits for writing.
    private readonly Channel<Intent> _outbox;

    public SchedulerLoop(CacheSet caches, IApiClient api, IEventRecorder events, SchedulerOptions options, TimeProvider clock, ILogger log)
    {
        _options = options;
        _clock = clock;
        _log = log;
        _writes = new Writes(api, events, options, clock, log);
        _outbox = Channel.CreateBounded<Intent>(options.WriteConcurrency * 2);
        var budgets = caches.Of<V1PodDisruptionBudget>();
        _caches.Add(budgets);
        _core = new SchedulerCore(options, clock, () => Budgets(budgets));
        Follow(caches.Of<V1Namespace>());
        Follow(caches.Of<V1Node>());
        Follow(caches.Of<V1Pod>());
        Follow(caches.Of<V1PersistentVolumeClaim>());
        Follow(caches.Of<V1PersistentVolume>());
        Follow(caches.Of<V1StorageClass>());
        Follow(caches.Of<V1Service>());
        Follow(caches.Of<V1ReplicationController>());
        Follow(caches.Of<V1ReplicaSet>());
        Follow(caches.Of<V1StatefulSet>());
    }

    /// <summary>Places pods until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var cache in _caches)
        {
            await cache.WaitForSyncAsync(ct).ConfigureAwait(false);
        }

        TakeIn();
        SchedulerLog.Started(_log, _options.Name, _core.Cluster.Nodes.Count, _core.Cluster.PodCount, _core.Waiting.Count);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Task> parts = [DecideAsync(all.Token), .. Enumerable.Range(0, _options.WriteConcurrency).Select(_ => WriteAsync(all.Token))];
        var first = await Task.WhenAny(parts).ConfigureAwait(false);
        await all.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    private static List<BudgetFact> Budgets(Cache<V1PodDisruptionBudget> cache) =>
    [
        .. cache.Snapshot.All.Select(b => new BudgetFact(
            b.Metadata.Namespace,
            b.Metadata.Name,
            SelectorReader.Read(b.Spec.Selector, Selector.Nothing),
            b.Status.DisruptionsAllowed,
            b.Status.DisruptedPods.Keys.ToHashSet(StringComparer.Ordinal))),
    ];

    private void Follow<T>(Cache<T> cache)
        where T : class, IApiObject<T>
    {
        _caches.Add(cache);
        cache.Subscribe(change => _inbox.Writer.TryWrite(new Message(change.Old, change.New, null, false)));
    }

    private async Task DecideAsync(CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            TakeIn();
            if (_core.Step() is { } intent)
            {
                await _outbox.Writer.WriteAsync(intent, ct).ConfigureAwait(false);
            }
            else
            {
                await WaitAsync(ct).ConfigureAwait(false);
            }
        }
    }

    private void TakeIn()
    {
        while (_inbox.Reader.TryRead(out var message))
        {
            switch (message.Done)
            {
                case null:
                    _core.Apply(message.Old, message.New);
                    break;
                case Intent.Bind bind when message.Succeeded:
                    _core.Bound(bind.Pod);
                    break;
                case Intent.Bind bind:
                    _core.NotBound(bind.Pod);
                    break;
                default:
                    _core.NotReported(message.Done.Pod);
                    break;
            }
        }
    }

    /// <summary>Until something comes in or a waiting pod becomes due.</summary>
    private async ValueTask WaitAsync(CancellationToken ct)
    {
        if (_core.Waiting.NextDue is not { } due)
        {
            await _inbox.Reader.WaitToReadAsync(ct).ConfigureAwait(false);
            return;
        }

        using var woken = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var pause = due - _clock.GetUtcNow();
        var timer = Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _clock, woken.Token);
        await Task.WhenAny(_inbox.Reader.WaitToReadAsync(woken.Token).AsTask(), timer).ConfigureAwait(false);
        await woken.CancelAsync().ConfigureAwait(false);
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        // Before the first await, so that all workers run at once and not one after the other.
        await Task.Yield();
        while (true)
        {
            var intent = await _outbox.Reader.ReadAsync(ct).ConfigureAwait(false);
            var succeeded = false;
            try
            {
                succeeded = await _writes.PerformAsync(intent, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // a lost connection must cost one try, not the scheduler
            catch (Exception broken)
#pragma warning restore CA1031
            {
                SchedulerLog.Threw(_log, intent.Pod.Namespace, intent.Pod.Name, broken);
            }

            if (!succeeded || intent is Intent.Bind)
            {
                _inbox.Writer.TryWrite(new Message(null, null, intent, succeeded));
            }
        }
    }

    private readonly record struct Message(IApiObject? Old, IApiObject? New, Intent? Done, bool Succeeded);
}
