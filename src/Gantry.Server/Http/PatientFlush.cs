using System.Buffers;
using System.IO.Pipelines;

namespace Gantry.Server.Http;

/// <summary>Hands bytes to a connection, which takes them only as fast as its client reads, and gives up on clients that do not.</summary>
/// <param name="patience">The longest that a whole answer, or one piece of a watch, may take to be read.</param>
/// <param name="clock">Measures that.</param>
internal sealed class PatientFlush(TimeSpan patience, TimeProvider clock)
{
    // As much as a connection holds back anyway.
    private const int Piece = 64 * 1024;

    /// <summary>When the sending of an answer began.</summary>
    public long Begin() => clock.GetTimestamp();

    /// <summary>Sends what was written.</summary>
    /// <param name="writer">The connection.</param>
    /// <param name="begun">From <see cref="Begin"/>; null where each piece has its own time.</param>
    /// <param name="cancellation">Ends with the request.</param>
    /// <exception cref="TimeoutException">The client does not read.</exception>
    public ValueTask FlushAsync(PipeWriter writer, long? begun, CancellationToken cancellation)
    {
        var flush = writer.FlushAsync(cancellation);
        if (flush.IsCompletedSuccessfully)
        {
            // Read so that its source can be used again.
            _ = flush.Result;
            return default;
        }

        return WaitAsync(flush, begun, cancellation);
    }

    /// <summary>Sends a body in pieces, so that it is not copied as a whole into the connection's memory.</summary>
    public async ValueTask WriteAsync(PipeWriter writer, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var begun = Begin();
        while (body.Length > Piece)
        {
            writer.Write(body.Span[..Piece]);
            body = body[Piece..];
            await FlushAsync(writer, begun, cancellation).ConfigureAwait(false);
        }

        writer.Write(body.Span);
        await FlushAsync(writer, begun, cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits for something sent otherwise, such as a message over a WebSocket.</summary>
    /// <exception cref="TimeoutException">The client does not read.</exception>
    public async ValueTask SentAsync(ValueTask sending, CancellationToken cancellation)
    {
        if (!sending.IsCompleted)
        {
            await sending.AsTask().WaitAsync(patience, clock, cancellation).ConfigureAwait(false);
            return;
        }

        await sending.ConfigureAwait(false);
    }

    private async ValueTask WaitAsync(ValueTask<FlushResult> flush, long? begun, CancellationToken cancellation)
    {
        var left = begun is { } from ? patience - clock.GetElapsedTime(from) : patience;
        await flush.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellation).ConfigureAwait(false);
    }
}
