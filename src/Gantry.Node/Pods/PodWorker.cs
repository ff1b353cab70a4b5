using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Node.Containers;
using Gantry.Node.Grpc;
using Gantry.Node.Pods.Steps;
using Gantry.Node.Volumes;

namespace Gantry.Node.Pods;

/// <summary>
/// Brings one pod, and keeps it, where its specification wants it, one step at a time; when it is deleted, ends it and removes what is
/// left. Level-triggered: each look starts from what the API and the runtime have now, so a new process goes on where another died.
/// </summary>
#pragma warning disable CA1001 // the token sources are left to the collector: steps that end may still hold their tokens
public sealed class PodWorker
#pragma warning restore CA1001
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly PodParts _parts;
    private readonly ContainerOwners _owners;
    private readonly PodObserver _observer;
    private readonly PodStatusWriter _status;
    private readonly PodProbes _probes;
    private readonly PodRemains _remains;
    private readonly ImageWait _imageWait;
    private readonly PodEnding _ending;
    private readonly VolumesStep _volumesStep;
    private readonly SandboxStep _sandboxStep;
    private readonly ContainerStep _containerStep;
    private readonly StopStep _stopStep;
    private readonly Wakeups _wakeups;
    private readonly ConcurrentDictionary<string, int> _announced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerTrouble> _troubles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly RestartBackoff _backoff = new();
    private readonly CancellationTokenSource _interrupt = new();

    private volatile V1Pod _pod;
    private volatile bool _gone;
    private volatile bool _objectsChanged;
    private IReadOnlyDictionary<string, PodVolume>? _volumes;
    private DateTimeOffset _volumesAt;
    private bool _begun;
    private volatile PodEnd? _refused;
    private bool _finished;

    public PodWorker(V1Pod pod, PodParts parts, ContainerOwners owners)
    {
        _pod = pod;
        _parts = parts;
        _owners = owners;
        Uid = pod.Metadata.Uid;
        _wakeups = new Wakeups(parts.Clock);
        _observer = new PodObserver(parts.Runtime, parts.Folders, Uid);
        _status = new PodStatusWriter(parts.Api, pod, parts.Clock, parts.Log);
        _probes = new PodProbes(parts, Poke);
        _remains = new PodRemains(parts, owners);
        _imageWait = new ImageWait(parts);
        _stopStep = new StopStep(parts);
        _ending = new PodEnding(parts, _stopStep, Poke);
        _volumesStep = new VolumesStep(parts);
        _sandboxStep = new SandboxStep(parts);
        _containerStep = new ContainerStep(parts, _stopStep);
    }

    public string Uid { get; }

    /// <summary>The API has another version of the pod.</summary>
    public void Update(V1Pod pod)
    {
        var before = _pod;
        _pod = pod;
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            _interrupt.Cancel();
        }

        if (Matters(before, pod))
        {
            _objectsChanged = true;
            Poke();
        }
    }

    /// <summary>The API has the pod no more.</summary>
    public void Gone()
    {
        _gone = true;
        _interrupt.Cancel();
        Poke();
    }

    /// <summary>An object that the pod refers to changed.</summary>
    public void ObjectChanged()
    {
        _objectsChanged = true;
        Poke();
    }

    /// <summary>The node ends the pod, whatever its policy.</summary>
    public void Evict(PodEnd end)
    {
        _parts.Events.Record(PodEvents.Pod(_pod), "Warning", end.Reason, end.Message);
        _refused = end;
        _interrupt.Cancel();
        Poke();
    }

    /// <summary>The runtime has another image; perhaps one that the pod waits for.</summary>
    public void ImagesChanged()
    {
        if (_imageWait.Changed())
        {
            Poke();
        }
    }

    public void Poke() => _wakeups.Ring();

    /// <summary>Works until the pod is gone and cleaned up, or until cancelled, which leaves its containers alone.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var pause = FirstPause;
        try
        {
            while (!_finished)
            {
                DateTimeOffset? due;
                try
                {
                    due = await LookAsync(ct);
                    pause = FirstPause;
                }
                catch (OperationCanceledException) when (!ct.IsCancellationRequested)
                {
                    // A step was interrupted, because the pod is to end.
                    due = _parts.Clock.GetUtcNow();
                }
#pragma warning disable CA1031 // one pod's trouble must not become the node's
                catch (Exception failure) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    Tell(failure, pause);
                    due = _parts.Clock.GetUtcNow() + pause;
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                }

                if (!_finished)
                {
                    await _wakeups.WaitAsync(due, ct);
                }
            }
        }
        finally
        {
            await _probes.StopAsync();
        }
    }

    private static bool Matters(V1Pod before, V1Pod now)
    {
        V1ObjectMeta Meta(V1Pod pod) => pod.Metadata with { ResourceVersion = "", ManagedFields = [], Generation = 0 };
        IEnumerable<V1PodCondition> Foreign(V1Pod pod) => pod.Status.Conditions.Where(c => !PodStatuses.Own.Contains(c.Type, StringComparer.Ordinal));
        return !Meta(before).Equals(Meta(now)) || !before.Spec.Equals(now.Spec) || before.Status.Phase != now.Status.Phase || !Foreign(before).SequenceEqual(Foreign(now));
    }

    private void Tell(Exception failure, TimeSpan pause)
    {
        var name = ObjectKey.Of(_pod).ToString();
        if (failure is GrpcException or VolumeException or ConfigurationException or IOException or UnauthorizedAccessException or ApiException or HttpRequestException)
        {
            NodeLog.StepFailed(_parts.Log, name, failure is GrpcException grpc ? grpc.RpcText : failure.Message, pause);
        }
        else
        {
            NodeLog.Unexpected(_parts.Log, failure, name, pause);
        }
    }

    // One look and what follows from it; answers when to look again if nothing happens.
    private async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        var pod = _status.Latest(_pod);
        var runtime = await _observer.ReadAsync(PodRemains.WordsFromLog(pod), ct);
        var late = Claim(runtime);
        Begin(pod, runtime);
        var deleting = _gone || pod.Metadata.DeletionTimestamp is not null;
        if (!deleting)
        {
            await _probes.FollowAsync(pod, runtime);
        }

        var view = new PodView
        {
            Pod = pod, Runtime = runtime, Now = _parts.Clock.GetUtcNow(), Probes = _probes.Verdicts, Troubles = _troubles, Backoff = _backoff, VolumesReady = _volumes is not null,
        };
        var plan = deleting ? PodPlan.Wait : _refused is null ? PodPlanner.Plan(view) : new PodPlan { End = _refused };
        if (deleting || plan.End is not null)
        {
            await EndAsync(view, plan.End, deleting, ct);
            return late;
        }

        _status.Offer(PodStatuses.Of(view, null, false, _parts.Options.Addresses), ct);
        TellBackoffs(view);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _interrupt.Token);
        if (plan.Steps.Count > 0)
        {
            await PerformAsync(pod, runtime, plan.Steps, either.Token);
            return _parts.Clock.GetUtcNow();
        }

        await RefreshAsync(pod, either.Token);
        late = Earlier(late, await _imageWait.LookAsync(pod, _troubles, either.Token));
        await _remains.CollectAsync(pod, runtime, either.Token);
        return Earlier(Earlier(plan.LookAgain, late), VolumeFiles(pod) ? _volumesAt + _parts.Options.VolumeRefreshInterval : null);
    }

    // Once, at the first look: what an earlier process knew, and whether the node takes the pod at all.
    private void Begin(V1Pod pod, PodRuntime runtime)
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        foreach (var container in PodSpecs.AllContainers(pod))
        {
            if (runtime.Newest(container.Name) is { } newest)
            {
                _backoff.Adopt(container.Name, newest.RestartCount, newest.Created);
            }
        }

        if (pod.Status.StartTime is null && runtime.Sandbox is null && !_gone && !PodSpecs.IsTerminal(pod))
        {
            _refused = PodAdmission.Refusal(pod, _parts.Pods.Snapshot.All, _parts.Machine, _parts.Options);
            if (_refused is { } refusal)
            {
                _parts.Events.Record(PodEvents.Pod(pod), "Warning", refusal.Reason, refusal.Message);
            }
        }
    }

    private async Task PerformAsync(V1Pod pod, PodRuntime runtime, IReadOnlyList<PodStep> steps, CancellationToken ct)
    {
        foreach (var step in steps)
        {
            switch (step)
            {
                case PodStep.PrepareVolumes:
                    await PrepareVolumesAsync(pod, ct);
                    break;
                case PodStep.MakeSandbox make:
                    await _sandboxStep.DoAsync(pod, make, ct);
                    break;
                case PodStep.StopContainer stop:
                    var address = (pod.Spec.HostNetwork ? _parts.Options.Addresses : runtime.Sandbox?.Addresses ?? []).FirstOrDefault("");
                    await _stopStep.DoAsync(pod, stop.Container, address, stop.Message, stop.Grace ?? PodSpecs.Grace(pod), ct);
                    break;
                case PodStep.RemoveContainer remove:
                    await _parts.Runtime.RemoveContainerAsync(remove.Container.Id, ct);
                    break;
                case PodStep.StartContainer start when _volumes is not null && runtime.Sandbox is { } sandbox:
                    await StartAsync(pod, sandbox, start, ct);
                    break;
            }
        }
    }

    private async Task StartAsync(V1Pod pod, SandboxFact sandbox, PodStep.StartContainer start, CancellationToken ct)
    {
        var name = start.Container.Name;
        var now = _parts.Clock.GetUtcNow();
        var trouble = await _containerStep.DoAsync(pod, sandbox, start, _volumes!, ct);
        if (start.Ended is { } ended && (trouble is null || trouble.WasMade))
        {
            _backoff.Restarted(name, ended, now);
        }

        if (trouble is null)
        {
            _troubles.Remove(name);
        }
        else
        {
            _troubles[name] = trouble;
        }
    }

    private async Task PrepareVolumesAsync(V1Pod pod, CancellationToken ct)
    {
        _objectsChanged = false;
        _volumes = await _volumesStep.DoAsync(pod, PodAddresses.None, ct);
        _volumesAt = _parts.Clock.GetUtcNow();
    }

    private async Task RefreshAsync(V1Pod pod, CancellationToken ct)
    {
        var changed = _objectsChanged;
        if (changed)
        {
            foreach (var name in _troubles.Where(t => t.Value.Reason == "CreateContainerConfigError").Select(t => t.Key).ToList())
            {
                _troubles.Remove(name);
                Poke();
            }
        }

        if (VolumeFiles(pod) && (changed || _parts.Clock.GetUtcNow() >= _volumesAt + _parts.Options.VolumeRefreshInterval))
        {
            // What is there stays when the refresh fails; the next is due after the interval.
            _volumesAt = _parts.Clock.GetUtcNow();
            try
            {
                await PrepareVolumesAsync(pod, ct);
            }
            catch (VolumeException failure)
            {
                NodeLog.StepFailed(_parts.Log, ObjectKey.Of(pod).ToString(), failure.Message, _parts.Options.VolumeRefreshInterval);
            }
        }

        _objectsChanged = false;
    }

    private static bool VolumeFiles(V1Pod pod) => pod.Spec.Volumes.Any(Volumes.VolumeFiles.Knows);

    // The pod is over or deleted: what runs is stopped, then the last status is written, then what it used is freed.
    private async Task EndAsync(PodView view, PodEnd? end, bool deleting, CancellationToken ct)
    {
        await _probes.StopAsync();
        if (end is { Reason: "DeadlineExceeded" } && !PodSpecs.IsTerminal(view.Pod) && _told.Add(end.Reason))
        {
            _parts.Events.Record(PodEvents.Pod(view.Pod), "Normal", end.Reason, end.Message);
        }

        if (!_gone)
        {
            _status.Offer(PodStatuses.Of(view, end, true, _parts.Options.Addresses), ct);
        }

        if (_ending.Busy || view.Runtime.Containers.Any(c => c.Running || c.Phase == ContainerPhase.Unknown) || view.Runtime.Sandboxes.Any(s => s.Ready))
        {
            await _ending.BeginAsync(view.Pod, view.Runtime, end?.Grace ?? PodSpecs.Grace(view.Pod), ct);
            return;
        }

        if (!_gone)
        {
            await _status.FlushAsync(ct);
        }

        _volumes = null;
        _parts.Volumes.Unmount(Uid);
        _parts.Objects.Release(Uid);
        Machine.PodCgroups.Remove(SandboxConfigs.CgroupParent(view.Pod, _parts.Options.CgroupRoot));
        if (_gone)
        {
            await _remains.RemoveAsync(view.Pod, view.Runtime, _sandboxStep, _volumesStep, ct);
            _finished = true;
        }
        else if (deleting)
        {
            await _ending.DeleteAsync(view.Pod, ct);
        }
    }

    // Registers what the runtime has, and answers when to look again for an end that was announced but does not show yet: the runtime
    // tells of an end a moment before it lists it.
    private DateTimeOffset? Claim(PodRuntime runtime)
    {
        var present = runtime.Containers.Where(c => !c.Exited).Select(c => c.Id).Concat(runtime.Sandboxes.Where(s => s.Ready).Select(s => s.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (var id in present)
        {
            _owners.Own(id, Announce);
        }

        foreach (var ended in runtime.Containers.Where(c => c.Exited))
        {
            _owners.Disown(ended.Id);
        }

        var wait = TimeSpan.MaxValue;
        foreach (var (id, looks) in _announced)
        {
            if (!present.Contains(id) || looks > 10)
            {
                _announced.TryRemove(id, out _);
                continue;
            }

            _announced[id] = looks + 1;
            var next = TimeSpan.FromMilliseconds(2 << looks);
            wait = next < wait ? next : wait;
        }

        return wait == TimeSpan.MaxValue ? null : _parts.Clock.GetUtcNow() + wait;
    }

    private void Announce(string id)
    {
        _announced.TryAdd(id, 0);
        Poke();
    }

    private void TellBackoffs(PodView view)
    {
        foreach (var container in PodSpecs.AllContainers(view.Pod))
        {
            if (view.Runtime.Newest(container.Name) is { Exited: true, Finished: { } finished } ended
                && PodPlanner.Restarts(view.Pod, container, ended) && _backoff.Due(container.Name, finished) > view.Now && _told.Add(ended.Id))
            {
                _parts.Events.Record(PodEvents.Container(view.Pod, container.Name), "Warning", "BackOff",
                    $"Back-off restarting failed container {container.Name} in pod {view.Pod.Metadata.Name}_{view.Pod.Metadata.Namespace}({Uid})");
            }
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;
}
