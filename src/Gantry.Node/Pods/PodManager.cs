using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Grpc;

namespace Gantry.Node.Pods;

/// <summary>
/// One worker for each pod of the node: those the API has bound to it, and those it no longer has but the runtime still does. Told of
/// changes by the cache and of ends by the runtime; nothing is polled.
/// </summary>
public sealed class PodManager
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PodParts _parts;
    private readonly Cache<V1Pod> _pods;
    private readonly ContainerOwners _owners = new();
    private readonly ConcurrentDictionary<string, (PodWorker Worker, Task Running)> _workers = new(StringComparer.Ordinal);
    private readonly Lock _starting = new();

    public PodManager(PodParts parts)
    {
        _parts = parts;
        _pods = parts.Pods;
    }

    /// <summary>Tells a pod's worker that an object it refers to changed.</summary>
    public void ObjectChanged(string podUid)
    {
        if (_workers.TryGetValue(podUid, out var entry))
        {
            entry.Worker.ObjectChanged();
        }
    }

    /// <summary>Works until cancelled; containers go on then. The runtime must answer already.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = all.Token;
        await _pods.WaitForSyncAsync(ct);
        var events = FollowEventsAsync(running);
        using var subscription = _pods.Subscribe(change => Follow(change, running));
        try
        {
            await AdoptAsync(running);
            var collect = Rounds.RunAsync("clean-up", _parts.Options.GarbageInterval, CollectAsync, _parts.Clock, _parts.Log, running);
            var logs = new LogRotation(_parts.Runtime, _parts.Options, _parts.Clock, _parts.Log);
            await Task.WhenAll(events, collect, logs.RunAsync(running), new Evictions(_parts, Evict).RunAsync(running));
        }
        finally
        {
            await all.CancelAsync();
            await Task.WhenAll(_workers.Values.Select(w => w.Running).Append(events)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Evict(V1Pod pod, PodEnd end)
    {
        if (_workers.TryGetValue(pod.Metadata.Uid, out var entry))
        {
            entry.Worker.Evict(end);
        }
    }

    private void Follow(CacheChange<V1Pod> change, CancellationToken ct)
    {
        // Another pod of the same name is another pod.
        if (change.Old is { } old && (change.New is null || change.New.Metadata.Uid != old.Metadata.Uid) && _workers.TryGetValue(old.Metadata.Uid, out var gone))
        {
            gone.Worker.Gone();
        }

        if (change.New is { } pod)
        {
            Worker(pod, ct).Update(pod);
        }
    }

    private PodWorker Worker(V1Pod pod, CancellationToken ct)
    {
        lock (_starting)
        {
            if (_workers.TryGetValue(pod.Metadata.Uid, out var known))
            {
                return known.Worker;
            }

            var worker = new PodWorker(pod, _parts, _owners);
            _workers[worker.Uid] = (worker, Task.Run(() => RunAsync(worker, ct), CancellationToken.None));
            return worker;
        }
    }

    private async Task RunAsync(PodWorker worker, CancellationToken ct)
    {
        try
        {
            await worker.RunAsync(ct);
        }
        finally
        {
            _workers.TryRemove(worker.Uid, out _);
        }
    }

    // Pods that the runtime has and the API has not: ended while nobody looked.
    private async Task AdoptAsync(CancellationToken ct)
    {
        var orphans = 0;
        var wanted = _workers.Count;
        foreach (var labels in await KnownAsync(ct))
        {
            if (!_workers.ContainsKey(labels[RuntimeNames.PodUid]))
            {
                orphans++;
                Worker(Orphan(labels), ct).Gone();
            }
        }

        NodeLog.Adopted(_parts.Log, wanted, orphans);
    }

    private async Task<IEnumerable<Google.Protobuf.Collections.MapField<string, string>>> KnownAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var sandboxes = await _parts.Runtime.ListSandboxesAsync(null, ct);
                var containers = await _parts.Runtime.ListContainersAsync(null, ct);
                return sandboxes.Select(s => s.Labels).Concat(containers.Select(c => c.Labels))
                    .Where(l => l.ContainsKey(RuntimeNames.PodUid)).DistinctBy(l => l[RuntimeNames.PodUid], StringComparer.Ordinal);
            }
            catch (GrpcException failure)
            {
                NodeLog.RuntimeAbsent(_parts.Log, failure.RpcText, Pause);
            }

            await Task.Delay(Pause, _parts.Clock, ct);
        }
    }

    private static V1Pod Orphan(Google.Protobuf.Collections.MapField<string, string> labels) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = labels.TryGetValue(RuntimeNames.PodName, out var name) ? name : "",
            Namespace = labels.TryGetValue(RuntimeNames.PodNamespace, out var ns) ? ns : "",
            Uid = labels[RuntimeNames.PodUid],
        },
        // Nothing is known of the time it wanted, and its deletion is long past.
        Spec = new V1PodSpec { TerminationGracePeriodSeconds = 5 },
    };

    private async Task FollowEventsAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await foreach (var happened in _parts.Runtime.EventsAsync(ct))
                {
                    if (happened.Kind == Runtime.RuntimeEventKind.Image)
                    {
                        foreach (var (worker, _) in _workers.Values)
                        {
                            worker.ImagesChanged();
                        }
                    }
                    else
                    {
                        _owners.Announce(happened.ContainerId);
                    }
                }

                NodeLog.EventsLost(_parts.Log, "the stream ended");
            }
#pragma warning disable CA1031 // without the feed nothing is noticed, so it is taken up again whatever ended it
            catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                NodeLog.EventsLost(_parts.Log, failure.Message);
            }

            await Task.Delay(Pause, _parts.Clock, ct);
            // What was missed shows when everybody looks.
            foreach (var (worker, _) in _workers.Values)
            {
                worker.Poke();
            }
        }
    }

    // Folders of pods that nobody knows any more; and, should the feed ever have lost one, ends that nobody was told of.
    private async Task CollectAsync(CancellationToken ct)
    {
        foreach (var ended in (await _parts.Runtime.ListContainersAsync(null, ct)).Where(c => c.State == Cri.ContainerState.ContainerExited && _owners.Owned(c.Id)))
        {
            _owners.Announce(ended.Id);
        }

        foreach (var uid in _parts.Folders.Uids().Where(u => !_workers.ContainsKey(u) && _pods.Snapshot.All.All(p => p.Metadata.Uid != u)))
        {
            try
            {
                _parts.Volumes.Remove(uid);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                NodeLog.FolderStays(_parts.Log, uid, failure.Message);
            }
        }
    }
}
