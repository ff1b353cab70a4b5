using System.Diagnostics.CodeAnalysis;

namespace Gantry.Node.Streaming.Spdy;

/// <summary>Takes what the peer sent on one stream, in order; the memory is lent for the call. While it runs nothing else is read.</summary>
public delegate ValueTask SpdyReceiver(ReadOnlyMemory<byte> data, CancellationToken ct);

/// <summary>One stream of a <see cref="SpdyConnection"/>.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "The protocol calls it a stream.")]
public sealed class SpdyStream
{
    private readonly SpdyConnection _connection;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal SpdyStream(SpdyConnection connection, uint id, SpdyReceiver receiver)
    {
        _connection = connection;
        Id = id;
        Receiver = receiver;
    }

    public uint Id { get; }

    /// <summary>Completes when the peer will send nothing more on this stream: it finished it, reset it, or the connection ended.</summary>
    public Task Ended => _ended.Task;

    internal SpdyReceiver Receiver { get; }

    /// <summary>Sends data; returns when the transport has taken it.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken ct) => _connection.SendDataAsync(Id, data, fin: false, ct);

    /// <summary>Tells the peer that no more data comes from this side; the other direction stays open.</summary>
    public Task FinishAsync(CancellationToken ct) => _connection.SendDataAsync(Id, ReadOnlyMemory<byte>.Empty, fin: true, ct);

    internal void End() => _ended.TrySetResult();
}
