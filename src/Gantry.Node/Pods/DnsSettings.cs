using Gantry.Api.Models;
using Gantry.Node.Cri;

namespace Gantry.Node.Pods;

/// <summary>A pod's resolver file.</summary>
public static class DnsSettings
{
    // What the C library reads; the API refuses more.
    private const int MaxServers = 3;
    private const int MaxSearches = 32;

    public static DNSConfig Of(V1Pod pod, NodeOptions options, HostResolver host)
    {
        var result = new DNSConfig();
        var policy = pod.Spec.DnsPolicy;
        var ofCluster = options.ClusterDns.Count > 0 && (policy == "ClusterFirstWithHostNet" || (policy is "ClusterFirst" or "" && !pod.Spec.HostNetwork));
        if (ofCluster)
        {
            var zone = options.ClusterDomain;
            result.Servers.Add(options.ClusterDns);
            result.Searches.Add([$"{pod.Metadata.Namespace}.svc.{zone}", $"svc.{zone}", zone]);
            result.Searches.Add(host.Searches.Except(result.Searches.ToList(), StringComparer.Ordinal));
            result.Options.Add("ndots:5");
        }
        else if (policy != "None")
        {
            result.Servers.Add(host.Servers);
            result.Searches.Add(host.Searches);
            result.Options.Add(host.Options);
        }

        if (pod.Spec.DnsConfig is { } own)
        {
            Append(result.Servers, own.Nameservers);
            Append(result.Searches, own.Searches);
            foreach (var option in own.Options)
            {
                var same = result.Options.FirstOrDefault(o => o == option.Name || o.StartsWith(option.Name + ":", StringComparison.Ordinal));
                if (same is not null)
                {
                    result.Options.Remove(same);
                }

                result.Options.Add(string.IsNullOrEmpty(option.Value) ? option.Name : option.Name + ":" + option.Value);
            }
        }

        Cut(result.Servers, MaxServers);
        Cut(result.Searches, MaxSearches);
        return result;
    }

    private static void Append(Google.Protobuf.Collections.RepeatedField<string> list, IEnumerable<string> more)
    {
        foreach (var item in more.Where(m => !list.Contains(m)))
        {
            list.Add(item);
        }
    }

    private static void Cut(Google.Protobuf.Collections.RepeatedField<string> list, int length)
    {
        while (list.Count > length)
        {
            list.RemoveAt(list.Count - 1);
        }
    }
}
