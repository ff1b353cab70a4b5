using System.Buffers;

namespace Gantry.Node.Logs;

/// <summary>Turns physical lines into what a reader sees: parts joined, times before lines where wanted, old lines left out, cut at the limit.</summary>
public sealed class LogSelection
{
    private readonly LogOptions _options;
    private readonly ArrayBufferWriter<byte> _time = new(64);
    private long _left;
    private bool _atLineStart = true;

    public LogSelection(LogOptions options)
    {
        _options = options;
        _left = options.LimitBytes ?? long.MaxValue;
    }

    /// <summary>Whether the byte limit is reached and nothing more can come.</summary>
    public bool Full => _left <= 0;

    /// <summary>Takes one physical line, without its line feed; what is not in the format is left out.</summary>
    public void Write(ReadOnlySpan<byte> physical, IBufferWriter<byte> output)
    {
        if (Full || !LogLine.TryParse(physical, out var line))
        {
            return;
        }

        if (_options.Since is { } since && LogTime.TryParse(line.Time, out var time) && time < since)
        {
            return;
        }

        if (_options.Timestamps && _atLineStart)
        {
            WriteTime(line.Time, output);
        }

        Put(line.Text, output);
        if (!line.Partial)
        {
            Put("\n"u8, output);
        }

        _atLineStart = !line.Partial;
    }

    private void WriteTime(ReadOnlySpan<byte> time, IBufferWriter<byte> output)
    {
        _time.ResetWrittenCount();
        LogTime.WriteFixed(time, _time);
        _time.Write(" "u8);
        Put(_time.WrittenSpan, output);
    }

    private void Put(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        var part = bytes[..(int)Math.Min(bytes.Length, _left)];
        output.Write(part);
        _left -= part.Length;
    }
}
