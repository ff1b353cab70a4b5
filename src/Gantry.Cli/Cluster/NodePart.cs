using System.Net;
using Gantry.Api.Models;
using Gantry.Cli.Commands;
using Gantry.Node;
using Gantry.Node.Runtime;
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

    public NodePart(ServerOptions options, ILoggerFactory logs, TimeProvider clock)
    {
        _options = options;
        _logs = logs;
        _clock = clock;
        _runtime = new ContainerdRuntime(NodeFolders.Runtime(options.Folder), NodeFolders.Cni(options.Folder, options.ClusterCidr), clock, logs);
    }

    /// <summary>How the API reaches this node.</summary>
    public INodeProxy? Proxy { get; }

    /// <summary>Adds the agent to the loops; it brings up the runtime itself.</summary>
    public void AddTo(ClusterLoops loops, IPAddress address)
    {
        var options = NodeFolders.Node(_options.Folder, _options.NodeName, [address.ToString()]) with
        {
            ClusterDns = [_options.ServiceAddress(10).ToString()],
            Seed = Environment.ProcessId,
        };
        var agent = new NodeAgent(
            options, loops.Api, _runtime, loops.Caches.Of<V1Service>(), loops.Events("kubelet", _options.NodeName), _clock, _logs.CreateLogger<NodeAgent>());
        loops.Host.Add("node", agent.RunAsync);
    }

    public void Dispose() => _runtime.Dispose();
}
