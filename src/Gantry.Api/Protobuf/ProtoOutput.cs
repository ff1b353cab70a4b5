using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gantry.Api.Protobuf;

/// <summary>
/// Writes protobuf from its end to its beginning into a pooled buffer: a message's length is known when its head is written, so nothing is measured twice.
/// </summary>
public sealed class ProtoOutput : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _start;

    public ProtoOutput() => _start = _buffer.Length;

    public int Length => _buffer.Length - _start;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(_start);

    public void Varint(ulong value)
    {
        var size = 1;
        for (var rest = value >> 7; rest != 0; rest >>= 7)
        {
            size++;
        }
        var room = Room(size);
        for (var i = 0; i < size; i++)
        {
            room[i] = (byte)(i == size - 1 ? value : (value & 0x7f) | 0x80);
            value >>= 7;
        }
    }

    public void Tag(int number, WireType type) => Varint(((ulong)number << 3) | (ulong)type);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    /// <summary>The length of what was written since a mark, and the tag before it.</summary>
    /// <param name="number">The field's number.</param>
    /// <param name="mark">An earlier <see cref="Length"/>.</param>
    public void Head(int number, int mark)
    {
        Varint((ulong)(Length - mark));
        Tag(number, WireType.Length);
    }

    public void Text(int number, string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Room(size));
        Varint((ulong)size);
        Tag(number, WireType.Length);
    }

    public void Blob(int number, ReadOnlySpan<byte> bytes)
    {
        Bytes(bytes);
        Varint((ulong)bytes.Length);
        Tag(number, WireType.Length);
    }

    /// <summary>Negative numbers take ten bytes.</summary>
    public void Integer(int number, long value)
    {
        Varint((ulong)value);
        Tag(number, WireType.Varint);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private Span<byte> Room(int size)
    {
        if (_start < size)
        {
            var length = Length;
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, length + size));
            _buffer.AsSpan(_start).CopyTo(larger.AsSpan(larger.Length - length));
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
            _start = larger.Length - length;
        }
        _start -= size;
        return _buffer.AsSpan(_start, size);
    }
}
