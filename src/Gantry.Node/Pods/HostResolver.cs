namespace Gantry.Node.Pods;

/// <summary>What the machine's resolver file says.</summary>
public sealed record HostResolver(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options)
{
    private const string Systemd = "/run/systemd/resolve/resolv.conf";

    /// <summary>
    /// Reads the machine's file; one that is not there says nothing. Where it names only a server on the machine's own loopback, which pods
    /// do not reach, the file that systemd keeps of the servers behind it is read instead.
    /// </summary>
    public static HostResolver Read(string path)
    {
        var host = File.Exists(path) ? Parse(File.ReadLines(path)) : new HostResolver([], [], []);
        return host.OnlyLocal && File.Exists(Systemd) ? Parse(File.ReadLines(Systemd)) : host;
    }

    public bool OnlyLocal => Servers.Count > 0 && Servers.All(s => System.Net.IPAddress.TryParse(s, out var address) && System.Net.IPAddress.IsLoopback(address));

    public static HostResolver Parse(IEnumerable<string> lines)
    {
        List<string> servers = [], searches = [], options = [];
        foreach (var line in lines)
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
            {
                continue;
            }

            switch (words[0])
            {
                case "nameserver":
                    servers.Add(words[1]);
                    break;
                case "search":
                    // The last line counts, as in the C library.
                    searches = [.. words[1..].Where(w => w != ".").Select(w => w.TrimEnd('.'))];
                    break;
                case "options":
                    options = [.. words[1..]];
                    break;
            }
        }

        return new HostResolver(servers, searches, options);
    }
}
