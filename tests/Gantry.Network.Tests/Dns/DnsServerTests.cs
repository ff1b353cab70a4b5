using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gantry.Network.Dns;
using Gantry.Network.Facts;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Network.Tests.Dns;

/// <summary>Servers on loopback: one for the cluster, and one that plays the resolver outside it.</summary>
public sealed class DnsServerTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly List<Task> _running = [];
    private readonly List<IDisposable> _open = [];

    [Fact]
    public async Task The_same_name_is_answered_over_udp_and_tcp()
    {
        var server = Cluster(null);
        var query = Query("web.default.svc.cluster.local");
        Assert.Equal(["10.43.0.7"], Addresses(await UdpAsync(server, query)));
        Assert.Equal(["10.43.0.7"], Addresses(await TcpAsync(server, query)));
    }

    [Fact]
    public async Task Names_outside_the_cluster_are_asked_upstream_once_while_the_answer_is_fresh()
    {
        var (upstream, asked) = Upstream();
        var server = Cluster(upstream);
        Assert.Equal(["203.0.113.1"], Addresses(await UdpAsync(server, Query("example.com"))));
        Assert.Equal(["203.0.113.1"], Addresses(await UdpAsync(server, Query("EXAMPLE.com", id: 9))));
        Assert.Equal(1, asked());

        _clock.Advance(TimeSpan.FromSeconds(10));
        var aged = await UdpAsync(server, Query("example.com"));
        Assert.Equal(20u, DnsReader.ReadAnswers(aged)[0].Ttl);

        _clock.Advance(TimeSpan.FromSeconds(30));
        await UdpAsync(server, Query("example.com"));
        Assert.Equal(2, asked());
    }

    [Fact]
    public async Task An_external_name_comes_with_the_addresses_of_its_target()
    {
        var (upstream, _) = Upstream();
        var response = await UdpAsync(Cluster(upstream), Query("far.default.svc.cluster.local"));
        var answers = DnsReader.ReadAnswers(response);
        Assert.Equal("example.com.", Assert.IsType<DnsRecord.Alias>(answers[0]).Target.ToString());
        Assert.Equal(["203.0.113.1"], Addresses(response));
    }

    [Fact]
    public async Task Without_any_resolver_outside_names_fail_and_inside_names_do_not()
    {
        var server = Cluster(null);
        Assert.Equal((int)DnsCode.ServerFailure, (await UdpAsync(server, Query("example.com")))[3] & 0xF);
        Assert.Equal(["10.43.0.7"], Addresses(await UdpAsync(server, Query("web.default.svc.cluster.local"))));
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_is_given_up_after_its_time()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var server = Cluster((IPEndPoint)silent.LocalEndPoint!);
        var response = UdpAsync(server, Query("example.com"));

        // The question has reached the silent one: from now on only its patience is waited for.
        await silent.ReceiveAsync(new byte[512]);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((int)DnsCode.ServerFailure, (await response)[3] & 0xF);
    }

    [Fact]
    public async Task A_large_set_of_endpoints_is_cut_on_udp_and_whole_on_tcp()
    {
        var server = Cluster(null);
        var query = Query("many.default.svc.cluster.local");
        Assert.NotEqual(0, (await UdpAsync(server, query))[2] & 0x02);
        Assert.Equal(200, Addresses(await TcpAsync(server, query)).Count());
    }

    [Fact]
    public void Resolvers_are_read_from_a_file_without_ourselves_and_at_most_three() =>
        Assert.Equal(
            ["192.0.2.1", "2001:db8::1", "192.0.2.2"],
            ResolvConf.Resolvers("# x\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 \nsearch a b\nnameserver 10.43.0.10\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n", IPAddress.Parse("10.43.0.10"))
                .Select(a => a.ToString()));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _open.ForEach(o => o.Dispose());
        _stop.Dispose();
    }

    private IPEndPoint Cluster(IPEndPoint? upstream)
    {
        var options = new NetworkOptions { NodeName = "here" };
        var forwarder = new Forwarder(new(), "/nonexistent", options.DnsAddress, _clock) { Fixed = upstream is null ? [] : [upstream] };
        var responder = new Responder(new(options, _ => true), forwarder, DnsZone.Empty("cluster.local"));
        var web = new ServiceFact { Name = new("default", "web"), ClusterAddresses = [IPAddress.Parse("10.43.0.7")] };
        var far = new ServiceFact { Name = new("default", "far"), ExternalName = "example.com" };
        var many = new ServiceFact { Name = new("default", "many") };
        var slice = new SliceFact
        {
            Name = new("default", "many-1"),
            Service = many.Name,
            Endpoints = [.. Enumerable.Range(1, 200).Select(i => new EndpointFact { Address = IPAddress.Parse($"10.42.0.{i}") })],
        };
        responder.Zone = responder.Zone.With(web.Name, web, []).With(far.Name, far, []).With(many.Name, many, [slice]);
        var server = new DnsServer(new(IPAddress.Loopback, 0), responder, _clock, NullLogger.Instance);
        server.Bind();
        _open.Add(server);
        _open.Add(forwarder);
        _running.Add(server.RunAsync(_stop.Token));
        return server.Address;
    }

    /// <summary>Answers every question with 203.0.113.1 for 30 seconds, and counts.</summary>
    private (IPEndPoint Address, Func<int> Asked) Upstream()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _open.Add(socket);
        var count = 0;
        _running.Add(ServeAsync());
        return ((IPEndPoint)socket.LocalEndPoint!, () => Volatile.Read(ref count));

        async Task ServeAsync()
        {
            var buffer = new byte[512];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Interlocked.Increment(ref count);
                var query = ((DnsParse.Query)DnsReader.ReadQuery(buffer.AsSpan(0, received.ReceivedBytes))).Value;
                var answer = DnsAnswer.Positive([new DnsRecord.Address(query.Name, 30, IPAddress.Parse("203.0.113.1"))]);
                await socket.SendToAsync(DnsWriter.Write(query, answer, authoritative: false, 512), SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
        }
    }

    private static DnsQuery Query(string name, ushort id = 5) => new(id, DnsName.Parse(name), DnsType.A, DnsQuery.Internet, true, null);

    private static IEnumerable<string> Addresses(byte[] response) =>
        DnsReader.ReadAnswers(response).OfType<DnsRecord.Address>().Select(a => a.Value.ToString());

    private static async Task<byte[]> UdpAsync(IPEndPoint server, DnsQuery query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server);
        await socket.SendAsync(DnsWriter.WriteQuery(query));
        var buffer = new byte[2048];
        var length = await socket.ReceiveAsync(buffer);
        Assert.True(DnsReader.TryWalkResponse(buffer.AsSpan(0, length), query, out _));
        return buffer[..length];
    }

    private static async Task<byte[]> TcpAsync(IPEndPoint server, DnsQuery query)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server);
        using var stream = new NetworkStream(socket);
        var request = DnsWriter.WriteQuery(query);
        await stream.WriteAsync((byte[])[(byte)(request.Length >> 8), (byte)request.Length, .. request]);
        var size = new byte[2];
        await stream.ReadExactlyAsync(size);
        var response = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
        await stream.ReadExactlyAsync(response);
        Assert.True(DnsReader.TryWalkResponse(response, query, out _));
        return response;
    }
}
