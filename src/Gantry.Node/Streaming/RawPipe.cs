namespace Gantry.Node.Streaming;

/// <summary>Copies a client's connection and the runtime's into each other. The protocols in use know no half-closed connections.</summary>
internal static class RawPipe
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Runs until the runtime has ended and all it said is with the client, or until the client has gone.</summary>
    /// <returns>Why it ended, null for an ordinary end.</returns>
    public static async Task<Exception?> RunAsync(Stream client, Stream runtime, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var up = UpAsync(client, runtime, over.Token);
        var down = runtime.CopyToAsync(client, BufferSize, over.Token);
        var first = await Task.WhenAny(up, down);
        await over.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.Exception?.GetBaseException();
    }

    /// <summary>A runtime that takes nothing more has ended the command; its last words are still to come, so the client's input is only let go.</summary>
    private static async Task UpAsync(Stream client, Stream runtime, CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        var open = true;
        while (await client.ReadAsync(buffer, ct) is var got && got > 0)
        {
            open = open && await TryWriteAsync(runtime, buffer.AsMemory(0, got), ct);
        }
    }

    private static async Task<bool> TryWriteAsync(Stream runtime, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        try
        {
            await runtime.WriteAsync(data, ct);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
