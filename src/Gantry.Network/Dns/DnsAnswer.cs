namespace Gantry.Network.Dns;

/// <summary>What the cluster's own names answer: records, and for a negative answer the authority.</summary>
public sealed record DnsAnswer(DnsCode Code, IReadOnlyList<DnsRecord> Answers, IReadOnlyList<DnsRecord> Authorities, IReadOnlyList<DnsRecord> Additional)
{
    public static DnsAnswer Positive(IReadOnlyList<DnsRecord> answers, IReadOnlyList<DnsRecord>? additional = null) => new(DnsCode.NoError, answers, [], additional ?? []);

    public static DnsAnswer Failure(DnsCode code) => new(code, [], [], []);
}
