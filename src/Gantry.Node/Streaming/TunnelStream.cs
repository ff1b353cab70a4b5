using System.Net.WebSockets;

namespace Gantry.Node.Streaming;

/// <summary>A WebSocket as a plain stream of bytes: binary messages one way and the other, their boundaries without meaning.</summary>
internal sealed class TunnelStream : Stream
{
    private readonly WebSocket _socket;

    public TunnelStream(WebSocket socket)
    {
        _socket = socket;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var got = await _socket.ReceiveAsync(buffer, cancellationToken);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return 0;
            }

            if (got.MessageType == WebSocketMessageType.Text)
            {
                throw new InvalidDataException("a tunnelled connection takes binary messages only");
            }

            // An empty message is not the end.
            if (got.Count > 0 || buffer.IsEmpty)
            {
                return got.Count;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
