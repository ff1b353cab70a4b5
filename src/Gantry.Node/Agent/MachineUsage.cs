using System.Globalization;

namespace Gantry.Node.Agent;

/// <summary>The whole machine's use, from /proc.</summary>
internal readonly record struct MachineUsage(DateTimeOffset Booted, ulong CpuNanoseconds, ulong WorkingSet, ulong MemoryAvailable)
{
    // The kernel reports processor time in hundredths of a second on every common architecture.
    private const ulong NanosecondsPerTick = 10_000_000;

    public static MachineUsage Read() => Parse(File.ReadLines("/proc/stat"), File.ReadLines("/proc/meminfo"));

    public static MachineUsage Parse(IEnumerable<string> stat, IEnumerable<string> memory)
    {
        var (busy, booted) = (0UL, 0L);
        foreach (var words in stat.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 1))
        {
            if (words[0] == "cpu" && words.Length >= 9)
            {
                // user nice system idle iowait irq softirq steal: all but the two kinds of waiting and what other machines took.
                busy = Number(words[1]) + Number(words[2]) + Number(words[3]) + Number(words[6]) + Number(words[7]);
            }
            else if (words[0] == "btime")
            {
                booted = (long)Number(words[1]);
            }
        }

        var sizes = memory.Select(l => l.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length > 1).ToDictionary(w => w[0], w => Number(w[1]) * 1024, StringComparer.Ordinal);
        var available = sizes.GetValueOrDefault("MemAvailable");
        // What is neither free nor idle file cache.
        var workingSet = sizes.GetValueOrDefault("MemTotal") - sizes.GetValueOrDefault("MemFree") - Math.Min(sizes.GetValueOrDefault("Inactive(file)"), sizes.GetValueOrDefault("Cached"));
        return new MachineUsage(DateTimeOffset.FromUnixTimeSeconds(booted), busy * NanosecondsPerTick, workingSet, available);
    }

    private static ulong Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
