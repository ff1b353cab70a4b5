using System.Net;
using Gantry.Api.Models;
using Gantry.Cli.Commands;
using Gantry.Client;
using Gantry.Node;
using Gantry.Node.Agent;
using Gantry.Node.Runtime;
using Gantry.Node.Streaming;
using Gantry.Server.Pipeline;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Cluster;

/// <summary>The node of this machine: its container runtime, its agent, and the way from the API to it.</summary>
internal sealed class NodePart : IDisposable
{
    private readonly ServerOptions _options;
    private readonly ILoggerFactory _logs;
    private readonly TimeProvider _clock;
    private readonly ContainerdRuntime _runtime;
    private readonly NodeStreams _streams;
    private volatile Cache<V1Pod>? _pods;

    public NodePart(ServerOptions options, ILoggerFactory logs, TimeProvider clock)
    {
        _options = options;
        _logs = logs;
        _clock = clock;
        var runtime = NodeFolders.Runtime(options.Folder);
        _runtime = new ContainerdRuntime(runtime, NodeFolders.Cni(options.Folder, options.ClusterCidr), clock, logs);
        _streams = new NodeStreams(_runtime.Runtime, runtime.State, clock, logs.CreateLogger<NodeStreams>());
        Proxy = new LocalNodeProxy(options.NodeName, _streams, new AgentApi(_streams, Pods, new NodeUsage(options.NodeName, runtime.Root, _runtime.Runtime, clock)));
    }

    /// <summary>How the API reaches this node.</summary>
    public INodeProxy Proxy { get; }

    /// <summary>Adds the agent to the loops; it brings up the runtime itself.</summary>
    public void AddTo(ClusterLoops loops, IPAddress address)
    {
        var options = NodeFolders.Node(_options.Folder, _options.NodeName, [address.ToString()]) with
        {
            ClusterDns = [_options.ServiceAddress(10).ToString()],
            Seed = Environment.ProcessId,
        };
        _pods = loops.Caches.Of<V1Pod>();
        var agent = new NodeAgent(
            options, loops.NodeApi, _runtime, loops.Caches.Of<V1Service>(), loops.Events("kubelet", _options.NodeName), _clock, _logs.CreateLogger<NodeAgent>());
        loops.Host.Add("node", agent.RunAsync);
    }

    public void Dispose()
    {
        _streams.Dispose();
        _runtime.Dispose();
    }

    private IReadOnlyList<V1Pod> Pods() => _pods is { } pods ? [.. pods.Snapshot.All.Where(p => p.Spec.NodeName == _options.NodeName)] : [];
}
