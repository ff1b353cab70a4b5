using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Node.Streaming.Spdy;

namespace Gantry.Node.Tests.Streaming;

[SuppressMessage("Design", "CA1001", Justification = "The test framework calls DisposeAsync.")]
public sealed class Spdy_connections : IAsyncLifetime
{
    private Socket? _peer;
    private SpdyConnection? _connection;

    public async Task InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        _peer = await listener.AcceptSocketAsync();
        _connection = new SpdyConnection(new NetworkStream(socket, ownsSocket: true));
    }

    public async Task DisposeAsync()
    {
        await _connection!.DisposeAsync();
        _peer!.Dispose();
    }

    [Fact]
    public void A_data_frame_begins_with_its_stream_and_a_control_frame_with_its_type()
    {
        var bytes = new byte[8];
        new SpdyFrameHeader(null, 5, 1, 0x010203).Write(bytes);
        Assert.Equal([0, 0, 0, 5, 1, 1, 2, 3], bytes);
        Assert.Equal(new SpdyFrameHeader(null, 5, 1, 0x010203), SpdyFrameHeader.Read(bytes));
        new SpdyFrameHeader(SpdyFrameType.SynStream, 0, 0, 10).Write(bytes);
        Assert.Equal([0x80, 3, 0, 1, 0, 0, 0, 10], bytes);
        Assert.Equal(new SpdyFrameHeader(SpdyFrameType.SynStream, 0, 0, 10), SpdyFrameHeader.Read(bytes));
        Assert.Throws<InvalidDataException>(() => SpdyFrameHeader.Read([0x80, 2, 0, 1, 0, 0, 0, 0]));
    }

    [Fact]
    public async Task Header_blocks_are_one_zlib_stream_over_the_connection()
    {
        await OpenAsync("error");
        await OpenAsync("stdin");
        var (first, second) = (await SynStreamAsync(), await SynStreamAsync());
        Assert.Equal((1u, 3u), (first.Id, second.Id));
        using var inflater = new ZLibStream(new MemoryStream([.. first.Block, .. second.Block]), CompressionMode.Decompress);
        Assert.Equal([("streamtype", "error")], ReadHeaders(inflater));
        Assert.Equal([("streamtype", "stdin")], ReadHeaders(inflater));
    }

    [Fact]
    public async Task Data_reaches_its_stream_in_order_until_it_is_finished_reset_or_the_connection_ends()
    {
        var (one, two, three) = (new MemoryStream(), new MemoryStream(), new MemoryStream());
        var (a, b, c) = (await OpenAsync("a", one), await OpenAsync("b", two), await OpenAsync("c", three));
        var reading = _connection!.RunAsync(default);
        await SendAsync([0, 0, 0, 1, 0, 0, 0, 2, .. "he"u8]);
        await SendAsync([0, 0, 0, 3, 0, 0, 0, 1, .. "x"u8]);
        await SendAsync([0x80, 3, 0, 2, 0, 0, 0, 4, 0, 0, 0, 1]);
        await SendAsync([0, 0, 0, 1, 1, 0, 0, 3, .. "llo"u8]);
        await a.Ended;
        Assert.Equal("hello", Encoding.UTF8.GetString(one.ToArray()));
        Assert.False(b.Ended.IsCompleted);
        await SendAsync([0x80, 3, 0, 3, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0, 5]);
        await b.Ended;
        Assert.Equal("x", Encoding.UTF8.GetString(two.ToArray()));
        // Data of streams that nobody knows is passed over.
        await SendAsync([0, 0, 0, 9, 0, 0, 0, 1, 0]);
        await SendAsync([0x80, 3, 0, 7, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
        _peer!.Shutdown(SocketShutdown.Send);
        await c.Ended;
        await reading;
    }

    [Fact]
    public async Task Large_writes_are_cut_into_frames_and_the_end_is_flagged()
    {
        var stream = await OpenAsync("stdin");
        await SynStreamAsync();
        var data = new byte[100_000];
        new Random(3).NextBytes(data);
        await stream.WriteAsync(data, default);
        await stream.FinishAsync(default);
        var received = new MemoryStream();
        while (true)
        {
            var (frame, payload) = await FrameAsync();
            Assert.Equal(stream.Id, frame.StreamId);
            received.Write(payload);
            if (frame.Fin)
            {
                break;
            }
        }

        Assert.Equal(data, received.ToArray());
    }

    [Fact]
    public async Task Pings_of_the_peer_are_answered_and_answers_are_not()
    {
        var reading = _connection!.RunAsync(default);
        await SendAsync([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1]);
        await SendAsync([0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 2]);
        var (frame, payload) = await FrameAsync();
        Assert.Equal(SpdyFrameType.Ping, frame.Control);
        Assert.Equal([0, 0, 0, 2], payload);
        _peer!.Shutdown(SocketShutdown.Send);
        await reading;
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_frame_is_an_error_and_ends_its_streams()
    {
        var stream = await OpenAsync("stdout");
        var reading = _connection!.RunAsync(default);
        await SendAsync([0, 0, 0, 1, 0, 0, 0, 9, 1]);
        _peer!.Shutdown(SocketShutdown.Send);
        await Assert.ThrowsAsync<EndOfStreamException>(() => reading);
        await stream.Ended;
    }

    private Task<SpdyStream> OpenAsync(string type, MemoryStream? received = null) =>
        _connection!.OpenAsync([KeyValuePair.Create("streamtype", type)], (data, _) => { received?.Write(data.Span); return ValueTask.CompletedTask; }, default);

    private Task<int> SendAsync(byte[] bytes) => _peer!.SendAsync(bytes);

    private async Task<(SpdyFrameHeader Frame, byte[] Payload)> FrameAsync()
    {
        await using var stream = new NetworkStream(_peer!, ownsSocket: false);
        var head = new byte[8];
        await stream.ReadExactlyAsync(head);
        var frame = SpdyFrameHeader.Read(head);
        var payload = new byte[frame.Length];
        await stream.ReadExactlyAsync(payload);
        return (frame, payload);
    }

    private async Task<(uint Id, byte[] Block)> SynStreamAsync()
    {
        var (frame, payload) = await FrameAsync();
        Assert.Equal(SpdyFrameType.SynStream, frame.Control);
        return (BinaryPrimitives.ReadUInt32BigEndian(payload), payload[10..]);
    }

    private static List<(string Name, string Value)> ReadHeaders(Stream inflater)
    {
        string Text() => Encoding.UTF8.GetString(Bytes(Number()));
        int Number() => BinaryPrimitives.ReadInt32BigEndian(Bytes(4));
        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            inflater.ReadExactly(bytes);
            return bytes;
        }

        return [.. Enumerable.Range(0, Number()).Select(_ => (Text(), Text()))];
    }
}
