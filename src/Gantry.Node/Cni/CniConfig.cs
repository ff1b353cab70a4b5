using System.Text;
using System.Text.Json;

namespace Gantry.Node.Cni;

/// <summary>
/// The conflist that containerd's CNI reads, and the masquerade table. The bridge plugin's own ipMasq is off: it wants
/// iptables and leaves rules behind for each pod, where one nftables rule a node does.
/// </summary>
public static class CniConfig
{
    public const string FileName = "10-gantry.conflist";

    public static string Write(CniOptions options)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", "0.4.0");
            json.WriteString("name", options.Bridge);
            json.WriteStartArray("plugins");
            Bridge(json, options);
            json.WriteStartObject();
            json.WriteString("type", "portmap");
            json.WriteBoolean("snat", true);
            json.WriteStartObject("capabilities");
            json.WriteBoolean("portMappings", true);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>The nft program that (again and again with the same result) masquerades what leaves the cluster.</summary>
    public static string Masquerade(CniOptions options)
    {
        var table = Table(options);
        return $$"""
            table ip {{table}}
            delete table ip {{table}}
            table ip {{table}} {
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr {{options.PodCidr}} ip daddr != {{options.ClusterCidr}} ip daddr != 224.0.0.0/4 oifname != "{{options.Bridge}}" masquerade
              }
            }

            """;
    }

    /// <summary>The nftables table's name, which a purge deletes.</summary>
    public static string Table(CniOptions options) => "gantry_masq_" + options.Bridge.Replace('-', '_');

    private static void Bridge(Utf8JsonWriter json, CniOptions options)
    {
        json.WriteStartObject();
        json.WriteString("type", "bridge");
        json.WriteString("bridge", options.Bridge);
        json.WriteBoolean("isGateway", true);
        json.WriteBoolean("isDefaultGateway", true);
        json.WriteBoolean("ipMasq", false);
        json.WriteBoolean("hairpinMode", true);
        if (options.Mtu > 0)
        {
            json.WriteNumber("mtu", options.Mtu);
        }

        json.WriteStartObject("ipam");
        json.WriteString("type", "host-local");
        json.WriteString("dataDir", options.LeaseDirectory);
        json.WriteStartArray("ranges");
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("subnet", options.PodCidr);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
