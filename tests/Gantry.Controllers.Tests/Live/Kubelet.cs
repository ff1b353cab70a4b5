using System.Threading.Channels;
using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Tests.Live;

/// <summary>A scheduler and nodes in one: binds pods in turn, says that they run, and lets deleted ones go. What else happens to a pod the test decides.</summary>
public sealed class Kubelet
{
    private readonly IApiClient _api;
    private readonly TimeProvider _clock;
    private readonly Cache<V1Pod> _pods;
    private readonly List<string> _nodes = [];
    private readonly Channel<ObjectKey> _keys = Channel.CreateUnbounded<ObjectKey>();
    private int _turn;

    public Kubelet(IApiClient api, CacheSet caches, TimeProvider clock)
    {
        (_api, _clock) = (api, clock);
        _pods = caches.Of<V1Pod>();
        _pods.Subscribe(change => _keys.Writer.TryWrite(ObjectKey.Of(change.Object)));
    }

    /// <summary>Whether a pod comes to be ready; all do unless a test says otherwise.</summary>
    public Func<V1Pod, bool> BecomesReady { get; set; } = _ => true;

    /// <summary>The exit code of a pod that ends by itself; null for one that runs on.</summary>
    public Func<V1Pod, int?> Ends { get; set; } = _ => null;

    public async Task RegisterAsync(string name)
    {
        var made = (await _api.CreateAsync(new V1Node { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name } } })).Require();
        await _api.UpdateAsync(made with { Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }] } }, "status");
        _nodes.Add(name);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var key = await _keys.Reader.ReadAsync(ct);
            if (_pods.Snapshot.Get(key) is { } pod)
            {
                await StepAsync(pod, ct);
            }
        }
    }

    private async Task StepAsync(V1Pod pod, CancellationToken ct)
    {
        var (ns, name) = (pod.Metadata.Namespace, pod.Metadata.Name);
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            if (pod.Status.Phase is "Pending" or "Running")
            {
                await SetAsync(pod, "Failed", 143, ct);
            }

            await _api.DeleteAsync<V1Pod>(ns, name, new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } }, ct);
        }
        else if (pod.Spec.NodeName.Length == 0)
        {
            var pinned = Gantry.Controllers.Objects.NodeMatching.PinnedTo(pod.Spec);
            var target = new V1ObjectReference { Kind = "Node", Name = pinned ?? _nodes[_turn++ % _nodes.Count] };
            await _api.CreateSubresourceAsync<V1Pod, V1Binding>(ns, name, "binding", new V1Binding { Metadata = new V1ObjectMeta { Namespace = ns, Name = name }, Target = target }, ct);
        }
        else if (pod.Status.Phase == "Pending")
        {
            await SetAsync(pod, "Running", null, ct);
        }
        else if (pod.Status.Phase == "Running" && Ends(pod) is { } code)
        {
            await SetAsync(pod, code == 0 ? "Succeeded" : "Failed", code, ct);
        }
    }

    private async Task SetAsync(V1Pod pod, string phase, int? code, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        var ready = phase == "Running" && BecomesReady(pod) ? "True" : "False";
        var state = code is { } exit ? new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = exit, FinishedAt = now } }
            : new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = now } };
        var status = pod.Status with
        {
            Phase = phase,
            PodIP = "10.42.0." + ((Math.Abs(pod.Metadata.Uid.GetHashCode(StringComparison.Ordinal)) % 250) + 1),
            StartTime = pod.Status.StartTime ?? now,
            Conditions = [.. pod.Status.Conditions.Where(c => c.Type != "Ready"), new V1PodCondition { Type = "Ready", Status = ready, LastTransitionTime = now }],
            ContainerStatuses = [.. pod.Spec.Containers.Select(c => new V1ContainerStatus { Name = c.Name, Image = c.Image, Ready = ready == "True", State = state })],
        };

        // A lost race comes back with the next change of the pod.
        await _api.UpdateAsync(pod with { Status = status }, "status", ct);
    }
}
