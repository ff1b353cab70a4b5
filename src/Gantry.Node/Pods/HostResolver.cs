namespace Gantry.Node.Pods;

/// <summary>What the machine's resolver file says.</summary>
public sealed record HostResolver(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options)
{
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
