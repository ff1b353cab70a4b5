using System.Buffers;

namespace Gantry.Server.Http;

/// <summary>
/// The events of a watch that are sent together, in one block: each block asked of a connection takes its lock, and the small ones it gives otherwise
/// are chunked, encrypted and sent one by one.
/// </summary>
internal sealed class WatchFrames
{
    private readonly List<WatchFrame> _frames = [];

    /// <summary>Bytes.</summary>
    public int Length { get; private set; }

    public void Add(WatchFrame frame)
    {
        _frames.Add(frame);
        Length += frame.Length;
    }

    /// <summary>Hands all of them over.</summary>
    public void Write(IBufferWriter<byte> writer)
    {
        var rest = writer.GetSpan(Length);
        foreach (var frame in _frames)
        {
            frame.CopyTo(rest);
            rest = rest[frame.Length..];
        }

        writer.Advance(Length);
        _frames.Clear();
        Length = 0;
    }
}
