namespace Gantry.Network.Dns;

/// <summary>What the bytes of a request turned out to be.</summary>
public abstract record DnsParse
{
    private DnsParse()
    {
    }

    public sealed record Query(DnsQuery Value) : DnsParse;

    /// <summary>Understood well enough to be answered with an error code.</summary>
    public sealed record Faulty(ushort Id, bool RecursionDesired, DnsCode Code) : DnsParse;

    /// <summary>Not a request at all (too short, or itself a response): answering could start a loop between two servers.</summary>
    public sealed record Ignored : DnsParse;
}
