using System.Net;
using System.Net.Sockets;

namespace Gantry.Network;

/// <summary>
/// How the network of one cluster is laid out on one node. Two clusters on a machine differ in <see cref="Name"/> and in both ranges.
/// </summary>
public sealed record NetworkOptions
{
    /// <summary>Names the nftables table and, with a suffix, the interface; Linux allows 15 characters for the latter.</summary>
    public string Name { get; init; } = "gantry";

    public required string NodeName { get; init; }

    /// <summary>The bridge that pods hang on; the same name as in the CNI configuration.</summary>
    public string Bridge { get; init; } = "gantry0";

    /// <summary>The addresses of the pods of the whole cluster, at most one range a family.</summary>
    public IReadOnlyList<IPNetwork> PodRanges { get; init; } = [IPNetwork.Parse("10.42.0.0/16")];

    /// <summary>The virtual addresses of Services, at most one range a family; its families are those that rules are made for.</summary>
    public IReadOnlyList<IPNetwork> ServiceRanges { get; init; } = [IPNetwork.Parse("10.43.0.0/16")];

    /// <summary>Where pods ask for names; answered by this node itself, from an address on an interface of its own.</summary>
    public IPAddress DnsAddress { get; init; } = IPAddress.Parse("10.43.0.10");

    /// <summary>Port of the DNS server at <see cref="DnsAddress"/>; only tests have a reason to change it.</summary>
    public int DnsPort { get; init; } = 53;

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>
    /// The bit of the packet mark that asks for masquerading. Kubernetes' own programs use 0x4000 and 0x8000, CNI's portmap 0x2000;
    /// none of them is in the way of this one.
    /// </summary>
    public uint MasqueradeBit { get; init; } = 0x0010_0000;

    /// <summary>
    /// True when conntrack sees frames that stay inside the bridge (bridge-nf-call-iptables). If it does not, the answers of a pod to its
    /// neighbour would bypass the translation, so pod-to-Service traffic that stays on the bridge is masqueraded, at the price of its source address.
    /// </summary>
    public bool BridgeIsFiltered { get; init; } = true;

    /// <summary>The file that names the resolvers for everything outside the cluster.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    public string Table => Name;

    /// <summary>The interface that carries <see cref="DnsAddress"/> and the route to the service ranges.</summary>
    public string ServiceInterface => $"{Name}-svc";

    public IEnumerable<Problem> Check()
    {
        if (Name.Length is 0 or > 11 || !char.IsAsciiLetterLower(Name[0]) || !Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return new("network.name", "must be 1 to 11 lower-case letters, digits and '-', and start with a letter");
        }

        if (Bridge.Length is 0 or > 15 || Bridge.Any(c => c is '/' or '"' || char.IsWhiteSpace(c)))
        {
            yield return new("network.bridge", "must be an interface name of 1 to 15 characters");
        }

        foreach (var (path, ranges) in new[] { ("network.podRanges", PodRanges), ("network.serviceRanges", ServiceRanges) })
        {
            if (ranges.Count is 0 or > 2 || ranges.Select(r => r.BaseAddress.AddressFamily).Distinct().Count() != ranges.Count)
            {
                yield return new(path, "must be one IPv4 range, one IPv6 range, or one of each");
            }
        }

        if (!ServiceRanges.Any(range => range.Contains(DnsAddress)))
        {
            yield return new("network.dnsAddress", "must lie in a service range");
        }

        if (DnsPort is < 1 or > 65535)
        {
            yield return new("network.dnsPort", "must be 1 to 65535");
        }

        if (uint.PopCount(MasqueradeBit) != 1)
        {
            yield return new("network.masqueradeBit", "must be a single bit");
        }
    }

    /// <summary>The families that have a service range, IPv4 first.</summary>
    public IEnumerable<AddressFamily> Families() =>
        ServiceRanges.Select(r => r.BaseAddress.AddressFamily).Distinct().OrderBy(f => f == AddressFamily.InterNetwork ? 0 : 1);
}
