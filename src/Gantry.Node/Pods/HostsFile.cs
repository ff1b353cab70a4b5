using System.Text;
using Gantry.Api.Models;

namespace Gantry.Node.Pods;

/// <summary>The text of a pod's /etc/hosts.</summary>
public static class HostsFile
{
    /// <param name="pod">The pod.</param>
    /// <param name="addresses">Its own addresses; with the machine's network they are not used.</param>
    /// <param name="clusterDomain">The zone of full names.</param>
    /// <param name="machine">The machine's file, which a pod with the machine's network gets.</param>
    public static string Write(V1Pod pod, IReadOnlyList<string> addresses, string clusterDomain, string machine)
    {
        var text = new StringBuilder();
        if (pod.Spec.HostNetwork)
        {
            text.Append("# Kubernetes-managed hosts file (host network).\n").Append(machine);
            if (machine.Length > 0 && !machine.EndsWith('\n'))
            {
                text.Append('\n');
            }
        }
        else
        {
            text.Append("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n");
            text.Append("::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            var full = PodSpecs.FullHostname(pod, clusterDomain);
            foreach (var address in addresses)
            {
                text.Append(address).Append('\t').Append(full).Append(full.Length > 0 ? "\t" : "").Append(PodSpecs.Hostname(pod)).Append('\n');
            }
        }

        if (pod.Spec.HostAliases.Count > 0)
        {
            text.Append("\n# Entries added by HostAliases.\n");
            foreach (var alias in pod.Spec.HostAliases)
            {
                text.Append(alias.Ip).Append('\t').AppendJoin('\t', alias.Hostnames).Append('\n');
            }
        }

        return text.ToString();
    }
}
