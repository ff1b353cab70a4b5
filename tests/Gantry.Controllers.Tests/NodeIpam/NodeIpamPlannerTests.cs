using System.Net;
using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.NodeIpam;

namespace Gantry.Controllers.Tests.NodeIpam;

public sealed class NodeIpamPlannerTests
{
    private static readonly PodRanges Ranges = new([IPNetwork.Parse("10.42.0.0/16")]);

    [Fact]
    public void Each_node_gets_the_next_free_block() =>
        Assert.Equal(["a 10.42.1.0/24", "b 10.42.3.0/24"], Plan(Ranges, Node("x", "10.42.0.0/24"), Node("y", "10.42.2.0/24"), Node("a"), Node("b")));

    [Fact]
    public void A_block_of_another_size_is_not_given_out_again() =>
        Assert.Equal(["a 10.42.4.0/24"], Plan(Ranges, Node("x", "10.42.0.0/22"), Node("a")));

    [Fact]
    public void Both_families_are_given_when_both_are_in_use() =>
        Assert.Equal(["a 10.42.0.0/24 fd00:42::/64"], Plan(new PodRanges([IPNetwork.Parse("10.42.0.0/16"), IPNetwork.Parse("fd00:42::/56")]), Node("a")));

    [Fact]
    public void When_the_range_is_used_up_users_are_told()
    {
        var plan = NodeIpamPlanner.Plan([Node("a"), Node("b")], new PodRanges([IPNetwork.Parse("10.42.0.0/24")]));
        Assert.IsType<Patch<V1Node>>(plan[0]);
        Assert.Equal("CIDRNotAvailable", Assert.IsType<Tell>(plan[1]).Reason);
    }

    [Fact]
    public void No_two_nodes_ever_share_an_address()
    {
        var nodes = Enumerable.Range(0, 256).Select(i => Node($"n{i:000}")).ToArray();
        var blocks = Plan(Ranges, nodes).Select(p => p.Split(' ')[1]).ToList();
        Assert.Equal(256, blocks.Distinct().Count());
    }

    private static V1Node Node(string name, params string[] ranges) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = name }, Spec = new V1NodeSpec { PodCIDR = ranges.FirstOrDefault() ?? "", PodCIDRs = ranges },
    };

    private static List<string> Plan(PodRanges ranges, params V1Node[] nodes) => [.. NodeIpamPlanner.Plan(nodes, ranges).Cast<Patch<V1Node>>().Select(p =>
    {
        using var json = JsonDocument.Parse(p.Body.Content);
        return $"{p.Key.Name} {string.Join(' ', json.RootElement.GetProperty("spec").GetProperty("podCIDRs").EnumerateArray())}";
    })];
}
