namespace Gantry.Client.Http;

/// <summary>
/// Joins a client's connection and another end's, of which this side is between: upgraded connections, whose bytes are passed on as they are. The
/// protocols in use know no half-closed connections.
/// </summary>
public static class StreamJoin
{
    private const int BufferSize = 32 * 1024;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the other end has ended and all it said is with the client, or until the client has gone.</summary>
    /// <param name="client">The client's connection; stays open, so that what it has buffered can still be sent.</param>
    /// <param name="other">
    /// The other end's. One that breaks has ended: with input under way that it did not read, an end that is in order arrives as a reset.
    /// </param>
    /// <param name="clock">Time.</param>
    /// <param name="ct">Ends it at once.</param>
    /// <returns>Why the client has gone; null for an ordinary end.</returns>
    public static async Task<Exception?> RunAsync(Stream client, Stream other, TimeProvider clock, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var input = new Input(client, other);
        var up = input.PassAsync(over.Token);
        var down = DownAsync(other, client, over.Token);
        var first = await Task.WhenAny(up, down).ConfigureAwait(false);
        if (down.IsCompletedSuccessfully)
        {
            await FarewellAsync(input, up, clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.Exception?.GetBaseException();
    }

    // Each piece is passed on as it comes: who streams does not want to wait for more.
    private static async Task DownAsync(Stream other, Stream client, CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        while (await TryReadAsync(other, buffer, ct).ConfigureAwait(false) is var got and > 0)
        {
            await client.WriteAsync(buffer.AsMemory(0, got), ct).ConfigureAwait(false);
            await client.FlushAsync(ct).ConfigureAwait(false);
        }
    }

    private static async ValueTask<int> TryReadAsync(Stream other, Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            return await other.ReadAsync(buffer, ct).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>
    /// A connection that is closed while input lies unread in it is reset, and the reset can overtake the last words to the client. So what the client
    /// still sends is read, until it leaves or has said nothing for a moment.
    /// </summary>
    private static async Task FarewellAsync(Input input, Task up, TimeProvider clock, CancellationToken ct)
    {
        var from = clock.GetTimestamp();
        var before = -1L;
        while (!up.IsCompleted && input.Pieces != before && clock.GetElapsedTime(from) < Farewell)
        {
            before = input.Pieces;
            await Task.WhenAny(up, Task.Delay(Quiet, clock, ct)).ConfigureAwait(false);
        }
    }

    private sealed class Input(Stream client, Stream other)
    {
        private long _pieces;

        public long Pieces => Volatile.Read(ref _pieces);

        /// <summary>Another end that takes nothing more still has its last words to say, so the input is only let go.</summary>
        public async Task PassAsync(CancellationToken ct)
        {
            var buffer = new byte[BufferSize];
            var open = true;
            while (await client.ReadAsync(buffer, ct).ConfigureAwait(false) is var got and > 0)
            {
                Volatile.Write(ref _pieces, _pieces + 1);
                open = open && await TryWriteAsync(buffer.AsMemory(0, got), ct).ConfigureAwait(false);
            }
        }

        private async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
        {
            try
            {
                await other.WriteAsync(data, ct).ConfigureAwait(false);
                await other.FlushAsync(ct).ConfigureAwait(false);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
