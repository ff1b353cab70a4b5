using System.Collections.Concurrent;
using System.Globalization;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;

namespace Gantry.Simulation;

/// <summary>Plays the agents of all hollow nodes: a bound pod runs, becomes Ready, perhaps ends, and goes when it is deleted.</summary>
public sealed class HollowPods : IController
{
    private readonly IApiClient _api;
    private readonly Cache<V1Pod> _pods;
    private readonly HollowOptions _options;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private int _addresses;

    public HollowPods(IApiClient api, Cache<V1Pod> pods, HollowOptions options, TimeProvider clock)
    {
        _api = api;
        _pods = pods;
        _options = options;
        _clock = clock;
    }

    public string Name => "hollow-pods";

    public int Workers => _options.Workers;

    public IEnumerable<ICache> Caches => [_pods];

    public void Watch(IKeySink keys) => _pods.Subscribe(change =>
    {
        if (change.New is { } pod && IsOurs(pod))
        {
            keys.Add(ObjectKey.Of(pod));
        }
        else if (change.Old is { } gone)
        {
            _seen.TryRemove(gone.Metadata.Uid, out _);
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_pods.Snapshot.Get(key) is not { } pod || !IsOurs(pod))
        {
            return Again.No;
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            var now = new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } };
            return Done(await _api.DeleteAsync<V1Pod>(key.Namespace, key.Name, now, ct).ConfigureAwait(false));
        }

        if (pod.Status.Phase is "Succeeded" or "Failed")
        {
            return Again.No;
        }

        var seen = _seen.GetOrAdd(pod.Metadata.Uid, _ => _clock.GetUtcNow());
        var age = _clock.GetUtcNow() - seen;
        if (age < _options.StartsAfter)
        {
            return Again.After(_options.StartsAfter - age);
        }

        var ends = pod.Spec.RestartPolicy == "Always" ? null : _options.StartsAfter + _options.EndsAfter;
        if (age >= ends)
        {
            return Done(await _api.UpdateAsync(pod with { Status = Ended(pod) }, "status", ct).ConfigureAwait(false));
        }

        if (pod.Status.Phase != "Running")
        {
            var written = Done(await _api.UpdateAsync(pod with { Status = Running(pod) }, "status", ct).ConfigureAwait(false));
            return written is Again.Failure || ends is null ? written : Again.After(ends.Value - age);
        }

        return ends is { } end ? Again.After(end - age) : Again.No;
    }

    private bool IsOurs(V1Pod pod) => pod.Spec.NodeName.StartsWith(_options.Prefix, StringComparison.Ordinal);

    private static Again Done<T>(ApiResult<T> result)
        where T : class =>
        result.Ok || result.Error.IsNotFound || result.Error.IsConflict ? Again.No : Again.Failed(result.Error.Message);

    private V1PodStatus Running(V1Pod pod)
    {
        var now = _clock.GetUtcNow();
        var number = Interlocked.Increment(ref _addresses);
        var address = string.Create(CultureInfo.InvariantCulture, $"10.{64 + ((number >> 16) & 63)}.{(number >> 8) & 255}.{number & 255}");
        return pod.Status with
        {
            Phase = "Running",
            StartTime = now,
            PodIP = address,
            PodIPs = [new V1PodIP { Ip = address }],
            Conditions = [.. Conditions(pod, now, "True", "")],
            ContainerStatuses =
            [
                .. pod.Spec.Containers.Select(c => new V1ContainerStatus
                {
                    Name = c.Name, Image = c.Image, Ready = true, Started = true, State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = now } },
                }),
            ],
        };
    }

    private V1PodStatus Ended(V1Pod pod)
    {
        var now = _clock.GetUtcNow();
        return pod.Status with
        {
            Phase = "Succeeded",
            Conditions = [.. Conditions(pod, now, "False", "PodCompleted")],
            ContainerStatuses =
            [
                .. pod.Spec.Containers.Select(c => new V1ContainerStatus
                {
                    Name = c.Name, Image = c.Image, State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { Reason = "Completed", FinishedAt = now } },
                }),
            ],
        };
    }

    private static IEnumerable<V1PodCondition> Conditions(V1Pod pod, DateTimeOffset now, string ready, string reason)
    {
        string[] ours = ["Initialized", "Ready", "ContainersReady"];
        return pod.Status.Conditions.Where(c => !ours.Contains(c.Type, StringComparer.Ordinal)).Concat(ours.Select(type => new V1PodCondition
        {
            Type = type, Status = type == "Initialized" ? "True" : ready, Reason = type == "Initialized" ? "" : reason, LastTransitionTime = now,
        }));
    }
}
