using System.Buffers;
using System.Text;

namespace Gantry.Server.Http;

/// <summary>One event of a watch as it is sent: a line of JSON around an object that is copied only there, or finished bytes.</summary>
internal readonly struct WatchFrame
{
    private readonly string? _type;
    private readonly ReadOnlyMemory<byte> _body;

    private WatchFrame(string? type, ReadOnlyMemory<byte> body)
    {
        _type = type;
        _body = body;
    }

    private static ReadOnlySpan<byte> Head => "{\"type\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"object\":"u8;

    private static ReadOnlySpan<byte> Tail => "}\n"u8;

    /// <summary>Bytes.</summary>
    public int Length => _type is null ? _body.Length : Head.Length + _type.Length + Middle.Length + _body.Length + Tail.Length;

    /// <summary>A line of JSON.</summary>
    /// <param name="type">ASCII that needs no escapes.</param>
    /// <param name="json">The object.</param>
    public static WatchFrame Of(string type, ReadOnlyMemory<byte> json) => new(type, json);

    /// <summary>Finished bytes.</summary>
    public static WatchFrame Of(byte[] frame) => new(null, frame);

    public void Write(IBufferWriter<byte> writer)
    {
        CopyTo(writer.GetSpan(Length));
        writer.Advance(Length);
    }

    public void CopyTo(Span<byte> to)
    {
        if (_type is null)
        {
            _body.Span.CopyTo(to);
            return;
        }

        Put(Head, ref to);
        Encoding.ASCII.GetBytes(_type, to);
        to = to[_type.Length..];
        Put(Middle, ref to);
        Put(_body.Span, ref to);
        Put(Tail, ref to);
    }

    private static void Put(ReadOnlySpan<byte> bytes, ref Span<byte> to)
    {
        bytes.CopyTo(to);
        to = to[bytes.Length..];
    }
}
