namespace Gantry.Network.Dns;

/// <summary>What a forwarder must know of a response it passes on as bytes: code, truncation, how many seconds it may be kept, where its TTLs stand.</summary>
public sealed record DnsResponseFacts(DnsCode Code, bool Truncated, uint KeepSeconds, IReadOnlyList<int> TtlPositions);
