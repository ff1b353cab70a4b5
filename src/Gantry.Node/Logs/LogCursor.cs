using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Node.Logs;

/// <summary>A place in a log file that moves forward line by line. A line that is not yet complete is kept until the rest is written.</summary>
internal sealed class LogCursor : IDisposable
{
    private const int ChunkSize = 64 * 1024;

    // The runtime cuts lines at 16 KiB; a file without any line feeds is no log.
    private const int LongestLine = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[ChunkSize];
    private int _kept;
    private long _offset;

    public LogCursor(SafeFileHandle file, long offset)
    {
        File = file;
        _offset = offset;
    }

    public SafeFileHandle File { get; }

    /// <summary>Writes every complete line up to <paramref name="limit"/>, an offset in the file, or its end.</summary>
    public async Task DrainAsync(LogSelection selection, PipeWriter output, long limit, CancellationToken ct)
    {
        while (!selection.Full)
        {
            if (_kept == _buffer.Length)
            {
                Grow();
            }

            var room = (int)Math.Min(_buffer.Length - _kept, limit - _offset);
            var got = room > 0 ? RandomAccess.Read(File, _buffer.AsSpan(_kept, room), _offset) : 0;
            if (got == 0)
            {
                return;
            }

            _offset += got;
            _kept += got;
            TakeLines(selection, output);
            await FlushAsync(output, ct);
        }
    }

    /// <summary>Sends what was written; waits while the client is slow.</summary>
    /// <exception cref="IOException">The client has gone.</exception>
    public static async Task FlushAsync(PipeWriter output, CancellationToken ct)
    {
        if ((await output.FlushAsync(ct)).IsCompleted)
        {
            throw new IOException("the reader has gone");
        }
    }

    /// <summary>Writes what is left when nothing more will come: a last line without its line feed.</summary>
    public void Finish(LogSelection selection, IBufferWriter<byte> output)
    {
        if (_kept > 0)
        {
            selection.Write(_buffer.AsSpan(0, _kept), output);
            _kept = 0;
        }
    }

    public void Dispose() => File.Dispose();

    private void Grow()
    {
        if (_buffer.Length >= LongestLine)
        {
            _kept = 0;
            return;
        }

        Array.Resize(ref _buffer, _buffer.Length * 2);
    }

    private void TakeLines(LogSelection selection, IBufferWriter<byte> output)
    {
        var lines = _buffer.AsSpan(0, _kept);
        while (!selection.Full && lines.IndexOf((byte)'\n') is var feed && feed >= 0)
        {
            selection.Write(lines[..feed], output);
            lines = lines[(feed + 1)..];
        }

        lines.CopyTo(_buffer);
        _kept = lines.Length;
    }
}
