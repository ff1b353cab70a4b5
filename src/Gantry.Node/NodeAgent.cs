using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Node.Grpc;
using Gantry.Node.Machine;
using Gantry.Node.Pods;
using Gantry.Node.Probes;
using Gantry.Node.Runtime;
using Gantry.Node.Volumes;
using Microsoft.Extensions.Logging;

namespace Gantry.Node;

/// <summary>
/// A node of the cluster: registers the machine, keeps its status and lease, and runs the pods that are bound to it. When it ends or is
/// killed the containers go on, and the next one takes them over.
/// </summary>
public sealed class NodeAgent
{
    private static readonly TimeSpan RuntimePause = TimeSpan.FromSeconds(1);

    private readonly NodeOptions _options;
    private readonly IApiClient _api;
    private readonly INodeRuntime _runtime;
    private readonly Cache<V1Service> _services;
    private readonly IEventRecorder _events;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <param name="options">What the node is.</param>
    /// <param name="api">The cluster.</param>
    /// <param name="runtime">What runs containers.</param>
    /// <param name="services">All services, for pods' environments; whoever made the cache runs it.</param>
    /// <param name="events">Where users are told.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">For what operators should know.</param>
    public NodeAgent(NodeOptions options, IApiClient api, INodeRuntime runtime, Cache<V1Service> services, IEventRecorder events, TimeProvider clock, ILogger<NodeAgent> log)
    {
        _options = options;
        _api = api;
        _runtime = runtime;
        _services = services;
        _events = events;
        _clock = clock;
        _log = log;
    }

    /// <summary>Runs until cancelled. Only a fault of its own ends it earlier: an API or a runtime that is away is waited for.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var machine = MachineResources.Read(_options.PodDirectory, _options.MaxPods);
        var nodes = new Cache<V1Node>(_api, _clock, new CacheOptions { Scope = new ListQuery { FieldSelector = "metadata.name=" + _options.Name } });
        var status = new NodeStatusLoop(_api, _runtime.Runtime, _options, machine, nodes, _clock, _log);
        var pods = new Cache<V1Pod>(_api, _clock, new CacheOptions { Scope = new ListQuery { FieldSelector = "spec.nodeName=" + _options.Name } });

        // The runtime comes up while the API does.
        var runtime = StartRuntimeAsync(all.Token);
        Task[] parts =
        [
            runtime,
            pods.RunAsync(all.Token),
            nodes.RunAsync(all.Token),
            RunNodeAsync(status, nodes, runtime, all.Token),
            RunPodsAsync(machine, pods, runtime, all.Token),
            KeepRuntimeAsync(runtime, all.Token),
        ];
        var open = parts.ToList();
        while (open.Count > 0)
        {
            var first = await Task.WhenAny(open);
            open.Remove(first);
            if (!first.IsCompletedSuccessfully)
            {
                await all.CancelAsync();
            }
        }

        ct.ThrowIfCancellationRequested();
        // What failed first is told; the others were only stopped for it.
        await (parts.FirstOrDefault(p => p.IsFaulted) ?? Task.WhenAll(parts));
    }

    private async Task StartRuntimeAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await _runtime.StartAsync(ct);
                return;
            }
            catch (Exception failure) when (failure is GrpcException or TimeoutException or IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                NodeLog.RuntimeAbsent(_log, failure.Message, RuntimePause);
            }

            await Task.Delay(RuntimePause, _clock, ct);
        }
    }

    private async Task KeepRuntimeAsync(Task started, CancellationToken ct)
    {
        await started;
        await _runtime.RunAsync(ct);
    }

    private async Task RunNodeAsync(NodeStatusLoop status, Cache<V1Node> nodes, Task runtime, CancellationToken ct)
    {
        var node = await status.RegisterAsync(ct);
        var lease = new NodeLease(_api, _options, _clock, _log).RunAsync(node, ct);
        var report = status.RunAsync(node, ct);
        await runtime;
        await ConnectAsync(node, nodes, status, ct);
        await Task.WhenAll(lease, report);
    }

    // Pods get addresses of the share that the node was given, whoever gave it.
    private async Task ConnectAsync(V1Node node, Cache<V1Node> nodes, NodeStatusLoop status, CancellationToken ct)
    {
        var share = node.Spec.PodCIDR;
        if (share.Length == 0)
        {
            status.Problem = "the node has no pod CIDR yet";
            var given = await nodes.UntilAsync(s => s.Get("", _options.Name) is { Spec.PodCIDR.Length: > 0 }, ct);
            share = given.Get("", _options.Name)!.Spec.PodCIDR;
        }

        while (true)
        {
            try
            {
                await _runtime.ConnectPodsAsync(share, ct);
                status.Problem = "";
                return;
            }
            catch (Exception failure) when (failure is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                status.Problem = $"the pod network could not be set up: {failure.Message}";
                NodeLog.NodeRefused(_log, _options.Name, "the pod network", failure.Message);
            }

            await Task.Delay(RuntimePause, _clock, ct);
        }
    }

    private async Task RunPodsAsync(MachineResources machine, Cache<V1Pod> pods, Task runtime, CancellationToken ct)
    {
        await runtime;
        PodManager? manager = null;
        var folders = new PodFolders(_options.PodDirectory);
        await using var objects = new ApiVolumeSource(_api, uid => manager?.ObjectChanged(uid), _clock);
        using var images = new ImageProvider(_runtime.Runtime, _events, _options.ParallelPulls, _clock);
        using var probes = new ProbeRunner(_runtime.Runtime, _clock);
        using var starts = new SemaphoreSlim(_options.ParallelStarts);
        manager = new PodManager(
            new PodParts
            {
                Api = _api,
                Runtime = _runtime.Runtime,
                Options = _options,
                Machine = machine,
                Images = images,
                Folders = folders,
                Volumes = new PodVolumes(folders, objects, _clock),
                Mounts = new ContainerMounts(folders),
                Objects = objects,
                Services = _services,
                Probes = probes,
                Events = _events,
                Clock = _clock,
                Log = _log,
                Starts = starts,
                Pods = pods,
            });
        await manager.RunAsync(ct);
    }
}
