namespace Gantry.Network.Dns;

/// <summary>The EDNS0 pseudo-record of a message: the payload its sender takes, in bytes, the version, and whether it wants DNSSEC records.</summary>
public sealed record DnsEdns(ushort PayloadSize, byte Version, bool DnssecOk);
