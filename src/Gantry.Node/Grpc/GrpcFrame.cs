using System.Buffers.Binary;
using Google.Protobuf;

namespace Gantry.Node.Grpc;

/// <summary>The length-prefixed message framing of gRPC: one byte "compressed", four bytes length (big endian), the message.</summary>
public static class GrpcFrame
{
    /// <summary>The largest message accepted from a peer. CRI answers (lists) may well pass gRPC's usual 4 MiB.</summary>
    public const int MaximumLength = 64 * 1024 * 1024;

    private const int PrefixLength = 5;

    public static byte[] Encode(IMessage message)
    {
        var length = message.CalculateSize();
        var frame = new byte[PrefixLength + length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length);
        message.WriteTo(frame.AsSpan(PrefixLength));
        return frame;
    }

    /// <summary>Reads one message's bytes; null at a clean end of the stream.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken ct)
    {
        var prefix = new byte[PrefixLength];
        var got = await stream.ReadAtLeastAsync(prefix, PrefixLength, throwOnEndOfStream: false, ct);
        if (got == 0)
        {
            return null;
        }

        if (got < PrefixLength)
        {
            throw new GrpcException(GrpcStatusCode.Internal, "the response ended within a message prefix");
        }

        if (prefix[0] != 0)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "the response is compressed, which was not offered");
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1));
        if (length is < 0 or > MaximumLength)
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"a message of {(uint)length} bytes passes the limit of {MaximumLength}");
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }
}
