using System.Buffers;
using System.Net.WebSockets;
using Gantry.Node.Streaming.Spdy;

namespace Gantry.Node.Streaming;

/// <summary>
/// One exec or attach of a WebSocket client: its channels become the streams of a SPDY connection to the runtime, and back. Output goes straight from the
/// one connection to the other, so a client that reads slowly slows the runtime and nothing is kept in memory.
/// </summary>
internal sealed class RemoteCommandSession
{
    private const int LongestStatus = 1024 * 1024;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly WebSocket _socket;
    private readonly ChannelProtocol _protocol;
    private readonly RemoteCommandOptions _options;
    private readonly ChannelSocket _client;
    private readonly TimeProvider _clock;
    private readonly ArrayBufferWriter<byte> _status = new();

    public RemoteCommandSession(WebSocket socket, ChannelProtocol protocol, RemoteCommandOptions options, TimeProvider clock)
    {
        _socket = socket;
        _protocol = protocol;
        _options = options;
        _clock = clock;
        _client = new ChannelSocket(socket, protocol);
    }

    /// <summary>Runs until the command has ended and the client knows, or until the client is gone.</summary>
    /// <param name="runtime">The runtime's upgraded connection; owned from here on.</param>
    /// <param name="ct">Ends it at once.</param>
    /// <exception cref="WebSocketException">The client's connection broke.</exception>
    public async Task RunAsync(Stream runtime, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var spdy = new SpdyConnection(runtime);
        // 1. The streams, in the order that the runtime's server expects: errors first.
        var error = await OpenAsync(spdy, "error", (data, _) => KeepStatus(data), over.Token);
        var stdin = _options.Stdin ? await OpenAsync(spdy, "stdin", Ignore, over.Token) : null;
        var stdout = _options.Stdout ? await OpenAsync(spdy, "stdout", (data, c) => new(_client.SendAsync(ChannelProtocol.Stdout, data, c)), over.Token) : null;
        var stderr = _options.Stderr ? await OpenAsync(spdy, "stderr", (data, c) => new(_client.SendAsync(ChannelProtocol.Stderr, data, c)), over.Token) : null;
        var resize = _options.Tty ? await OpenAsync(spdy, "resize", Ignore, over.Token) : null;

        // 2. An empty message on the lowest output tells the client that all is set up.
        var first = _options.Stdout ? ChannelProtocol.Stdout : _options.Stderr ? ChannelProtocol.Stderr : ChannelProtocol.Error;
        await _client.SendAsync(first, ReadOnlyMemory<byte>.Empty, over.Token);

        // 3. Both directions, until all output has ended or the client has.
        var reading = spdy.RunAsync(over.Token);
        var receiving = ReceiveAsync(stdin, resize, over.Token);
        var ended = Task.WhenAll(error.Ended, stdout?.Ended ?? Task.CompletedTask, stderr?.Ended ?? Task.CompletedTask);
        var clientFirst = await Task.WhenAny(ended, receiving) == receiving;
        try
        {
            if (!clientFirst)
            {
                await SendStatusAsync(over.Token);
                await CloseAsync(receiving, over.Token);
            }
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(reading, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<SpdyStream> OpenAsync(SpdyConnection spdy, string type, SpdyReceiver receiver, CancellationToken ct) =>
        await spdy.OpenAsync([KeyValuePair.Create("streamtype", type)], receiver, ct);

    private static ValueTask Ignore(ReadOnlyMemory<byte> data, CancellationToken ct) => ValueTask.CompletedTask;

    private ValueTask KeepStatus(ReadOnlyMemory<byte> data)
    {
        if (_status.WrittenCount + data.Length <= LongestStatus)
        {
            _status.Write(data.Span);
        }

        return ValueTask.CompletedTask;
    }

    private async Task SendStatusAsync(CancellationToken ct)
    {
        // The runtime reports success too; silence means that it went away.
        var status = _status.WrittenCount > 0 ? _status.WrittenSpan.ToArray() : CommandStatus.Internal("the container runtime ended the connection without a result");
        if (!_protocol.StatusObject)
        {
            status = CommandStatus.Words(status);
        }

        if (status.Length > 0)
        {
            await _client.SendAsync(ChannelProtocol.Error, status, ct);
        }
    }

    /// <summary>Says good-bye and waits for the client's, so that its unread input does not make the kernel reset the connection under our last words.</summary>
    private async Task CloseAsync(Task receiving, CancellationToken ct)
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        await Task.WhenAny(receiving, Task.Delay(Farewell, _clock, ct));
    }

    private async Task ReceiveAsync(SpdyStream? stdin, SpdyStream? resize, CancellationToken ct)
    {
        var reader = new ChannelReader(_protocol);
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var got = await _socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            var channel = reader.Take(buffer.AsMemory(0, got.Count), got.EndOfMessage, out var content);
            if (channel == ChannelProtocol.Stdin && !content.IsEmpty)
            {
                stdin = await WriteAsync(stdin, content, ct);
            }
            else if (channel == ChannelProtocol.Resize && !content.IsEmpty)
            {
                resize = await WriteAsync(resize, content, ct);
            }
            else if (channel == ChannelProtocol.Close && _protocol.CloseSignal && content.Length == 1 && content.Span[0] == ChannelProtocol.Stdin)
            {
                stdin = await FinishAsync(stdin, ct);
            }
        }
    }

    /// <returns>The stream, or null when the runtime takes nothing more: the command ended while input was under way, which is no failure.</returns>
    private static async Task<SpdyStream?> WriteAsync(SpdyStream? stream, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        try
        {
            await (stream?.WriteAsync(data, ct) ?? Task.CompletedTask);
            return stream;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<SpdyStream?> FinishAsync(SpdyStream? stream, CancellationToken ct)
    {
        try
        {
            await (stream?.FinishAsync(ct) ?? Task.CompletedTask);
        }
        catch (IOException)
        {
            // The command has ended already; its end is reported by the other direction.
        }

        return null;
    }
}
