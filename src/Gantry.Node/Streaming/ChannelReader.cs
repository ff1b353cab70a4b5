using System.Buffers;
using System.Buffers.Text;

namespace Gantry.Node.Streaming;

/// <summary>Splits a client's messages, which may come in fragments, into channel and content.</summary>
public sealed class ChannelReader
{
    /// <summary>Base64 can only be decoded from whole groups of four, so such a message is kept until its end, up to this many bytes.</summary>
    public const int LongestBase64Message = 4 * 1024 * 1024;

    private readonly ChannelProtocol _protocol;
    private readonly ArrayBufferWriter<byte> _text = new();
    private int _channel = -1;

    public ChannelReader(ChannelProtocol protocol)
    {
        _protocol = protocol;
    }

    /// <summary>Takes one fragment.</summary>
    /// <param name="fragment">Bytes of the current message.</param>
    /// <param name="endOfMessage">Whether the message ends with it.</param>
    /// <param name="content">The channel's bytes that are ready; may lie within <paramref name="fragment"/>.</param>
    /// <returns>The channel; null when nothing is ready (an empty message, a message not yet complete).</returns>
    /// <exception cref="InvalidDataException">Not the protocol: base64 that is none, a message beyond the limit.</exception>
    public byte? Take(ReadOnlyMemory<byte> fragment, bool endOfMessage, out ReadOnlyMemory<byte> content)
    {
        content = ReadOnlyMemory<byte>.Empty;
        if (_channel < 0 && !fragment.IsEmpty)
        {
            var first = fragment.Span[0];
            _channel = _protocol.Base64 ? first - '0' : first;
            fragment = fragment[1..];
        }

        var channel = _channel;
        if (endOfMessage)
        {
            _channel = -1;
        }

        if (channel < 0)
        {
            return null;
        }

        if (channel > byte.MaxValue)
        {
            throw new InvalidDataException("a channel beyond the protocol's");
        }

        return _protocol.Base64 ? Decode((byte)channel, fragment.Span, endOfMessage, ref content) : Ready((byte)channel, fragment, out content);
    }

    private static byte? Ready(byte channel, ReadOnlyMemory<byte> fragment, out ReadOnlyMemory<byte> content)
    {
        content = fragment;
        return channel;
    }

    private byte? Decode(byte channel, ReadOnlySpan<byte> fragment, bool endOfMessage, ref ReadOnlyMemory<byte> content)
    {
        if (_text.WrittenCount + fragment.Length > LongestBase64Message)
        {
            throw new InvalidDataException($"a message passes the limit of {LongestBase64Message} bytes");
        }

        _text.Write(fragment);
        if (!endOfMessage)
        {
            return null;
        }

        var bytes = _text.WrittenSpan.ToArray();
        _text.ResetWrittenCount();
        if (Base64.DecodeFromUtf8InPlace(bytes, out var length) != OperationStatus.Done)
        {
            throw new InvalidDataException("a message is not base64");
        }

        content = bytes.AsMemory(0, length);
        return channel;
    }
}
