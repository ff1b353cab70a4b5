namespace Gantry.Network.Dns;

/// <summary>Record types by their IANA numbers, as far as the server has to tell them apart; others pass as numbers.</summary>
public enum DnsType
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Any = 255,
}
