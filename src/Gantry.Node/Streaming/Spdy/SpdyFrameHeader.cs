using System.Buffers.Binary;

namespace Gantry.Node.Streaming.Spdy;

/// <summary>The first eight bytes of every frame: a control frame's type, or a data frame's stream; flags and the payload's length.</summary>
/// <param name="Control">Null for a data frame. A type outside <see cref="SpdyFrameType"/> is kept as it came.</param>
/// <param name="StreamId">Of a data frame; 0 for a control frame, which carries its stream in the payload.</param>
/// <param name="Flags">1 is FIN on data, SYN_STREAM and SYN_REPLY.</param>
/// <param name="Length">Bytes of payload that follow, below 2^24.</param>
public readonly record struct SpdyFrameHeader(SpdyFrameType? Control, uint StreamId, byte Flags, int Length)
{
    public const int Size = 8;
    public const int LongestPayload = 0xFFFFFF;
    private const ushort ControlBit = 0x8000;
    private const ushort Version = 3;

    public bool Fin => (Flags & 1) != 0;

    /// <exception cref="InvalidDataException">A control frame of another version of SPDY.</exception>
    public static SpdyFrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var rest = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var (flags, length) = ((byte)(rest >> 24), (int)(rest & LongestPayload));
        if ((first & 0x80000000) == 0)
        {
            return new SpdyFrameHeader(null, first, flags, length);
        }

        var version = (first >> 16) & 0x7FFF;
        return version == Version
            ? new SpdyFrameHeader((SpdyFrameType)(first & 0xFFFF), 0, flags, length)
            : throw new InvalidDataException($"a SPDY frame of version {version}; this connection speaks version {Version}");
    }

    public void Write(Span<byte> bytes)
    {
        if (Control is { } type)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, ControlBit | Version);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)type);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, StreamId);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)Flags << 24 | (uint)Length);
    }
}
