using System.Net;

namespace Gantry.Network.Dns;

/// <summary>Reads the nameserver lines of a resolv.conf; the rest of the file is for programs on the node.</summary>
public static class ResolvConf
{
    /// <summary>At most three resolvers, as libc has it; <paramref name="self"/> is left out, or the server would ask itself for ever.</summary>
    public static IReadOnlyList<IPAddress> Resolvers(string text, IPAddress self)
    {
        var found = new List<IPAddress>();
        foreach (var line in text.Split('\n'))
        {
            string[] words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && IPAddress.TryParse(address, out var parsed) && !parsed.Equals(self))
            {
                found.Add(parsed);
            }
        }

        return [.. found.Take(3)];
    }
}
