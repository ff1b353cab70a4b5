using System.Net;
using System.Net.Sockets;
using Gantry.Api.Models;
using Gantry.Node.Logs;
using Gantry.Node.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Streaming;

/// <summary>What a node answers about its pods' containers: logs, exec, attach, port-forward, and connections to pods. Each sets status and body itself.</summary>
public sealed class NodeStreams : IDisposable
{
    private readonly RuntimeConnector _connector = new();
    private readonly LogEndpoint _logs;
    private readonly RemoteCommands _commands;
    private readonly PortForwards _forwards;

    /// <param name="runtime">Containers.</param>
    /// <param name="runtimeState">The state directory of the runtime (<see cref="RuntimeOptions.State"/>).</param>
    /// <param name="clock">Time.</param>
    /// <param name="log">For all of them.</param>
    public NodeStreams(IContainerRuntime runtime, string runtimeState, TimeProvider clock, ILogger<NodeStreams> log)
    {
        _logs = new LogEndpoint(runtime, new FileWatches(clock, log), clock, log);
        _commands = new RemoteCommands(runtime, runtimeState, _connector, clock, log);
        _forwards = new PortForwards(runtime, _connector, clock, log);
    }

    /// <param name="context">The request; its query holds the log options.</param>
    /// <param name="pod">With its status.</param>
    /// <param name="container">A container of the pod, of whatever sort.</param>
    /// <param name="ct">Ends it.</param>
    public Task LogAsync(HttpContext context, V1Pod pod, string container, CancellationToken ct) => _logs.AnswerAsync(context, pod, container, ct);

    public Task ExecAsync(HttpContext context, V1Pod pod, string container, CancellationToken ct) =>
        _commands.ExecAsync(context, pod.Metadata.Uid, container, ct);

    public Task AttachAsync(HttpContext context, V1Pod pod, string container, CancellationToken ct) =>
        _commands.AttachAsync(context, pod.Metadata.Uid, container, ct);

    public Task PortForwardAsync(HttpContext context, V1Pod pod, CancellationToken ct) =>
        _forwards.RunAsync(context, pod.Metadata.Uid, pod.Metadata.Name, ct);

    /// <summary>Opens a connection to an address in the pod network, which this machine reaches.</summary>
    /// <exception cref="SocketException">It was refused, or nobody answers.</exception>
    public static async ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _connector.Dispose();
}
