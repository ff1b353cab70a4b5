using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Gantry.Network.Dns;

/// <summary>
/// Asks the node's own resolvers for names outside the cluster: one after the other, each with a time limit, the number of open questions
/// bounded, answers kept for a while.
/// </summary>
public sealed class Forwarder : IDisposable
{
    private readonly UpstreamOptions _options;
    private readonly string _resolvConf;
    private readonly IPAddress _self;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _places;
    private readonly AnswerCache _cache;
    private (long ReadAt, IReadOnlyList<IPEndPoint> Servers)? _servers;

    public Forwarder(UpstreamOptions options, string resolvConf, IPAddress self, TimeProvider clock)
    {
        _options = options;
        _resolvConf = resolvConf;
        _self = self;
        _clock = clock;
        _places = new(options.InFlight);
        _cache = new(options.CachedAnswers, options.LongestKept, clock);
    }

    /// <summary>The resolvers to ask instead of those in the file; for tests.</summary>
    public IReadOnlyList<IPEndPoint>? Fixed { get; init; }

    /// <summary>
    /// The response of the first resolver that has one, with the asker's id, at most as large as the transport allows; null when none
    /// answered in time, when there is none, or when too many questions are open.
    /// </summary>
    public async Task<byte[]?> AskAsync(DnsQuery query, bool tcp, CancellationToken stop)
    {
        var key = AnswerKey.Of(query, tcp);
        if (_cache.Find(key, query) is { } kept)
        {
            return kept;
        }

        if (!_places.Wait(0, stop))
        {
            return null;
        }

        try
        {
            foreach (var server in Servers())
            {
                if (await TryAskAsync(server, query, tcp, stop).ConfigureAwait(false) is var (message, facts))
                {
                    _cache.Keep(key, message, facts);
                    BinaryPrimitives.WriteUInt16BigEndian(message, query.Id);
                    return message;
                }
            }

            return null;
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<(byte[] Message, DnsResponseFacts Facts)?> TryAskAsync(IPEndPoint server, DnsQuery query, bool tcp, CancellationToken stop)
    {
        // An id of our own that cannot be guessed, a new port for each question, and nothing of the client's beyond the question itself.
        var own = query with
        {
            Id = (ushort)RandomNumberGenerator.GetInt32(65536),
            RecursionDesired = true,
            Edns = query.Edns is { } edns ? new(DnsWriter.OwnPayloadSize, 0, edns.DnssecOk) : null,
        };
        using var limit = new CancellationTokenSource(_options.Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            var request = DnsWriter.WriteQuery(own);
            var found = tcp
                ? await OverTcpAsync(server, own, request, either.Token).ConfigureAwait(false)
                : await OverUdpAsync(server, own, request, either.Token).ConfigureAwait(false);

            // A server that cannot or will not answer is as good as silent: perhaps the next one can.
            return found is { Facts.Code: DnsCode.ServerFailure or DnsCode.Refused } ? null : found;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return null;
        }
    }

    private static async Task<(byte[] Message, DnsResponseFacts Facts)?> OverUdpAsync(IPEndPoint server, DnsQuery query, byte[] request, CancellationToken stop)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, stop).ConfigureAwait(false);
        await socket.SendAsync(request, stop).ConfigureAwait(false);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, stop).ConfigureAwait(false);

            // Anything that is not the answer to this question may be forged; the real one may still come.
            if (DnsReader.TryWalkResponse(buffer.AsSpan(0, length), query, out var facts))
            {
                return (buffer[..length], facts);
            }
        }
    }

    private static async Task<(byte[] Message, DnsResponseFacts Facts)?> OverTcpAsync(IPEndPoint server, DnsQuery query, byte[] request, CancellationToken stop)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, stop).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        var framed = new byte[request.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)request.Length);
        request.CopyTo(framed, 2);
        await stream.WriteAsync(framed, stop).ConfigureAwait(false);
        var size = new byte[2];
        await stream.ReadExactlyAsync(size, stop).ConfigureAwait(false);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
        await stream.ReadExactlyAsync(message, stop).ConfigureAwait(false);
        return DnsReader.TryWalkResponse(message, query, out var facts) ? (message, facts) : null;
    }

    private IReadOnlyList<IPEndPoint> Servers()
    {
        if (Fixed is { } given)
        {
            return given;
        }

        // Read again now and then, because DHCP clients and VPNs rewrite the file.
        if (_servers is { } known && _clock.GetElapsedTime(known.ReadAt) < _options.Reread)
        {
            return known.Servers;
        }

        IReadOnlyList<IPEndPoint> servers;
        try
        {
            servers = [.. ResolvConf.Resolvers(File.ReadAllText(_resolvConf), _self).Select(a => new IPEndPoint(a, 53))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            servers = _servers?.Servers ?? [];
        }

        _servers = (_clock.GetTimestamp(), servers);
        return servers;
    }
}
