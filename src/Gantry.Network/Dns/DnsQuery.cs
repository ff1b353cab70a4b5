namespace Gantry.Network.Dns;

/// <summary>What a client asked. <paramref name="Edns"/> is null for a client that did not say it knows EDNS0.</summary>
public sealed record DnsQuery(ushort Id, DnsName Name, DnsType Type, ushort Class, bool RecursionDesired, DnsEdns? Edns)
{
    /// <summary>Class IN; the server knows no other.</summary>
    public const ushort Internet = 1;

    /// <summary>The largest UDP answer the client takes, never below the 512 bytes every client takes.</summary>
    public int PayloadLimit => Edns is { } edns ? Math.Max((ushort)512, edns.PayloadSize) : 512;
}
