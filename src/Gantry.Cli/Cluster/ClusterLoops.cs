using System.Net;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers;
using Gantry.Controllers.LocalVolumes;
using Gantry.Controllers.NodeIpam;
using Gantry.Controllers.ResourceQuotas;
using Gantry.Scheduler;
using Gantry.Scheduler.Loop;
using Gantry.Server;
using Gantry.Server.Admission;
using Gantry.Server.Authorization.Node;
using Gantry.Simulation;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Cluster;

/// <summary>
/// The loops of a cluster beside its API: one set of caches, one host. What runs on a node is added by the caller before <see cref="RunAsync"/>.
/// </summary>
internal sealed class ClusterLoops
{
    // What Kubernetes calls the processes whose work these loops do: the names are seen on the fields that they write.
    private const string Manager = "kube-controller-manager";
    private const string Scheduler = "kube-scheduler";
    private const string Kubelet = "kubelet";

    private readonly ApiServer _server;
    private readonly ILoggerFactory _logs;
    private readonly TimeProvider _clock;

    public ClusterLoops(ApiServer server, ILoggerFactory logs, TimeProvider clock)
    {
        _server = server;
        _logs = logs;
        _clock = clock;
        Caches = new CacheSet(server.Client, clock);
        Host = new LoopHost(Caches, new LoopHostOptions { Seed = Environment.ProcessId }, clock, logs.CreateLogger("loops"));
        Host.Add("api", stop => server.Completion.WaitAsync(stop));
    }

    /// <summary>The API for what runs on nodes.</summary>
    public IApiClient NodeApi => _server.Client.Of(Kubelet);

    public CacheSet Caches { get; }

    public LoopHost Host { get; }

    /// <summary>Adds the controllers of a cluster.</summary>
    /// <param name="authority">The cluster's certificate authority, PEM.</param>
    /// <param name="podRange">What nodes get their shares of.</param>
    /// <param name="volumes">Where claims get storage on this machine; null for none.</param>
    /// <param name="bootstrapTokens">Whether bootstrap tokens are in use.</param>
    public void AddControllers(string authority, IPNetwork podRange, LocalVolumeOptions? volumes = null, bool bootstrapTokens = false)
    {
        var context = new ControllerContext(Caches, _server.Client.Of(Manager), _server.MetadataOf(Manager), Events("controllers", "", Manager), _clock, _logs.CreateLogger("controllers"));
        var options = new ControllersOptions { Authority = authority, SecretTokens = _server.SecretToken, PodSecrets = PodMentions.Secrets, PodRanges = new PodRanges([podRange]), Quotas = new QuotaMeter((type, value) => QuotaUsage.Of(type, value, _clock.GetUtcNow()), QuotaUsage.Matches), CheckPolicy = _server.CheckTypes, LocalVolumes = volumes, Sign = _server.Pki.Authority.SignRequest, BootstrapTokens = bootstrapTokens };
        foreach (var controller in ControllerSet.All(context, options, name => Events(name, "", Manager)))
        {
            Host.Add(controller);
        }
    }

    public void AddScheduler()
    {
        var options = new SchedulerOptions { Seed = Environment.ProcessId };
        Host.Add("scheduler", new SchedulerLoop(Caches, _server.Client.Of(Scheduler), Events(options.Name, "", Scheduler), options, _clock, _logs.CreateLogger("scheduler")).RunAsync);
    }

    public void AddHollowNodes(HollowOptions options)
    {
        var nodes = new HollowNodes(NodeApi, Caches, options, _clock);
        Host.Add(nodes.Pods);
        Host.Add("hollow-nodes", async stop =>
        {
            await nodes.RegisterAsync(stop).ConfigureAwait(false);
            await nodes.BeatAsync(stop).ConfigureAwait(false);
        });
    }

    /// <summary>A recorder whose events carry that source; its loop is added to the host.</summary>
    /// <param name="component">The source.</param>
    /// <param name="host">The node of the source; empty for none.</param>
    /// <param name="agent">The process that Kubernetes would run it in.</param>
    public EventRecorder Events(string component, string host, string agent = Kubelet)
    {
        var recorder = new EventRecorder(_server.Client.Of(agent), new EventOptions { Component = component, Host = host }, _clock, _logs.CreateLogger("events"));
        Host.Add("events " + component, recorder.RunAsync);
        return recorder;
    }
}
