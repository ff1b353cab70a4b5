using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Gantry.Network.Dns;

/// <summary>
/// Listens on UDP and TCP. Constructing it binds nothing; <see cref="Bind"/> does, so that a port in use shows at the start, and
/// <see cref="RunAsync"/> serves until it is stopped.
/// </summary>
public sealed class DnsServer(IPEndPoint address, Responder responder, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Open TCP connections; more wait in the kernel's queue. UDP is how nearly everybody asks.</summary>
    public const int Connections = 128;

    /// <summary>How long a TCP client may be silent.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private Socket? _udp;
    private Socket? _tcp;

    /// <summary>Where it listens; after <see cref="Bind"/>, with the real port when 0 was asked for.</summary>
    public IPEndPoint Address { get; private set; } = address;

    /// <summary>Takes the address on both transports.</summary>
    /// <exception cref="SocketException">The address is not on this machine, or the port is taken.</exception>
    public void Bind()
    {
        _tcp = new(Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _tcp.Bind(Address);
        Address = (IPEndPoint)_tcp.LocalEndPoint!;
        _tcp.Listen(Connections);
        _udp = new(Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        _udp.Bind(Address);
        DnsLog.Listening(log, Address);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        if (_udp is null || _tcp is null)
        {
            throw new InvalidOperationException("bind first");
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] loops = [UdpAsync(_udp, ended.Token), TcpAsync(_tcp, ended.Token)];
        var first = await Task.WhenAny(loops).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _udp?.Dispose();
        _tcp?.Dispose();
    }

    private async Task UdpAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[65535];
        var anybody = new IPEndPoint(Address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            SocketReceiveFromResult received;
            try
            {
                received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anybody, stop).ConfigureAwait(false);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
            {
                // The kernel hands the ICMP error of an earlier answer to the next receive; it says nothing about this socket.
                continue;
            }

            // Names of the cluster are answered before this returns. What must wait for upstream goes on by itself; the forwarder bounds how many.
            var answering = AnswerUdpAsync(socket, buffer.AsSpan(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint, stop);
            if (answering.IsFaulted)
            {
                await answering.ConfigureAwait(false);
            }
        }
    }

    private async Task AnswerUdpAsync(Socket socket, byte[] request, EndPoint client, CancellationToken stop)
    {
        try
        {
            if (await responder.AnswerAsync(request, tcp: false, stop).ConfigureAwait(false) is { } response)
            {
                await socket.SendToAsync(response, SocketFlags.None, client, stop).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopping, or a client that cannot be reached: it will ask again.
        }
#pragma warning disable CA1031 // one request that goes wrong must not end the service for all
        catch (Exception failure)
#pragma warning restore CA1031
        {
            DnsLog.RequestFailed(log, failure);
        }
    }

    private async Task TcpAsync(Socket listener, CancellationToken stop)
    {
        using var places = new SemaphoreSlim(Connections);
        while (true)
        {
            await places.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                _ = ServeThenReleaseAsync(await listener.AcceptAsync(stop).ConfigureAwait(false), places, stop);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client left before we took its connection.
                places.Release();
            }
        }
    }

    private async Task ServeThenReleaseAsync(Socket connection, SemaphoreSlim places, CancellationToken stop)
    {
        try
        {
            using (connection)
            {
                await ServeAsync(connection, stop).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or IOException)
        {
            // Idle for too long, gone, or we are stopping.
        }
#pragma warning disable CA1031 // one connection that goes wrong must not end the service for all
        catch (Exception failure)
#pragma warning restore CA1031
        {
            DnsLog.RequestFailed(log, failure);
        }
        finally
        {
            if (!stop.IsCancellationRequested)
            {
                places.Release();
            }
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken stop)
    {
        using var stream = new NetworkStream(connection);
        var size = new byte[2];
        while (true)
        {
            using var idle = new CancellationTokenSource(Idle, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, idle.Token);
            await stream.ReadExactlyAsync(size, either.Token).ConfigureAwait(false);
            var request = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
            await stream.ReadExactlyAsync(request, either.Token).ConfigureAwait(false);
            if (await responder.AnswerAsync(request, tcp: true, either.Token).ConfigureAwait(false) is not { } response)
            {
                return;
            }

            var framed = new byte[response.Length + 2];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)response.Length);
            response.CopyTo(framed, 2);
            await stream.WriteAsync(framed, either.Token).ConfigureAwait(false);
        }
    }
}
