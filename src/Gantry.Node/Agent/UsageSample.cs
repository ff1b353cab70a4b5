namespace Gantry.Node.Agent;

/// <summary>What something uses of processor and memory.</summary>
/// <param name="Time">When it was measured.</param>
/// <param name="CpuNanoseconds">Processor time since its start.</param>
/// <param name="CpuNanocores">Processor time per second lately, in billionths of a core; null before a second measurement.</param>
/// <param name="WorkingSet">Bytes that cannot be taken back without harm.</param>
public readonly record struct UsageSample(DateTimeOffset Time, ulong CpuNanoseconds, ulong? CpuNanocores, ulong WorkingSet);

/// <summary>A container's use.</summary>
public sealed record ContainerUsage(string Name, DateTimeOffset Started, UsageSample Sample);

/// <summary>A pod's containers' use; the pod's own is their sum.</summary>
public sealed record PodUsage(string Namespace, string Name, string Uid, DateTimeOffset Started, IReadOnlyList<ContainerUsage> Containers)
{
    public UsageSample Total => new(
        Containers.Max(c => c.Sample.Time),
        Containers.Aggregate(0UL, (sum, c) => sum + c.Sample.CpuNanoseconds),
        Containers.All(c => c.Sample.CpuNanocores is null) ? null : Containers.Aggregate(0UL, (sum, c) => sum + (c.Sample.CpuNanocores ?? 0)),
        Containers.Aggregate(0UL, (sum, c) => sum + c.Sample.WorkingSet));
}

/// <summary>A file system's bytes: all, those that anybody may take, those taken. Some are kept back for root, so the last two do not add up to the first.</summary>
public readonly record struct DiskUsage(long Capacity, long Available, long Used);

/// <summary>The machine and its pods at one moment.</summary>
/// <param name="MemoryAvailable">Bytes that could be given out without swapping.</param>
public sealed record NodeUsageReport(
    string Node, DateTimeOffset Booted, UsageSample Machine, ulong MemoryAvailable, DiskUsage Disk, IReadOnlyList<PodUsage> Pods);
