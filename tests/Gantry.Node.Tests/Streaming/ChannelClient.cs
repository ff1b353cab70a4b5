using System.Net.WebSockets;
using System.Text;

namespace Gantry.Node.Tests.Streaming;

/// <summary>A WebSocket client of exec and attach, for what kubectl cannot do in a test.</summary>
internal sealed class ChannelClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    public string? Protocol => _socket.SubProtocol;

    public static async Task<ChannelClient> ConnectAsync(Uri url, string protocol)
    {
        var client = new ChannelClient();
        client._socket.Options.AddSubProtocol(protocol);
        await client._socket.ConnectAsync(url, default);
        return client;
    }

    public Task SendAsync(byte channel, ReadOnlyMemory<byte> data)
    {
        byte[] message = [channel, .. data.Span];
        return _socket.SendAsync(message, WebSocketMessageType.Binary, true, default);
    }

    public Task SendTextAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    /// <summary>Everything until the server closes: standard output and the error channel.</summary>
    public async Task<(string Output, string Status)> ReadToEndAsync()
    {
        var (output, status) = (new StringBuilder(), new StringBuilder());
        while (await ReadAsync() is { } message)
        {
            var channel = message[0] >= '0' ? message[0] - '0' : message[0];
            var text = Encoding.UTF8.GetString(message[0] >= '0' ? Convert.FromBase64String(Encoding.ASCII.GetString(message[1..])) : message[1..]);
            (channel == 3 ? status : output).Append(text);
        }

        return (output.ToString(), status.ToString());
    }

    /// <summary>The next message; null when the server closed.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var got = await _socket.ReceiveAsync(buffer.AsMemory(), default);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, got.Count);
            if (got.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
