using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Gantry.Server.Bootstrap;

/// <summary>Finds the address under which others reach this machine.</summary>
internal static class AdvertisedAddress
{
    // Addresses for documentation: nothing is sent there, but the system says by which of its own addresses it would.
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Elsewhere6 = IPAddress.Parse("2001:db8::1");

    /// <summary>The address that the options name, the one listened at, or that of the way out; loopback on a machine without any.</summary>
    public static IPAddress Of(ApiServerOptions options)
    {
        var listen = options.Listen.Address;
        if (options.Advertise is { } named)
        {
            return named;
        }

        if (!listen.Equals(IPAddress.Any) && !listen.Equals(IPAddress.IPv6Any) && !IPAddress.IsLoopback(listen))
        {
            return listen;
        }

        var family = options.ServiceRange.BaseAddress.AddressFamily;
        return Own(family == AddressFamily.InterNetworkV6 ? Elsewhere6 : Elsewhere)
            ?? OfInterfaces(family)
            ?? (family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
    }

    private static IPAddress? OfInterfaces(AddressFamily family) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => a.Address))
        .FirstOrDefault(a => a.AddressFamily == family && !a.IsIPv6LinkLocal && a.GetAddressBytes() is not [169, 254, _, _]);

    private static IPAddress? Own(IPAddress elsewhere)
    {
        try
        {
            using var socket = new Socket(elsewhere.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(elsewhere, 9);
            return (socket.LocalEndPoint as IPEndPoint)?.Address;
        }
        catch (SocketException)
        {
            // There is no way out of this machine.
            return null;
        }
    }
}
