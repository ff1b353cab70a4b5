using System.Buffers.Binary;

namespace Gantry.Api.Protobuf;

/// <summary>Reads the fields of one message in turn.</summary>
/// <param name="message">The message's bytes.</param>
public ref struct ProtoInput(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    public int Number { get; private set; }

    public WireType Type { get; private set; }

    /// <summary>The value of a varint or fixed field.</summary>
    public ulong Value { get; private set; }

    /// <summary>The content of a field with a length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Goes to the next field; false at the message's end.</summary>
    /// <exception cref="ProtoException">The message is malformed.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }
        var tag = Varint();
        Number = tag >> 3 is > 0 and <= int.MaxValue and var number ? (int)number : throw new ProtoException($"proto: illegal tag {tag >> 3} (wire type {tag & 7})");
        Type = (WireType)(tag & 7);
        switch (Type)
        {
            case WireType.Varint:
                Value = Varint();
                break;
            case WireType.Fixed64:
                Value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case WireType.Fixed32:
                Value = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            case WireType.Length:
                var length = Varint();
                Content = Take(length);
                break;
            default:
                throw new ProtoException($"proto: illegal wireType {(int)Type}");
        }
        return true;
    }

    /// <summary>Goes to the next number of a packed field; false at its end.</summary>
    public bool NextVarint(out ulong value)
    {
        var more = !_rest.IsEmpty;
        value = more ? Varint() : 0;
        return more;
    }

    /// <exception cref="ProtoException">The field is laid out otherwise.</exception>
    public readonly void Want(WireType type)
    {
        if (Type != type)
        {
            throw new ProtoException($"proto: wrong wireType = {(int)Type} for field {Number}");
        }
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw new ProtoException("unexpected EOF");
        }
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            if (i == _rest.Length)
            {
                throw new ProtoException("unexpected EOF");
            }
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }
        throw new ProtoException("proto: integer overflow");
    }
}
