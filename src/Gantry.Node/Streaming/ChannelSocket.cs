using System.Buffers;
using System.Buffers.Text;
using System.Net.WebSockets;

namespace Gantry.Node.Streaming;

/// <summary>Sends channels to a client over a WebSocket. One sender at a time.</summary>
internal sealed class ChannelSocket
{
    private readonly WebSocket _socket;
    private readonly ChannelProtocol _protocol;

    public ChannelSocket(WebSocket socket, ChannelProtocol protocol)
    {
        _socket = socket;
        _protocol = protocol;
    }

    /// <summary>Sends one message.</summary>
    public async Task SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        var room = 1 + (_protocol.Base64 ? Base64.GetMaxEncodedToUtf8Length(data.Length) : data.Length);
        var message = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            var length = Fill(message, channel, data.Span);
            var type = _protocol.Base64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
            await _socket.SendAsync(message.AsMemory(0, length), type, endOfMessage: true, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private int Fill(byte[] message, byte channel, ReadOnlySpan<byte> data)
    {
        if (!_protocol.Base64)
        {
            message[0] = channel;
            data.CopyTo(message.AsSpan(1));
            return 1 + data.Length;
        }

        message[0] = (byte)('0' + channel);
        Base64.EncodeToUtf8(data, message.AsSpan(1), out _, out var written);
        return 1 + written;
    }
}
