using System.Text.RegularExpressions;
using Gantry.Network.Host;

namespace Gantry.Cli.Cluster;

/// <summary>Takes away what is mounted below folders, so that deleting them deletes nothing of anybody else's.</summary>
internal static partial class Unmount
{
    /// <exception cref="IOException">A mount is still there.</exception>
    public static async Task AllUnderAsync(IReadOnlyList<string> folders, CancellationToken stop)
    {
        var tools = new HostTools();
        foreach (var target in Targets(folders))
        {
            // lazily: a process that still looks at it must not keep the cluster from ending
            await tools.RunAsync(["umount", "-l", target], "", stop).ConfigureAwait(false);
        }

        if (Targets(folders).FirstOrDefault() is { } left)
        {
            throw new IOException($"{left} is still mounted; unmount it and run this again");
        }
    }

    // The last mounted comes off first. Spaces and the like are octal in this file.
    private static List<string> Targets(IReadOnlyList<string> folders) =>
    [
        .. File.ReadLines("/proc/self/mounts")
            .Select(line => Octal().Replace(line.Split(' ')[1], m => ((char)Convert.ToInt32(m.Value[1..], 8)).ToString()))
            .Where(target => folders.Any(f => target == f || target.StartsWith(f + "/", StringComparison.Ordinal)))
            .Reverse(),
    ];

    [GeneratedRegex(@"\\[0-7]{3}", RegexOptions.None, 1000)]
    private static partial Regex Octal();
}
