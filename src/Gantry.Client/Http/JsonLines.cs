using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Gantry.Client.Http;

/// <summary>Splits a stream into lines as they arrive, without waiting for more than the line at hand.</summary>
public static class JsonLines
{
    /// <summary>A longer line is a broken stream: the API refuses larger objects.</summary>
    public const int LongestLine = 16 << 20;

    /// <summary>The lines without their ends; empty lines are left out, and so is an unfinished line at the end (the connection broke in it).</summary>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="LongestLine"/>.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 << 10, leaveOpen: true));
        try
        {
            while (true)
            {
                var read = await pipe.ReadAsync(ct).ConfigureAwait(false);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    if (!line.IsEmpty)
                    {
                        yield return line.IsSingleSegment ? line.First : line.ToArray();
                    }
                }

                if (buffer.Length > LongestLine)
                {
                    throw new InvalidDataException($"a watch sent a line of more than {LongestLine} bytes");
                }

                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }
}
