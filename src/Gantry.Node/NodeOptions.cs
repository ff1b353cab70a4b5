using System.Net;

namespace Gantry.Node;

/// <summary>What a node is called, where it keeps things, and how it treats pods.</summary>
public sealed record NodeOptions
{
    /// <summary>The Node object's name: a DNS name in lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Pods' volumes and files; an absolute path that only root may enter.</summary>
    public required string PodDirectory { get; init; }

    /// <summary>Containers' logs, a folder per pod; this node's alone, since a purge deletes it.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>The machine's addresses in the cluster, the preferred one first.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>This node's share of pod addresses, which it registers with; empty: wait until the cluster gives it one.</summary>
    public string PodCidr { get; init; } = "";

    /// <summary>The DNS servers of pods that use the cluster's names; empty: none, pods get the machine's.</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The machine's resolver file, which pods with the policy Default get.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Labels and taints to register with; labels are kept as they are given at every start.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<Api.Models.V1Taint> Taints { get; init; } = [];

    /// <summary>Pods at most. The cluster's share of addresses for a node (254) allows for the usual 110 with room for those that are ending.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>The version that the node reports, in the API's numbering.</summary>
    public string Version { get; init; } = "v1.32.0";

    /// <summary>Less free memory than this, in bytes, is memory pressure. The figure other nodes evict at.</summary>
    public long MemoryReserve { get; init; } = 100L << 20;

    /// <summary>A smaller free share of the disk than this (0 to 1) is disk pressure.</summary>
    public double DiskReserve { get; init; } = 0.1;

    /// <summary>The port of this node's own endpoints (logs, exec); 0 when it has none of its own.</summary>
    public int Port { get; init; }

    /// <summary>The parent of all pods' cgroups, which must be this cluster's alone.</summary>
    public string CgroupRoot { get; init; } = "/gantry";

    /// <summary>Kernel parameters that pods may set although they may harm others; a name, or a beginning that ends in "*".</summary>
    public IReadOnlyList<string> UnsafeSysctls { get; init; } = [];

    /// <summary>Where profiles of the type Localhost lie.</summary>
    public string SeccompDirectory { get; init; } = "/var/lib/gantry/seccomp";

    /// <summary>Sandboxes and containers that are made at once; more only fight over the disk and the bridge.</summary>
    public int ParallelStarts { get; init; } = 8;

    /// <summary>Images pulled at once.</summary>
    public int ParallelPulls { get; init; } = 4;

    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How often the lease is renewed: a quarter of its time, so that three lost renewals are survived.</summary>
    public TimeSpan LeaseInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the machine is looked at.</summary>
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an unchanged status is written all the same.</summary>
    public TimeSpan StatusReportInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often dead containers and left-over folders are looked for.</summary>
    public TimeSpan GarbageInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A container's log of that many bytes is put aside and a new one begun.</summary>
    public long LogBytes { get; init; } = 10L << 20;

    /// <summary>Files kept of each container's log, the current one included.</summary>
    public int LogFiles { get; init; } = 5;

    /// <summary>How often the sizes of logs are looked at.</summary>
    public TimeSpan LogInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often volumes made of API objects are compared with them although nothing was heard: for tokens that run out.</summary>
    public TimeSpan VolumeRefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The seed of everything random in the node.</summary>
    public int Seed { get; init; }

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (Name.Length is 0 or > 253 || Name.Any(char.IsUpper))
        {
            yield return $"node.name {Name} must be a DNS name in lower case";
        }

        if (!Path.IsPathFullyQualified(PodDirectory) || !Path.IsPathFullyQualified(LogDirectory))
        {
            yield return "node.podDirectory and node.logDirectory must be absolute paths";
        }

        if (Addresses.Count == 0)
        {
            yield return "node.addresses must hold at least one address";
        }

        foreach (var address in Addresses.Concat(ClusterDns).Where(a => !IPAddress.TryParse(a, out _)))
        {
            yield return $"{address} is not an IP address";
        }

        if (PodCidr.Length > 0 && !IPNetwork.TryParse(PodCidr, out _))
        {
            yield return $"node.podCidr {PodCidr} is not valid";
        }

        if (LogBytes < 1024 || LogFiles < 2 || LogInterval <= TimeSpan.Zero)
        {
            yield return "node.logBytes must be at least 1024, node.logFiles at least 2, node.logInterval positive";
        }

        if (MaxPods < 1 || ParallelStarts < 1 || ParallelPulls < 1)
        {
            yield return "node.maxPods, node.parallelStarts and node.parallelPulls must be positive";
        }

        if (LeaseInterval <= TimeSpan.Zero || LeaseDuration <= LeaseInterval || StatusInterval <= TimeSpan.Zero || StatusReportInterval < StatusInterval
            || GarbageInterval <= TimeSpan.Zero || VolumeRefreshInterval <= TimeSpan.Zero)
        {
            yield return "node intervals must be positive, and a lease longer than its interval";
        }
    }
}
