using System.Net.WebSockets;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Streaming;

/// <summary>
/// Exec and attach. SPDY clients are connected to the runtime's own server as they are; WebSocket clients are translated, because the runtime's server
/// knows no WebSocket protocol in which input can end.
/// </summary>
internal sealed class RemoteCommands
{
    private readonly IContainerRuntime _runtime;
    private readonly PodContainers _containers;
    private readonly RuntimeConnector _connector;
    private readonly UnreadInput _unread;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public RemoteCommands(IContainerRuntime runtime, string runtimeState, RuntimeConnector connector, TimeProvider clock, ILogger log)
    {
        _runtime = runtime;
        _containers = new PodContainers(runtime);
        _connector = connector;
        _unread = new UnreadInput(runtime, runtimeState, clock, log);
        _clock = clock;
        _log = log;
    }

    public Task ExecAsync(HttpContext context, string podUid, string container, CancellationToken ct) =>
        RunAsync(context, podUid, container, "exec", (id, options, c) =>
        {
            var request = new ExecRequest { ContainerId = id, Stdin = options.Stdin, Stdout = options.Stdout, Stderr = options.Stderr, Tty = options.Tty };
            request.Cmd.Add(options.Command);
            return _runtime.ExecUrlAsync(request, c);
        }, ct);

    public Task AttachAsync(HttpContext context, string podUid, string container, CancellationToken ct) =>
        RunAsync(context, podUid, container, "attach", (id, options, c) => _runtime.AttachUrlAsync(
            new AttachRequest { ContainerId = id, Stdin = options.Stdin, Stdout = options.Stdout, Stderr = options.Stderr, Tty = options.Tty }, c), ct);

    private async Task RunAsync(
        HttpContext context, string podUid, string container, string what, Func<string, RemoteCommandOptions, CancellationToken, Task<string>> url, CancellationToken ct)
    {
        if (!RemoteCommandOptions.TryRead(context.Request.Query, out var options, out var problem))
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, problem, ct);
            return;
        }

        if (what == "exec" && options.Command.Count == 0)
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, "you must specify a command", ct);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = Task.CompletedTask;
        Task<UpgradedConnection> Connect(IEnumerable<string> protocols) => ConnectAsync(podUid, container, id =>
        {
            watching = what == "exec" && options.Stdin ? _unread.WatchAsync(id, over.Token) : watching;
            return url(id, options, ct);
        }, protocols, ct);
        try
        {
            await (WebSocketHandshake.Wanted(context.Request)
                ? OverWebSocketAsync(context, options, Connect, ct)
                : SpdyPassage.RunAsync(context, Connect, [StreamProtocols.CommandV4, "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"], _clock, ct));
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or InvalidDataException || (gone is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            StreamLog.ClientGone(_log, what, gone.Message);
            context.Abort();
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    private async Task<UpgradedConnection> ConnectAsync(
        string podUid, string container, Func<string, Task<string>> url, IEnumerable<string> protocols, CancellationToken ct)
    {
        try
        {
            var id = await _containers.RunningAsync(podUid, container, ct)
                ?? throw new UpgradeRefusedException(StatusCodes.Status500InternalServerError, $"container not found (\"{container}\")");
            return await _connector.SpdyAsync(await url(id), protocols, ct);
        }
        catch (Exception failure) when (failure is GrpcException or HttpRequestException)
        {
            throw RuntimeFailure.Of(failure);
        }
    }

    private async Task OverWebSocketAsync(
        HttpContext context, RemoteCommandOptions options, Func<IEnumerable<string>, Task<UpgradedConnection>> connect, CancellationToken ct)
    {
        if (!WebSocketHandshake.TryCheck(context, out var problem))
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, problem, ct);
            return;
        }

        if (ChannelProtocol.Choose(WebSocketHandshake.Protocols(context.Request)) is not { } protocol)
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, "none of the requested WebSocket protocols is supported", ct);
            return;
        }

        try
        {
            using var runtime = await connect([StreamProtocols.CommandV4]);
            using var socket = await WebSocketHandshake.AcceptAsync(context, protocol.Name);
            await new RemoteCommandSession(socket, protocol, options, _clock).RunAsync(runtime.Stream, ct);
        }
        catch (UpgradeRefusedException refusal) when (protocol.CloseSignal)
        {
            // Clients of the newest protocol are told on the error channel; a refused handshake would make them try SPDY.
            using var socket = await WebSocketHandshake.AcceptAsync(context, protocol.Name);
            var status = CommandStatus.Internal("unable to upgrade connection: " + refusal.Message);
            await new ChannelSocket(socket, protocol).SendAsync(ChannelProtocol.Error, status, ct);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        catch (UpgradeRefusedException refusal)
        {
            await PlainAnswer.WriteAsync(context, refusal.Status, refusal.Message, ct);
        }
    }
}
