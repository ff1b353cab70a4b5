using System.Net.WebSockets;
using Gantry.Client.Http;
using Gantry.Node.Cri;
using Gantry.Node.Grpc;
using Gantry.Node.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gantry.Node.Streaming;

/// <summary>
/// Port-forward in its three forms: SPDY, SPDY tunnelled through a WebSocket, and the older WebSocket form with a pair of channels for each port. In
/// each the runtime's own server speaks the protocol, from within the pod's network namespace; this side carries bytes.
/// </summary>
internal sealed class PortForwards
{
    private const int MostPorts = 100;
    private static readonly string[] ChannelProtocols = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io"];

    private readonly IContainerRuntime _runtime;
    private readonly PodContainers _containers;
    private readonly RuntimeConnector _connector;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public PortForwards(IContainerRuntime runtime, RuntimeConnector connector, TimeProvider clock, ILogger log)
    {
        _runtime = runtime;
        _containers = new PodContainers(runtime);
        _connector = connector;
        _clock = clock;
        _log = log;
    }

    public async Task RunAsync(HttpContext context, string podUid, string podName, CancellationToken ct)
    {
        try
        {
            if (!WebSocketHandshake.Wanted(context.Request))
            {
                await SpdyPassage.RunAsync(context, p => ConnectAsync(podUid, podName, p, ct), [StreamProtocols.PortForward], _clock, ct);
            }
            else if (!WebSocketHandshake.TryCheck(context, out var problem))
            {
                await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, problem, ct);
            }
            else if (WebSocketHandshake.Protocols(context.Request).Contains(StreamProtocols.PortForwardTunnel))
            {
                await TunnelAsync(context, podUid, podName, ct);
            }
            else
            {
                await ChannelsAsync(context, podUid, podName, ct);
            }
        }
        catch (UpgradeRefusedException refusal)
        {
            await PlainAnswer.WriteAsync(context, refusal.Status, refusal.Message, ct);
        }
        catch (HttpRequestException failure)
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status500InternalServerError, "error dialing backend: " + failure.Message, ct);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or InvalidDataException || (gone is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            StreamLog.ClientGone(_log, "port-forward", gone.Message);
            context.Abort();
        }
    }

    private async Task<string> UrlAsync(string podUid, string podName, IEnumerable<int> ports, CancellationToken ct)
    {
        try
        {
            var request = new PortForwardRequest
            {
                PodSandboxId = await _containers.SandboxAsync(podUid, ct)
                    ?? throw new UpgradeRefusedException(StatusCodes.Status500InternalServerError, $"unable to forward port because pod {podName} has no running sandbox"),
            };
            request.Port.Add(ports);
            return await _runtime.PortForwardUrlAsync(request, ct);
        }
        catch (GrpcException failure)
        {
            throw RuntimeFailure.Of(failure);
        }
    }

    private async Task<UpgradedConnection> ConnectAsync(string podUid, string podName, IEnumerable<string> protocols, CancellationToken ct)
    {
        var url = await UrlAsync(podUid, podName, [], ct);
        return await _connector.SpdyAsync(url, protocols, ct);
    }

    private async Task TunnelAsync(HttpContext context, string podUid, string podName, CancellationToken ct)
    {
        using var runtime = await ConnectAsync(podUid, podName, [StreamProtocols.PortForward], ct);
        using var socket = await WebSocketHandshake.AcceptAsync(context, StreamProtocols.PortForwardTunnel);
        await using var client = new TunnelStream(socket);
        var failure = await StreamJoin.RunAsync(client, runtime.Stream, _clock, ct);
        if (failure is null && socket.State is (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        else if (failure is not null)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private async Task ChannelsAsync(HttpContext context, string podUid, string podName, CancellationToken ct)
    {
        var protocol = WebSocketHandshake.Protocols(context.Request).FirstOrDefault(ChannelProtocols.Contains);
        if (protocol is null)
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, "none of the requested WebSocket protocols is supported", ct);
            return;
        }

        if (!TryReadPorts(context.Request.Query, out var ports, out var problem))
        {
            await PlainAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, problem, ct);
            return;
        }

        var headers = context.Request.Headers;
        using var runtime = await _connector.UpgradeAsync(HttpMethod.Get, await UrlAsync(podUid, podName, ports, ct), "websocket",
        [
            new("Sec-WebSocket-Version", "13"),
            new("Sec-WebSocket-Key", headers.SecWebSocketKey.ToString()),
            new("Sec-WebSocket-Protocol", protocol),
        ], ct);
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = runtime.Header("Sec-WebSocket-Accept");
        context.Response.Headers.SecWebSocketProtocol = protocol;
        await using var client = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        if (await StreamJoin.RunAsync(client, runtime.Stream, _clock, ct) is { } failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private static bool TryReadPorts(IQueryCollection query, out List<int> ports, out string problem)
    {
        ports = [];
        problem = "";
        foreach (var text in query["ports"].Concat(query["port"]).SelectMany(v => (v ?? "").Split(',')).Where(v => v.Length > 0))
        {
            if (!ushort.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) || port == 0)
            {
                problem = $"port \"{text}\" must be between 1 and 65535, inclusive";
                return false;
            }

            ports.Add(port);
        }

        problem = ports.Count == 0 ? "query parameter \"port\" is required" : ports.Count > MostPorts ? $"at most {MostPorts} ports can be forwarded at once" : "";
        return problem.Length == 0;
    }
}
