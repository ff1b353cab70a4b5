using System.Diagnostics;
using System.Net;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Node.Cleanup;
using Gantry.Node.Cni;
using Gantry.Node.Pods;
using Gantry.Node.Runtime;
using Gantry.Server;
using Gantry.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Node.Tests.Real;

/// <summary>A real API server in memory, a real containerd and one node agent between them. All of it vanishes in the end.</summary>
internal sealed class OneNode : IAsyncDisposable
{
    private static int _started;

    private readonly string _root = Directory.CreateTempSubdirectory("gantry-node-").FullName;
    private readonly string _state = Directory.CreateDirectory("/run/gantry-test-" + Guid.NewGuid().ToString("N")[..8]).FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly StoreEngine _store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
    private readonly CniOptions _network;
    private ApiServer? _server;
    private CancellationTokenSource _agentStop = new();
    private Task _agent = Task.CompletedTask;
    private Task _events = Task.CompletedTask;
    private ContainerdRuntime _runtime;

    private OneNode()
    {
        var mark = Environment.ProcessId % 100 + 100 + Interlocked.Increment(ref _started) % 50;
        _network = new CniOptions
        {
            PodCidr = $"10.251.{mark}.0/24", ClusterCidr = $"10.251.{mark}.0/24", Bridge = $"gnode{mark}", LeaseDirectory = Path.Combine(_root, "cni-leases"),
        };
        Options = new NodeOptions
        {
            Name = "n1",
            PodDirectory = Path.Combine(_root, "pods"),
            LogDirectory = Path.Combine(_root, "logs"),
            Addresses = ["192.0.2.1"],
            PodCidr = _network.PodCidr,
            CgroupRoot = "/gantry-test-" + mark,
            GarbageInterval = TimeSpan.FromMilliseconds(500),
            LogBytes = 64 << 10,
            LogInterval = TimeSpan.FromMilliseconds(200),
            DiskReserve = 0,
            MemoryReserve = 0,
        };
        _runtime = NewRuntime();
    }

    public NodeOptions Options { get; }

    public IContainerRuntime Runtime => _runtime.Runtime;

    public IApiClient Api => _server!.Client;

    public CancellationToken Stop => _stop.Token;

    public static async Task<OneNode> StartAsync()
    {
        var node = new OneNode();
        try
        {
            node._server = await ApiServer.StartAsync(
                new ApiServerOptions { DataDirectory = Path.Combine(node._root, "api"), Listen = new IPEndPoint(IPAddress.Loopback, 0) },
                new ApiServerParts { Store = node._store, Logs = NullLoggerFactory.Instance });
            foreach (var ns in (string[])["default", "kube-system", "kube-node-lease"])
            {
                await node.Api.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = ns } });
            }

            (await node.Api.CreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Namespace = "default", Name = "default" } })).Require();
            node.StartAgent();
            await node.UntilAsync<V1Node>("", "n1", n => n?.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }) ?? false, TimeSpan.FromSeconds(30));
            await node.LoadAsync(ShellImage.Name);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the agent as its death would: containers and containerd go on.</summary>
    public async Task StopAgentAsync()
    {
        await _agentStop.CancelAsync();
        await _agent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _events.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _runtime.Dispose();
    }

    public void StartAgent()
    {
        _agentStop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _runtime = NewRuntime();
        var ct = _agentStop.Token;
        var services = new Cache<V1Service>(Api, TimeProvider.System);
        var events = new EventRecorder(Api, new EventOptions { Component = "kubelet", Host = "n1" }, TimeProvider.System, NullLogger.Instance);
        var agent = new NodeAgent(Options, Api, _runtime, services, events, TimeProvider.System, NullLogger<NodeAgent>.Instance);
        _events = Task.WhenAll(services.RunAsync(ct), events.RunAsync(ct));
        _agent = agent.RunAsync(ct);
    }

    /// <summary>Creates a pod of one shell container that is bound to the node already.</summary>
    public Task<V1Pod> RunAsync(string name, string script, Func<V1Pod, V1Pod>? change = null)
    {
        var container = new V1Container { Name = "main", Image = ShellImage.Name, Command = ["/bin/sh", "-c", script], ImagePullPolicy = "IfNotPresent" };
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, Namespace = "default" },
            Spec = new V1PodSpec { NodeName = "n1", Containers = [container], TerminationGracePeriodSeconds = 3, AutomountServiceAccountToken = false },
        };
        return CreateAsync(change is null ? pod : change(pod));
    }

    public async Task<T> CreateAsync<T>(T obj)
        where T : class, IApiObject<T> => (await Api.CreateAsync(obj)).Require();

    /// <summary>Waits until the object is as wanted; fails with what it was last.</summary>
    public async Task<T> UntilAsync<T>(string ns, string name, Func<T?, bool> condition, TimeSpan? limit = null)
        where T : class, IApiObject<T>
    {
        using var alarm = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30), TimeProvider.System);
        var cache = new Cache<T>(Api, TimeProvider.System, new CacheOptions { Scope = new ListQuery { Namespace = ns, FieldSelector = "metadata.name=" + name } });
        using var stop = new CancellationTokenSource();
        var running = cache.RunAsync(stop.Token);
        try
        {
            await cache.WaitForSyncAsync(alarm.Token);
            return (await cache.UntilAsync(s => condition(s.Get(ns, name)), alarm.Token)).Get(ns, name)!;
        }
        catch (OperationCanceledException)
        {
            if (_agent.IsFaulted)
            {
                await _agent;
            }

            var events = (await Api.ListAsync<CoreV1Event>(ListQuery.All)).Items.Where(e => e.InvolvedObject.Name == name).Select(e => $"{e.Reason}: {e.Message}");
            var last = cache.Snapshot.Get(ns, name);
            var text = last is V1Pod pod ? pod.Status.ToString() : last?.ToString() ?? "absent";
            throw new TimeoutException($"{name} is {text}; events: {string.Join(" | ", events)}");
        }
        finally
        {
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task<V1Pod> UntilAsync(string pod, Func<V1Pod, bool> condition, TimeSpan? limit = null) =>
        UntilAsync<V1Pod>("default", pod, p => p is not null && condition(p), limit);

    /// <summary>Loads the shell's image under a name.</summary>
    public async Task LoadAsync(string name) =>
        await _runtime.Importer.ImportAsync(new MemoryStream(await ShellImage.BuildAsync(name)), null, CancellationToken.None);

    public Task GoneAsync(string pod) => UntilAsync<V1Pod>("default", pod, p => p is null);

    /// <summary>A container's log without its prefixes.</summary>
    public string Log(V1Pod pod, string container = "main", int restarts = 0)
    {
        var path = Path.Combine(Options.LogDirectory, RuntimeNames.LogFolder(pod), RuntimeNames.LogFile(container, restarts));
        return string.Join('\n', File.ReadLines(path).Select(l => l.Split(' ', 4)[3]));
    }

    public async Task<IReadOnlyList<string>> EventsAsync(string pod) =>
        [.. (await Api.ListAsync<CoreV1Event>(new ListQuery { Namespace = "default" })).Items.Where(e => e.InvolvedObject.Name == pod).Select(e => e.Reason)];

    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        using (var runtime = NewRuntime())
        {
            await runtime.StartAsync(CancellationToken.None);
            await NodeCleanup.RemoveAllAsync(Options, runtime.Runtime, TimeSpan.FromSeconds(5), CancellationToken.None);
            await runtime.RemoveAsync(CancellationToken.None);
        }

        await _stop.CancelAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _store.DisposeAsync();
        foreach (var mount in File.ReadLines("/proc/mounts").Select(l => l.Split(' ')[1]).Where(m => m.StartsWith(_root, StringComparison.Ordinal) || m.StartsWith(_state, StringComparison.Ordinal)).Reverse().ToList())
        {
            using var umount = Process.Start("umount", ["-l", mount]);
            await umount.WaitForExitAsync();
        }

        Directory.Delete(_root, recursive: true);
        Directory.Delete(_state, recursive: true);
    }

    private ContainerdRuntime NewRuntime() => new(
        new RuntimeOptions { Root = Path.Combine(_root, "containerd"), State = _state, CniConfDirectory = Path.Combine(_root, "cni") }, _network, TimeProvider.System, NullLoggerFactory.Instance);
}
