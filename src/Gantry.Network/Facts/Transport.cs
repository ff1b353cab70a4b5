namespace Gantry.Network.Facts;

/// <summary>The transport protocols a Service port may have; the values are the IP protocol numbers.</summary>
public enum Transport
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}
