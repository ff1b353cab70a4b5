using System.Net;

namespace Gantry.Server.Certificates;

/// <summary>Where the cluster's keys live and what its serving certificate must name.</summary>
public sealed record PkiOptions
{
    /// <summary>The directory of all keys and certificates; made with mode 0700.</summary>
    public required string Directory { get; init; }

    /// <summary>The node this process runs on.</summary>
    public required string NodeName { get; init; }

    /// <summary>Further DNS names under which clients reach this server.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Addresses under which clients reach this server; loopback is always added.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The address of the <c>kubernetes</c> Service: the first of the service range.</summary>
    public IPAddress ServiceAddress { get; init; } = IPAddress.Parse("10.43.0.1");

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>How long a new authority is valid. Ten years: replacing it breaks every kubeconfig in the field.</summary>
    public TimeSpan AuthorityLifetime { get; init; } = TimeSpan.FromDays(3650);

    /// <summary>How long leaf certificates are valid. A year is what cluster tools of the field hand out.</summary>
    public TimeSpan LeafLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long before its end a leaf is replaced.</summary>
    public TimeSpan RenewBefore { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Every fault of these options, as the option's name and what is wrong with it.</summary>
    public IEnumerable<(string Option, string Fault)> Check()
    {
        if (Directory.Length == 0)
        {
            yield return ("pki.directory", "must not be empty");
        }

        if (NodeName.Length == 0)
        {
            yield return ("pki.nodeName", "must not be empty");
        }

        if (LeafLifetime <= RenewBefore)
        {
            yield return ("pki.renewBefore", "must be shorter than pki.leafLifetime");
        }

        if (AuthorityLifetime <= LeafLifetime)
        {
            yield return ("pki.authorityLifetime", "must be longer than pki.leafLifetime");
        }
    }
}
