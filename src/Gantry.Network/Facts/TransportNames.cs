namespace Gantry.Network.Facts;

/// <summary>The three spellings of a transport: in the API (TCP), and in packet rules and DNS labels (tcp).</summary>
public static class TransportNames
{
    /// <summary>Reads the API's spelling; an empty one means TCP, which is the API's default. False for anything else.</summary>
    public static bool TryParse(string text, out Transport transport)
    {
        transport = text switch
        {
            "" or "TCP" => Transport.Tcp,
            "UDP" => Transport.Udp,
            "SCTP" => Transport.Sctp,
            _ => 0,
        };
        return transport != 0;
    }

    public static string Lower(this Transport transport) => transport switch
    {
        Transport.Tcp => "tcp",
        Transport.Udp => "udp",
        Transport.Sctp => "sctp",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, "not a transport"),
    };
}
