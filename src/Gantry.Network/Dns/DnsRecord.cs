using System.Net;

namespace Gantry.Network.Dns;

/// <summary>A resource record of class IN. <paramref name="Ttl"/> is in seconds.</summary>
public abstract record DnsRecord(DnsName Name, DnsType Type, uint Ttl)
{
    public sealed record Address(DnsName Name, uint Ttl, IPAddress Value)
        : DnsRecord(Name, Value.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, Ttl);

    /// <summary>CNAME, NS or PTR: a record that is another name.</summary>
    public sealed record Alias(DnsName Name, DnsType Type, uint Ttl, DnsName Target) : DnsRecord(Name, Type, Ttl);

    public sealed record Service(DnsName Name, uint Ttl, ushort Priority, ushort Weight, ushort Port, DnsName Target) : DnsRecord(Name, DnsType.Srv, Ttl);

    /// <summary>One string of at most 255 ASCII characters.</summary>
    public sealed record Text(DnsName Name, uint Ttl, string Value) : DnsRecord(Name, DnsType.Txt, Ttl);

    /// <summary>The start of authority that a negative answer carries; <paramref name="Minimum"/> is how long, in seconds, a "no" may be kept.</summary>
    public sealed record Authority(DnsName Name, uint Ttl, DnsName Server, DnsName Mailbox, uint Serial, uint Minimum) : DnsRecord(Name, DnsType.Soa, Ttl);
}
