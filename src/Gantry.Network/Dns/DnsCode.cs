namespace Gantry.Network.Dns;

/// <summary>Response codes (RFC 1035 and 6891); the numbers are on the wire.</summary>
public enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}
