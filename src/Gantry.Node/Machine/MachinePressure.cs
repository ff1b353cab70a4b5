using System.Globalization;

namespace Gantry.Node.Machine;

/// <summary>How close the machine is to its limits at one moment.</summary>
/// <param name="FreeMemory">Bytes that can be had without swapping.</param>
/// <param name="FreeDisk">The free share of the disk that holds pods' data, 0 to 1.</param>
/// <param name="Processes">Processes and threads, as a share of what the kernel allows.</param>
public sealed record MachinePressure(long FreeMemory, double FreeDisk, double Processes)
{
    /// <param name="directory">A folder on the file system that holds pods' data.</param>
    public static MachinePressure Read(string directory)
    {
        var drive = new DriveInfo(directory);
        return new MachinePressure(
            MachineResources.MemoryLine(File.ReadLines("/proc/meminfo"), "MemAvailable:"),
            drive.TotalSize > 0 ? (double)drive.AvailableFreeSpace / drive.TotalSize : 1,
            Threads(File.ReadAllText("/proc/loadavg"), File.ReadAllText("/proc/sys/kernel/pid_max")));
    }

    private static double Threads(string load, string limit)
    {
        // "0.1 0.2 0.3 2/345 6789": the number after the slash counts threads.
        var words = load.Split(' ');
        var parts = words.Length > 3 ? words[3].Split('/') : [];
        return parts.Length == 2 && double.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var threads)
            && double.TryParse(limit.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? threads / most : 0;
    }
}
