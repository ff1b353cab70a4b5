using System.Globalization;

namespace Gantry.Node.Runtime;

/// <summary>What the kernel offers and what it lets this process do, as far as containers depend on it.</summary>
public sealed record MachineFacts
{
    /// <summary>CAP_SYS_RESOURCE: without it no process may be given a lower OOM score than ours.</summary>
    public bool MayLowerOomScore { get; init; } = true;

    public bool AppArmor { get; init; }

    public bool OverlayFileSystem { get; init; } = true;

    /// <summary>The one unified hierarchy (v2) is mounted at /sys/fs/cgroup.</summary>
    public bool UnifiedCgroups { get; init; }

    private const int CapSysResource = 24;

    public static MachineFacts Read() => new()
    {
        MayLowerOomScore = HasCapability(File.ReadLines("/proc/self/status"), CapSysResource),
        AppArmor = File.Exists("/sys/module/apparmor/parameters/enabled") && File.ReadAllText("/sys/module/apparmor/parameters/enabled").StartsWith('Y')
            && File.Exists("/sbin/apparmor_parser"),
        OverlayFileSystem = File.ReadLines("/proc/filesystems").Any(l => l.EndsWith("\toverlay", StringComparison.Ordinal)),
        UnifiedCgroups = File.Exists("/sys/fs/cgroup/cgroup.controllers"),
    };

    /// <summary>Whether the effective set in the lines of a /proc/PID/status file holds the capability.</summary>
    public static bool HasCapability(IEnumerable<string> status, int capability)
    {
        var line = status.FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set)
            && (set >> capability & 1) == 1;
    }
}
