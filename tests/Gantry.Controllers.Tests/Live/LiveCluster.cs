using System.Net;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.LocalVolumes;
using Gantry.Controllers.ResourceQuotas;
using Gantry.Server;
using Gantry.Server.Admission;
using Gantry.Server.Authorization.Node;
using Gantry.Server.Certificates;
using Gantry.Server.Requests;
using Gantry.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Controllers.Tests.Live;

/// <summary>A cluster with everything real but its nodes: the API server on a store in memory, all controllers, and pods that only pretend to run.</summary>
public sealed class LiveCluster : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-live-").FullName;
    private ApiServer? _server;
    private StoreEngine? _store;
    private Task<LoopFault?> _running = Task.FromResult<LoopFault?>(null);

    /// <summary>Where n1 has its volumes.</summary>
    public string VolumeFolder => Path.Combine(_folder, "volumes");

    public IApiClient Api => _server!.Client;

    /// <summary>The API for that user.</summary>
    public IApiClient As(string user, params string[] groups) => _server!.Client.As(new UserInfo { Name = user, Groups = groups });

    public IMetadataClient Metadata { get; private set; } = null!;

    public CacheSet Caches { get; private set; } = null!;

    public Kubelet Nodes { get; private set; } = null!;

    /// <summary>What the log said at warning level and above.</summary>
    public LogCollector Logs { get; } = new();

    public async Task InitializeAsync()
    {
        var clock = TimeProvider.System;
        _store = StoreEngine.InMemory(new StoreOptions(), clock);
        var options = new ApiServerOptions { DataDirectory = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        _server = await ApiServer.StartAsync(options, new ApiServerParts { Store = _store, Logs = NullLoggerFactory.Instance });
        Metadata = _server.MetadataOf("kube-controller-manager");
        Caches = new CacheSet(Api, clock);
        var host = new LoopHost(Caches, new LoopHostOptions(), clock, Logs);
        var events = new EventRecorder(Api, new EventOptions { Component = "controllers" }, clock, Logs);
        host.Add("events", events.RunAsync);
        foreach (var controller in ControllerSet.All(new ControllerContext(Caches, Api, Metadata, events, clock, Logs), new ControllersOptions { Authority = "test", SecretTokens = _server.SecretToken, PodSecrets = PodMentions.Secrets, Quotas = new QuotaMeter((type, value) => QuotaUsage.Of(type, value, clock.GetUtcNow()), QuotaUsage.Matches), CheckPolicy = _server.CheckTypes, Sign = _server.Pki.Authority.SignRequest, BootstrapTokens = true, LocalVolumes = new LocalVolumeOptions(VolumeFolder, "n1"), NodeGrace = TimeSpan.FromHours(1) }))
        {
            host.Add(controller);
        }

        Nodes = new Kubelet(Api, Caches, clock);
        host.Add("kubelet", Nodes.RunAsync);
        _running = host.RunAsync(_stop.Token);
        foreach (var name in new[] { "n1", "n2", "n3" })
        {
            await Nodes.RegisterAsync(name);
        }
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        var fault = await _running;
        await _server!.DisposeAsync();
        await _store!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Assert.Null(fault);
    }

    public void Dispose() => _stop.Dispose();


    /// <summary>A new namespace with its default service account.</summary>
    public async Task<string> NamespaceAsync(string name)
    {
        (await Api.CreateAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = name } })).Require();
        await UntilAsync($"the default service account of {name}", async () => await Api.GetAsync<V1ServiceAccount>(name, "default") is not null);
        return name;
    }

    public async Task<T> GetAsync<T>(string ns, string name)
        where T : class, IApiObject<T> => await Api.GetAsync<T>(ns, name) ?? throw new InvalidOperationException($"{T.Resource} {ns}/{name} is not there");

    public async Task<IReadOnlyList<T>> ListAsync<T>(string ns)
        where T : class, IApiObject<T> => (await Api.ListAsync<T>(new ListQuery { Namespace = ns })).Items;

    /// <summary>Changes an object, against the newest version each time until nobody interferes.</summary>
    public async Task ChangeAsync<T>(string ns, string name, Func<T, T> change, string subresource = "")
        where T : class, IApiObject<T>
    {
        while (true)
        {
            var result = await Api.UpdateAsync(change(await GetAsync<T>(ns, name)), subresource);
            if (result.Error is not { IsConflict: true })
            {
                _ = result.Require();
                return;
            }
        }
    }

    /// <summary>Waits until the condition holds; says what did not come, and what the log had to say.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!await condition())
        {
            if (_running.IsCompleted)
            {
                Assert.Fail($"the loops ended: {await _running}");
            }

            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"did not come: {what}\n{string.Join('\n', Logs.Lines.TakeLast(20))}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
