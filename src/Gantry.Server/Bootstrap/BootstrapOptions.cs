using System.Net;

namespace Gantry.Server.Bootstrap;

/// <summary>Where the server tells others to find it.</summary>
public sealed record BootstrapOptions
{
    /// <summary>The address in the Endpoints of the <c>kubernetes</c> Service: one that pods can reach, not loopback.</summary>
    public required IPAddress AdvertiseAddress { get; init; }

    /// <summary>The port behind it, and the Service's target port.</summary>
    public required int AdvertisePort { get; init; }

    /// <summary>The address of the <c>kubernetes</c> Service: the first of the service range.</summary>
    public required IPAddress ServiceAddress { get; init; }

    /// <summary>When the server started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>PEM of the authorities that sign client certificates, for the servers of aggregated APIs; empty for none.</summary>
    public string ClientAuthorities { get; init; } = "";

    /// <summary>PEM of further authorities of users' certificates, which no proxy may have; empty for none.</summary>
    public string MoreClientAuthorities { get; init; } = "";

    /// <summary>PEM of the authority that vouches for the front proxy, for the same.</summary>
    public string ProxyAuthorities { get; init; } = "";

    /// <summary>What the machine is called, by which the server's own Lease is named; empty for none.</summary>
    public string Host { get; init; } = "";

    /// <summary>Tells this run of the server from others.</summary>
    public string Run { get; init; } = "";

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (AdvertisePort is < 1 or > 65_535)
        {
            yield return "the advertised port must be 1 to 65535";
        }
    }
}
