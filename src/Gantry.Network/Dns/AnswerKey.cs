namespace Gantry.Network.Dns;

/// <summary>What makes two questions have the same answer. EDNS0 and transport are part of it, because they decide how much may be said.</summary>
public readonly record struct AnswerKey(DnsName Name, DnsType Type, ushort Class, bool Edns, bool DnssecOk, bool Tcp)
{
    public static AnswerKey Of(DnsQuery query, bool tcp) => new(query.Name, query.Type, query.Class, query.Edns is not null, query.Edns?.DnssecOk ?? false, tcp);
}
