using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gantry.Node.Streaming;

/// <summary>The server's side of opening a WebSocket, on the bare upgrade feature, so that the host needs no middleware for it.</summary>
internal static class WebSocketHandshake
{
    // The constant of RFC 6455 that turns a client's key into the answer.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    // Unasked pongs keep middle boxes from forgetting the connection; no answer is demanded, since a client whose output is paused reads nothing.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    public static bool Wanted(HttpRequest request) => request.Headers.Upgrade.Any(v => string.Equals(v, "websocket", StringComparison.OrdinalIgnoreCase));

    /// <summary>The subprotocols that the client offers, in its order.</summary>
    public static IReadOnlyList<string> Protocols(HttpRequest request) =>
        request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol");

    /// <summary>Whether the request can become a WebSocket; if not, why.</summary>
    public static bool TryCheck(HttpContext context, [NotNullWhen(false)] out string? problem)
    {
        var headers = context.Request.Headers;
        problem = headers.SecWebSocketVersion != "13" ? "a WebSocket of version 13 is expected"
            : string.IsNullOrEmpty(headers.SecWebSocketKey) ? "the request has no Sec-WebSocket-Key"
            : context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } ? "the connection cannot be upgraded"
            : null;
        return problem is null;
    }

    /// <summary>Answers the handshake. <see cref="TryCheck"/> must have said yes.</summary>
    public static async Task<WebSocket> AcceptAsync(HttpContext context, string protocol)
    {
        Answer(context.Request, context.Response, protocol);
        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        // The subprotocol stands in the answer only: one of Kubernetes' names is no valid token to the platform.
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = KeepAlive,
            KeepAliveTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 prescribes SHA-1; nothing rests on its strength.")]
    private static void Answer(HttpRequest request, HttpResponse response, string protocol)
    {
        response.Headers.Upgrade = "websocket";
        var key = request.Headers.SecWebSocketKey.ToString();
        response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
        if (protocol.Length > 0)
        {
            response.Headers.SecWebSocketProtocol = protocol;
        }
    }
}
