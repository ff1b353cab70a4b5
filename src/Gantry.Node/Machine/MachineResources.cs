using System.Globalization;
using Gantry.Api;

namespace Gantry.Node.Machine;

/// <summary>What the machine has, and how much of it pods may use.</summary>
public sealed record MachineResources
{
    public required int Processors { get; init; }

    /// <summary>Bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>Bytes of the file system that holds pods' data.</summary>
    public required long Disk { get; init; }

    public required int Pods { get; init; }

    public required bool UnifiedCgroups { get; init; }

    public IReadOnlyDictionary<string, Quantity> Capacity => new Dictionary<string, Quantity>(StringComparer.Ordinal)
    {
        ["cpu"] = Quantity.FromValue(Processors),
        ["memory"] = Quantity.FromValue(Memory, QuantityFormat.BinarySI),
        ["ephemeral-storage"] = Quantity.FromValue(Disk, QuantityFormat.BinarySI),
        ["hugepages-1Gi"] = Quantity.FromValue(0),
        ["hugepages-2Mi"] = Quantity.FromValue(0),
        ["pods"] = Quantity.FromValue(Pods),
    };

    /// <summary>Memory keeps what the eviction threshold of other nodes keeps (100 MiB), the disk a tenth.</summary>
    public IReadOnlyDictionary<string, Quantity> Allocatable => new Dictionary<string, Quantity>(Capacity, StringComparer.Ordinal)
    {
        ["memory"] = Quantity.FromValue(Math.Max(0, Memory - (100L << 20)), QuantityFormat.BinarySI),
        ["ephemeral-storage"] = Quantity.FromValue(Disk / 10 * 9),
    };

    /// <param name="directory">A folder on the file system that holds pods' data.</param>
    /// <param name="pods">Pods at most.</param>
    public static MachineResources Read(string directory, int pods)
    {
        Directory.CreateDirectory(directory);
        return new MachineResources
        {
            Processors = Environment.ProcessorCount,
            Memory = MemoryLine(File.ReadLines("/proc/meminfo"), "MemTotal:"),
            Disk = new DriveInfo(directory).TotalSize,
            Pods = pods,
            UnifiedCgroups = File.Exists("/sys/fs/cgroup/cgroup.controllers"),
        };
    }

    /// <summary>One figure of /proc/meminfo in bytes; 0 when it is not there.</summary>
    public static long MemoryLine(IEnumerable<string> lines, string name)
    {
        var line = lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0;
    }
}
