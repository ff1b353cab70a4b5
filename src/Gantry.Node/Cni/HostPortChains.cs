namespace Gantry.Node.Cni;

/// <summary>
/// The chains that CNI's portmap plugin shares among everybody who uses it on a machine. It makes them when they are wanted and never takes
/// them away.
/// </summary>
public static class HostPortChains
{
    private const string Shared = "CNI-HOSTPORT-";

    /// <summary>What <c>iptables-restore --noflush</c> is to be given so that the chains go; empty when there are none, or somebody maps a port.</summary>
    /// <param name="saved">The nat table as <c>iptables-save</c> prints it.</param>
    public static string Removal(string saved)
    {
        var lines = saved.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var chains = lines.Where(l => l.StartsWith(":" + Shared, StringComparison.Ordinal)).Select(l => l[1..l.IndexOf(' ', StringComparison.Ordinal)]).ToList();
        var rules = lines.Where(l => l.StartsWith("-A ", StringComparison.Ordinal)).ToList();
        if (chains.Count == 0 || rules.Any(r => r.StartsWith($"-A {Shared}DNAT ", StringComparison.Ordinal)))
        {
            return "";
        }

        var jumps = rules.Where(r => chains.Any(c => r.EndsWith(" -j " + c, StringComparison.Ordinal))).Select(r => "-D " + r[3..]);
        return string.Join('\n', ["*nat", .. jumps, .. chains.Select(c => "-F " + c), .. chains.Select(c => "-X " + c), "COMMIT", ""]);
    }
}
