using System.Net;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Scheduler;
using Gantry.Scheduler.Loop;
using Gantry.Server;
using Gantry.Store;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Simulation.Tests;

/// <summary>The real API and the real scheduler with hollow nodes.</summary>
public sealed class HollowNodesTests : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gantry-simulation-");
    private readonly CancellationTokenSource _stop = new();
    private readonly HollowOptions _options = new() { Count = 3, EndsAfter = TimeSpan.Zero };
    private StoreEngine _store = null!;
    private ApiServer _server = null!;
    private CacheSet _caches = null!;
    private Task<LoopFault?> _loops = null!;

    public async Task InitializeAsync()
    {
        _store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        var options = new ApiServerOptions { DataDirectory = _folder.FullName, Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        _server = await ApiServer.StartAsync(options, new ApiServerParts { Store = _store, Logs = NullLoggerFactory.Instance });
        _caches = new CacheSet(_server.Client, TimeProvider.System);
        var host = new LoopHost(_caches, new LoopHostOptions(), TimeProvider.System, NullLogger.Instance);
        var events = new EventRecorder(_server.Client, new EventOptions { Component = "test" }, TimeProvider.System, NullLogger.Instance);
        host.Add("scheduler", new SchedulerLoop(_caches, _server.Client, events, new SchedulerOptions(), TimeProvider.System, NullLogger.Instance).RunAsync);
        var nodes = new HollowNodes(_server.Client, _caches, _options, TimeProvider.System);
        host.Add(nodes.Pods);
        await nodes.RegisterAsync(_stop.Token);
        await nodes.RegisterAsync(_stop.Token);
        _loops = host.RunAsync(_stop.Token);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        Assert.Null(await _loops);
        await _server.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task Nodes_are_ready_and_have_leases()
    {
        var nodes = (await _server.Client.ListAsync<V1Node>(ListQuery.All)).Items;
        Assert.Equal(["hollow-0", "hollow-1", "hollow-2"], nodes.Select(n => n.Metadata.Name));
        Assert.All(nodes, n => Assert.Contains(n.Status.Conditions, c => c.Type == "Ready" && c.Status == "True"));
        Assert.Equal(3, (await _server.Client.ListAsync<V1Lease>(new ListQuery { Namespace = "kube-node-lease" })).Items.Count);
    }

    [Fact]
    public async Task A_pod_runs_and_goes_when_it_is_deleted()
    {
        await CreateAsync("stays", "Always");
        await UntilAsync("stays", pod => pod?.Status is { Phase: "Running", PodIP.Length: > 0 });
        (await _server.Client.DeleteAsync<V1Pod>("default", "stays")).Require();
        await UntilAsync("stays", pod => pod is null);
    }

    [Fact]
    public async Task A_pod_that_is_not_started_again_ends()
    {
        await CreateAsync("ends", "Never");
        await UntilAsync("ends", pod => pod?.Status.Phase == "Succeeded");
    }

    private async Task CreateAsync(string name, string restart)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = name },
            Spec = new V1PodSpec
            {
                RestartPolicy = restart,
                AutomountServiceAccountToken = false,
                Containers = [new V1Container { Name = "main", Image = "none" }],

                // new nodes are tainted until a controller, which does not run here, has seen that they are ready
                Tolerations = [new V1Toleration { Operator = "Exists" }],
            },
        };

        // the account that every namespace has is made by a controller, which does not run here
        await _server.Client.CreateAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Namespace = "default", Name = "default" } });
        (await _server.Client.CreateAsync(pod)).Require();
    }

    private Task UntilAsync(string name, Func<V1Pod?, bool> holds) => Eventually.Until(() => holds(_caches.Of<V1Pod>().Snapshot.Get("default", name)));
}
