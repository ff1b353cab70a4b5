namespace Gantry.Node.Cni;

/// <summary>How pods are wired on this node.</summary>
public sealed record CniOptions
{
    /// <summary>This node's share of the cluster's pod addresses, as CIDR.</summary>
    public required string PodCidr { get; init; }

    /// <summary>All pods' addresses: traffic to these is never masqueraded.</summary>
    public required string ClusterCidr { get; init; }

    /// <summary>The bridge's interface name, at most 15 bytes, unique per cluster on a machine.</summary>
    public required string Bridge { get; init; }

    /// <summary>0: the kernel's default.</summary>
    public int Mtu { get; init; }

    /// <summary>Where host-local keeps its leases; under the data directory, so that two clusters never mix.</summary>
    public required string LeaseDirectory { get; init; }

    public IEnumerable<string> Check()
    {
        if (Bridge.Length is 0 or > 15)
        {
            yield return $"bridge name {Bridge} must have 1 to 15 characters";
        }

        if (!System.Net.IPNetwork.TryParse(PodCidr, out _))
        {
            yield return $"pod CIDR {PodCidr} is not valid";
        }
    }
}
