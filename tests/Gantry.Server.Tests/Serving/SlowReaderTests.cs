using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gantry.Testing;

namespace Gantry.Server.Tests.Serving;

public sealed class SlowReaderTests : IAsyncLifetime, IDisposable
{
    private readonly ManualTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly RunningServer _server;

    public SlowReaderTests()
    {
        _server = new RunningServer { Clock = _clock, Configure = o => o with { Limits = new RequestLimits { MaxListBytes = 4 << 20 } } };
    }

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        for (var i = 0; i < 12; i++)
        {
            var made = await _server.PostAsync(
                "/api/v1/namespaces/default/configmaps", $$$"""{"metadata":{"name":"big-{{{i}}}"},"data":{"a":"{{{new string('x', 900_000)}}}"}}""");
            Assert.Equal(201, made.Code);
        }
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("/api/v1/configmaps", "application/json")]
    [InlineData("/api/v1/configmaps?watch=1", "application/json")]
    [InlineData("/api/v1/configmaps", "application/vnd.kubernetes.protobuf")]
    public async Task A_client_that_does_not_read_is_disconnected(string path, string accept)
    {
        await using var client = await AskAsync(path, accept);
        await client.ReadExactlyAsync(new byte[100]);
        var figure = path.Contains("watch", StringComparison.Ordinal) ? "apiserver_longrunning_requests{component=\"apiserver\"" : "request_kind=\"readOnly\"";

        // Its wait may not have begun yet when the clock is first moved.
        var open = 2;
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (open > (figure.StartsWith("request", StringComparison.Ordinal) ? 1 : 0))
        {
            limit.Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(61));
            var line = (await _server.GetAsync("/metrics")).Text.Split('\n').First(l => l.Contains(figure, StringComparison.Ordinal) && !l.StartsWith('#'));
            open = int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        }

        // What was on its way comes, and then the end, long before all of it is there.
        var (seen, buffer) = (0L, new byte[1 << 16]);
        try
        {
            int read;
            while ((read = await client.ReadAsync(buffer).AsTask().WaitAsync(Eventually.Limit)) > 0)
            {
                seen += read;
            }
        }
        catch (IOException)
        {
            // The connection was reset.
        }

        Assert.InRange(seen, 1, 10_000_000);
    }

    [Fact]
    public async Task Lists_that_are_made_as_a_whole_wait_for_each_other()
    {
        const string protobuf = "application/vnd.kubernetes.protobuf";
        await using var slow = await AskAsync("/api/v1/configmaps", protobuf);
        await slow.ReadExactlyAsync(new byte[100]);
        var waiting = _server.SendAsync(HttpMethod.Get, "/api/v1/configmaps", accept: protobuf);
        var streamed = await _server.GetAsync("/api/v1/configmaps");

        Assert.Equal(200, streamed.Code);
        Assert.False(waiting.IsCompleted);
        var buffer = new byte[1 << 16];
        using var reading = new CancellationTokenSource();
        var drained = Task.Run(async () =>
        {
            while (!waiting.IsCompleted && await slow.ReadAsync(buffer, reading.Token) > 0)
            {
            }
        });
        Assert.Equal(200, (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Code);
        await reading.CancelAsync();
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // HTTP/1.1 by hand: a client library would read ahead.
    private async Task<SslStream> AskAsync(string path, string accept)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync(_server.Server.Address.Host, _server.Server.Address.Port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var trusting = _server.Trusting();
        trusting.SslOptions.TargetHost = _server.Server.Address.Host;
        await stream.AuthenticateAsClientAsync(trusting.SslOptions);
        var text = $"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nAccept: {accept}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        return stream;
    }
}
