using System.Net;
using Gantry.Network.Facts;
using Gantry.Network.Nft;
using Gantry.Network.Tests.Services;

namespace Gantry.Network.Tests.Kernel;

/// <summary>The rules at work: real packets between namespaces.</summary>
public sealed class TrafficTests
{
    private const string ClusterAddress = "10.43.0.7";
    private const int NodePort = 30080;

    private static readonly ServiceFact Web = Scenarios.Web(new ServicePortFact("http", Transport.Tcp, 80, NodePort));
    private static readonly SliceFact BothPods = Scenarios.Slice(Scenarios.Pod("10.42.0.5"), Scenarios.Pod("10.42.0.6"));

    [KernelFact]
    public async Task A_cluster_address_reaches_all_pods_from_pods_and_from_the_node()
    {
        await using var wiring = await StartAsync(Web, BothPods);
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.5"], await GreetingsAsync(wiring.Pods[0], ClusterAddress, 80));
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.1"], await GreetingsAsync(wiring.Node, ClusterAddress, 80));
    }

    [KernelFact]
    public async Task A_cluster_address_works_between_neighbours_when_bridged_frames_are_not_filtered()
    {
        await using var wiring = await StartAsync(Web, BothPods, filteredBridge: false);
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.1"], await GreetingsAsync(wiring.Pods[0], ClusterAddress, 80));
    }

    [KernelFact]
    public async Task A_node_port_answers_on_every_address_of_the_node()
    {
        await using var wiring = await StartAsync(Web, BothPods);
        foreach (var (place, address) in new[]
        {
            (wiring.Outside, Wiring.NodeAddress), (wiring.Node, Wiring.NodeAddress), (wiring.Node, "127.0.0.1"), (wiring.Node, "127.1.2.3"), (wiring.Pods[0], Wiring.NodeAddress),
        })
        {
            Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.1"], await GreetingsAsync(place, address, NodePort));
        }
    }

    [KernelFact]
    public async Task Outside_traffic_that_must_stay_local_keeps_its_source()
    {
        var endpoints = Scenarios.Slice(Scenarios.Pod("10.42.0.5"), Scenarios.Pod("10.42.0.6", "there"));
        await using var wiring = await StartAsync(Web with { ExternalLocal = true }, endpoints);
        Assert.Equal([$"a saw {Wiring.OutsideAddress}"], await GreetingsAsync(wiring.Outside, Wiring.NodeAddress, NodePort));
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.1"], await GreetingsAsync(wiring.Node, "127.0.0.1", NodePort));
    }

    [KernelFact]
    public async Task Without_a_local_endpoint_outside_traffic_is_dropped_and_inside_traffic_is_not()
    {
        await using var wiring = await StartAsync(Web with { ExternalLocal = true }, Scenarios.Slice(Scenarios.Pod("10.42.0.5", "there")));
        Assert.Equal("silence", await Wiring.AskAsync(wiring.Outside, Wiring.NodeAddress, NodePort));
        Assert.Equal("a saw 10.42.0.1", await Wiring.AskAsync(wiring.Node, "127.0.0.1", NodePort));
    }

    [KernelFact]
    public async Task A_service_without_endpoints_refuses_at_once()
    {
        await using var wiring = await StartAsync(Web, Scenarios.Slice());
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Pods[0], ClusterAddress, 80));
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Node, ClusterAddress, 80));
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Outside, Wiring.NodeAddress, NodePort));
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Node, "127.0.0.1", NodePort));
    }

    [KernelFact]
    public async Task A_cluster_address_that_nobody_has_is_refused_and_does_not_leave_the_node()
    {
        await using var wiring = await StartAsync(Web, BothPods);
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Pods[0], "10.43.9.9", 80));
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Pods[0], ClusterAddress, 81));
        Assert.Equal("refused", await Wiring.AskAsync(wiring.Node, "10.43.9.9", 80));
    }

    [KernelFact]
    public async Task A_client_with_affinity_stays_with_its_pod()
    {
        await using var wiring = await StartAsync(Web with { Affinity = TimeSpan.FromHours(1) }, BothPods);
        Assert.Single(await GreetingsAsync(wiring.Outside, Wiring.NodeAddress, NodePort));
    }

    [KernelFact]
    public async Task A_client_with_affinity_finds_another_pod_when_its_own_goes()
    {
        await using var wiring = await WireAsync(true);
        var applier = new NftApplier(wiring.Node.Tools);
        var sticky = Web with { Affinity = TimeSpan.FromHours(1) };
        await ApplyAsync(applier, wiring, sticky, BothPods);
        var first = Assert.Single(await GreetingsAsync(wiring.Outside, Wiring.NodeAddress, NodePort));
        var other = first[0] == 'a' ? 1 : 0;
        await ApplyAsync(applier, wiring, sticky, Scenarios.Slice(Scenarios.Pod(Wiring.PodAddresses[other])));
        Assert.NotEqual(first, Assert.Single(await GreetingsAsync(wiring.Outside, Wiring.NodeAddress, NodePort)));
    }

    [KernelFact]
    public async Task Neighbours_cannot_use_the_open_road_to_loopback_or_to_our_resolver()
    {
        await using var wiring = await StartAsync(Web, BothPods);
        wiring.Serve(wiring.Node, "secret", 7777, "127.0.0.1");
        wiring.Serve(wiring.Node, "names", 53, "10.43.0.10");
        await wiring.Pods[0].Tools.RequireAsync(["ip", "route", "add", "127.0.0.2", "via", "10.42.0.1"], default);
        Assert.NotEqual("secret", (await Wiring.AskAsync(wiring.Pods[0], "127.0.0.2", 7777)).Split(' ')[0]);
        Assert.Equal("silence", await Wiring.AskAsync(wiring.Outside, "10.43.0.10", 53));
        Assert.Equal("names saw 10.42.0.5", await Wiring.AskAsync(wiring.Pods[0], "10.43.0.10", 53));
        Assert.StartsWith("names saw", await Wiring.AskAsync(wiring.Node, "10.43.0.10", 53), StringComparison.Ordinal);
    }

    [KernelFact]
    public async Task Pods_reach_the_outside_under_the_address_of_the_node_and_each_other_under_their_own()
    {
        await using var wiring = await StartAsync(Web, BothPods);
        wiring.Serve(wiring.Outside, "far", 9000);
        Assert.Equal($"far saw {Wiring.NodeAddress}", await Wiring.AskAsync(wiring.Pods[0], Wiring.OutsideAddress, 9000));
        Assert.Equal("b saw 10.42.0.5", await Wiring.AskAsync(wiring.Pods[0], "10.42.0.6", 8080));
    }

    [KernelFact]
    public async Task Two_clusters_on_one_machine_do_not_disturb_each_other()
    {
        await using var wiring = await StartAsync(Web, BothPods);
        var second = Scenarios.Options with
        {
            Name = "second",
            Bridge = "second0",
            PodRanges = [IPNetwork.Parse("10.52.0.0/16")],
            ServiceRanges = [IPNetwork.Parse("10.53.0.0/16")],
            DnsAddress = IPAddress.Parse("10.53.0.10"),
        };
        Assert.Empty(second.Check());
        await new Gantry.Network.Host.HostSetup(second, wiring.Node.Tools).DoAsync(default);
        var service = Web with { ClusterAddresses = [IPAddress.Parse("10.53.0.7")], Ports = [new("http", Transport.Tcp, 80, 31080)] };
        await ApplyAsync(new(wiring.Node.Tools), wiring, service, BothPods, second);
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.1"], await GreetingsAsync(wiring.Node, "10.53.0.7", 80));
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.5"], await GreetingsAsync(wiring.Pods[0], ClusterAddress, 80));
        await NetworkAgent.RemoveAsync(second, wiring.Node.Tools, default);
        Assert.Equal(["a saw 10.42.0.1", "b saw 10.42.0.1"], await GreetingsAsync(wiring.Outside, Wiring.NodeAddress, NodePort));
        Assert.DoesNotContain("second", await wiring.Node.Tools.RequireAsync(["ip", "link"], default), StringComparison.Ordinal);
    }

    private static async Task<Wiring> StartAsync(ServiceFact service, SliceFact slice, bool filteredBridge = true)
    {
        var wiring = await WireAsync(filteredBridge);
        await ApplyAsync(new(wiring.Node.Tools), wiring, service, slice);
        return wiring;
    }

    private static async Task<Wiring> WireAsync(bool filteredBridge)
    {
        var wiring = await Wiring.CreateAsync(filteredBridge);
        wiring.Serve(wiring.Pods[0], "a", 8080);
        wiring.Serve(wiring.Pods[1], "b", 8080);
        return wiring;
    }

    private static async Task ApplyAsync(NftApplier applier, Wiring wiring, ServiceFact service, SliceFact slice, NetworkOptions? options = null)
    {
        var result = await applier.ApplyAsync(Scenarios.Program(options ?? wiring.Options, [service], [slice]), default);
        Assert.True(result is ApplyResult.Applied, (result as ApplyResult.Failed)?.Reason);
    }

    /// <summary>The different greetings that 24 connections get; the odds that one of two pods is missed are one in eight million.</summary>
    private static async Task<IEnumerable<string>> GreetingsAsync(TestNamespace place, string address, int port)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 24; i++)
        {
            seen.Add(await Wiring.AskAsync(place, address, port));
        }

        return seen;
    }
}
