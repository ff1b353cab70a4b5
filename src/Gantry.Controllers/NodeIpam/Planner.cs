using System.Net;
using System.Net.Sockets;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.NodeIpam;

/// <summary>The ranges of a cluster's pods.</summary>
/// <param name="Ranges">One for each address family in use, the preferred first; empty when nodes get no ranges from here.</param>
/// <param name="Prefix4">The prefix length of a node's IPv4 block.</param>
/// <param name="Prefix6">The prefix length of a node's IPv6 block.</param>
public sealed record PodRanges(IReadOnlyList<IPNetwork> Ranges, int Prefix4 = 24, int Prefix6 = 64)
{
    public int PrefixOf(IPNetwork range) => range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? Prefix4 : Prefix6;
}

/// <summary>Gives every node blocks of addresses for its pods, which it keeps for life. Pure.</summary>
public static class NodeIpamPlanner
{
    /// <summary>The assignments for nodes that have none, the oldest node first.</summary>
    public static IReadOnlyList<Intent> Plan(IReadOnlyCollection<V1Node> nodes, PodRanges ranges)
    {
        var waiting = nodes.Where(n => n.Spec.PodCIDRs.Count == 0 && n.Metadata.DeletionTimestamp is null).ToList();
        if (waiting.Count == 0 || ranges.Ranges.Count == 0)
        {
            return [];
        }

        var pools = ranges.Ranges.Select(r => new RangePool(r, ranges.PrefixOf(r))).ToList();
        foreach (var taken in nodes.SelectMany(n => n.Spec.PodCIDRs))
        {
            if (IPNetwork.TryParse(taken, out var network))
            {
                pools.ForEach(p => p.Take(network));
            }
        }

        return [.. waiting.OrderBy(n => n.Metadata.CreationTimestamp).ThenBy(n => n.Metadata.Name, StringComparer.Ordinal).Select(n => Assign(n, pools))];
    }

    private static Intent Assign(V1Node node, List<RangePool> pools)
    {
        var blocks = pools.Select(p => p.Next()).ToList();
        if (blocks.Exists(b => b is null))
        {
            return new Tell(ObjectReferences.To(node), "Normal", "CIDRNotAvailable", $"Node {node.Metadata.Name} status is now: CIDRNotAvailable");
        }

        return new Patch<V1Node>(ObjectKey.Of(node), PatchBody.Write(PatchType.StrategicMerge, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", node.Metadata.Uid);
            json.WriteEndObject();
            json.WriteStartObject("spec");
            json.WriteString("podCIDR", blocks[0]!.Value.ToString());
            json.WriteStartArray("podCIDRs");
            foreach (var block in blocks)
            {
                json.WriteStringValue(block!.Value.ToString());
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }))
        {
            Optional = true,
        };
    }
}
