using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Simulation;

/// <summary>Registers hollow nodes and keeps their leases fresh. <see cref="Pods"/> is the other half: it plays their agents.</summary>
public sealed class HollowNodes
{
    private readonly IApiClient _api;
    private readonly HollowOptions _options;
    private readonly TimeProvider _clock;

    public HollowNodes(IApiClient api, CacheSet caches, HollowOptions options, TimeProvider clock)
    {
        _api = api;
        _options = options;
        _clock = clock;
        Pods = new HollowPods(api, caches.Of<V1Pod>(), options, clock);
    }

    /// <summary>To be added to the process's loop host.</summary>
    public HollowPods Pods { get; }

    /// <summary>Creates the nodes, Ready from the start. A node that exists stays as it is.</summary>
    /// <exception cref="ApiException">The API refuses one.</exception>
    public Task RegisterAsync(CancellationToken ct) =>
        Parallel.ForAsync(0, _options.Count, new ParallelOptions { MaxDegreeOfParallelism = _options.Workers, CancellationToken = ct }, async (number, stop) =>
        {
            var name = _options.NodeName(number);
            var created = await _api.CreateAsync(Node(name), stop).ConfigureAwait(false);
            if (created.Ok)
            {
                await ReportAsync(created.Require(), stop).ConfigureAwait(false);
            }
            else if (!created.Error.IsAlreadyExists)
            {
                created.Require();
            }

            await BeatAsync(name, stop).ConfigureAwait(false);
        });

    /// <summary>Writes the status; whoever else changes the node at the same time, such as the controller that gives it its addresses, does not matter.</summary>
    private async Task ReportAsync(V1Node node, CancellationToken ct)
    {
        while (true)
        {
            var written = await _api.UpdateAsync(node with { Status = Status() }, "status", ct).ConfigureAwait(false);
            if (written.Ok || !written.Error.IsConflict)
            {
                written.Require();
                return;
            }

            node = await _api.GetAsync<V1Node>("", node.Metadata.Name, ct).ConfigureAwait(false) ?? throw new InvalidOperationException($"node {node.Metadata.Name} was deleted while it was registered");
        }
    }

    /// <summary>Renews every lease, spread evenly over the heartbeat, until cancelled.</summary>
    public async Task BeatAsync(CancellationToken ct)
    {
        var pause = _options.Heartbeat / _options.Count;
        for (var number = 0; ; number = (number + 1) % _options.Count)
        {
            await Task.Delay(pause, _clock, ct).ConfigureAwait(false);
            await BeatAsync(_options.NodeName(number), ct).ConfigureAwait(false);
        }
    }

    private async Task BeatAsync(string node, CancellationToken ct)
    {
        var spec = new V1LeaseSpec { HolderIdentity = node, LeaseDurationSeconds = 40, RenewTime = _clock.GetUtcNow() };
        var lease = await _api.GetAsync<V1Lease>("kube-node-lease", node, ct).ConfigureAwait(false);
        var written = lease is null
            ? await _api.CreateAsync(new V1Lease { Metadata = new V1ObjectMeta { Namespace = "kube-node-lease", Name = node }, Spec = spec }, ct).ConfigureAwait(false)
            : await _api.UpdateAsync(lease with { Spec = spec }, ct: ct).ConfigureAwait(false);
        if (!written.Ok && !written.Error.IsConflict)
        {
            written.Require();
        }
    }

    private static V1Node Node(string name) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = "amd64",
            },
        },
    };

    private V1NodeStatus Status()
    {
        var now = _clock.GetUtcNow();
        return new V1NodeStatus
        {
            Capacity = _options.Capacity,
            Allocatable = _options.Capacity,
            Conditions =
            [
                new V1NodeCondition { Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "hollow", LastHeartbeatTime = now, LastTransitionTime = now },
            ],
        };
    }
}
