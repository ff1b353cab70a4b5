using System.Net;
using Gantry.Cli.Commands;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Gantry.Server;
using Gantry.Server.Pipeline;
using Microsoft.Extensions.Logging;

namespace Gantry.Cli.Cluster;

/// <summary>The node of this machine: its container runtime, its agent, and the way from the API to it.</summary>
internal sealed class NodePart : IDisposable
{
    private readonly ServerOptions _options;
    private readonly ILoggerFactory _logs;
    private readonly UnixGrpcChannel _channel;
    private readonly ContainerdSupervisor _supervisor;

    public NodePart(ServerOptions options, ILoggerFactory logs, TimeProvider clock)
    {
        _options = options;
        _logs = logs;
        var runtime = RuntimeFolders.Runtime(options.Folder);
        _channel = new UnixGrpcChannel(runtime.Socket, clock);
        _supervisor = new ContainerdSupervisor(runtime, _channel, clock, logs.CreateLogger<ContainerdSupervisor>());
    }

    public INodeProxy? Proxy { get; }

    /// <summary>Adopts or starts containerd; returns when it answers.</summary>
    public Task StartRuntimeAsync(CancellationToken stop) => Task.Run(() => _supervisor.StartAsync(stop), stop);

    public void AddTo(ClusterLoops loops, IReadOnlyList<IPAddress> addresses, ApiServer server)
    {
        loops.Host.Add("containerd", _supervisor.RunAsync);
    }

    public void Dispose() => _channel.Dispose();
}
