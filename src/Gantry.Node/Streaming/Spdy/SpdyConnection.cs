using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Gantry.Node.Streaming.Spdy;

/// <summary>
/// The client's side of a SPDY/3.1 connection as Kubernetes uses it between its parts: streams that this side opens, data both ways, no flow control
/// of its own (the peers there keep none; the transport's does). <see cref="RunAsync"/> reads until the connection ends.
/// </summary>
public sealed class SpdyConnection : IAsyncDisposable
{
    private const int LargestData = 32 * 1024;
    private const byte FinFlag = 1;

    private readonly Stream _transport;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SpdyHeaderBlock _headers = new();
    private readonly ConcurrentDictionary<uint, SpdyStream> _streams = new();
    private readonly byte[] _incoming = new byte[LargestData];
    private uint _nextId = 1;

    /// <param name="transport">The upgraded connection; owned from here on.</param>
    public SpdyConnection(Stream transport)
    {
        _transport = transport;
    }

    /// <summary>Opens a stream; usable at once, without waiting for the peer's reply.</summary>
    /// <param name="headers">Names in lower case.</param>
    /// <param name="receiver">Takes what the peer sends.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<SpdyStream> OpenAsync(IReadOnlyList<KeyValuePair<string, string>> headers, SpdyReceiver receiver, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            // Ids and header blocks must reach the wire in the order in which they were made, so both are made within the turn.
            var stream = new SpdyStream(this, _nextId, receiver);
            _nextId += 2;
            _streams[stream.Id] = stream;
            var block = _headers.Encode(headers);
            var frame = new byte[SpdyFrameHeader.Size + 10 + block.Length];
            new SpdyFrameHeader(SpdyFrameType.SynStream, 0, 0, 10 + block.Length).Write(frame);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(SpdyFrameHeader.Size), stream.Id);
            block.CopyTo(frame, SpdyFrameHeader.Size + 10);
            await _transport.WriteAsync(frame, ct);
            return stream;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads frames and hands data to the streams' receivers until the peer closes the connection, then ends all streams.</summary>
    /// <exception cref="IOException">The connection broke within a frame.</exception>
    /// <exception cref="InvalidDataException">What came is not SPDY/3.1.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            var head = new byte[SpdyFrameHeader.Size];
            while (await _transport.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct) is var got && got > 0)
            {
                if (got < head.Length)
                {
                    throw new EndOfStreamException("the connection ended within a SPDY frame");
                }

                var frame = SpdyFrameHeader.Read(head);
                if (frame.Control is null)
                {
                    await ReceiveDataAsync(frame, ct);
                }
                else
                {
                    await ReceiveControlAsync(frame, ct);
                }
            }
        }
        finally
        {
            foreach (var stream in _streams.Values)
            {
                stream.End();
            }
        }
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    internal async Task SendDataAsync(uint streamId, ReadOnlyMemory<byte> data, bool fin, CancellationToken ct)
    {
        var frame = ArrayPool<byte>.Shared.Rent(SpdyFrameHeader.Size + LargestData);
        try
        {
            do
            {
                var part = data[..Math.Min(data.Length, LargestData)];
                data = data[part.Length..];
                var flags = fin && data.IsEmpty ? FinFlag : (byte)0;
                new SpdyFrameHeader(null, streamId, flags, part.Length).Write(frame);
                part.CopyTo(frame.AsMemory(SpdyFrameHeader.Size));
                await SendAsync(frame.AsMemory(0, SpdyFrameHeader.Size + part.Length), ct);
            }
            while (!data.IsEmpty);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await _transport.WriteAsync(frame, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReceiveDataAsync(SpdyFrameHeader frame, CancellationToken ct)
    {
        _streams.TryGetValue(frame.StreamId, out var stream);
        for (var left = frame.Length; left > 0;)
        {
            var part = _incoming.AsMemory(0, Math.Min(left, _incoming.Length));
            var got = await _transport.ReadAsync(part, ct);
            if (got == 0)
            {
                throw new EndOfStreamException("the connection ended within a SPDY frame");
            }

            left -= got;
            if (stream is not null)
            {
                await stream.Receiver(part[..got], ct);
            }
        }

        if (frame.Fin)
        {
            stream?.End();
        }
    }

    private async Task ReceiveControlAsync(SpdyFrameHeader frame, CancellationToken ct)
    {
        if (frame.Length > _incoming.Length)
        {
            throw new InvalidDataException($"a SPDY control frame of {frame.Length} bytes passes the limit of {_incoming.Length}");
        }

        var payload = _incoming.AsMemory(0, frame.Length);
        await _transport.ReadExactlyAsync(payload, ct);
        switch (frame.Control)
        {
            case SpdyFrameType.RstStream:
            case SpdyFrameType.SynReply when frame.Fin:
            case SpdyFrameType.Headers when frame.Fin:
                EndStream(payload.Span);
                break;

            // A server numbers its pings evenly; an odd number would be the answer to a ping of ours.
            case SpdyFrameType.Ping when frame.Length == 4 && (payload.Span[3] & 1) == 0:
                await AnswerPingAsync(payload, ct);
                break;

            // Replies, settings, windows and the announcement of the end change nothing for a client that opens all its streams at the start.
            default:
                break;
        }
    }

    private async Task AnswerPingAsync(ReadOnlyMemory<byte> id, CancellationToken ct)
    {
        // Reading must never wait for a blocked writer: the peer may be waiting for us to read. A missed answer does no harm, data is under way.
        if (!await _turn.WaitAsync(TimeSpan.Zero, ct))
        {
            return;
        }

        try
        {
            var pong = new byte[SpdyFrameHeader.Size + 4];
            new SpdyFrameHeader(SpdyFrameType.Ping, 0, 0, 4).Write(pong);
            id.CopyTo(pong.AsMemory(SpdyFrameHeader.Size));
            await _transport.WriteAsync(pong, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void EndStream(ReadOnlySpan<byte> payload)
    {
        if (payload.Length >= 4 && _streams.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7FFFFFFF, out var stream))
        {
            stream.End();
        }
    }
}
