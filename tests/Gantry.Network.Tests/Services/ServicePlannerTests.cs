using System.Net;
using System.Net.Sockets;
using Gantry.Network.Facts;
using Gantry.Network.Services;

namespace Gantry.Network.Tests.Services;

public sealed class ServicePlannerTests
{
    private static readonly ServicePortFact Http = new("http", Transport.Tcp, 80);

    [Fact]
    public void A_headless_service_makes_no_rules()
    {
        var service = Scenarios.Web(Http) with { ClusterAddresses = [] };
        Assert.Same(ServiceRules.None, ServicePlanner.Plan(service, [Scenarios.Slice(Scenarios.Pod("10.42.0.5"))], Scenarios.Options));
    }

    [Fact]
    public void An_external_name_makes_no_rules()
    {
        var service = Scenarios.Web(Http) with { ExternalName = "example.com" };
        Assert.Same(ServiceRules.None, ServicePlanner.Plan(service, [], Scenarios.Options));
    }

    [Fact]
    public void The_address_the_node_answers_names_at_is_neither_translated_nor_refused()
    {
        var service = Scenarios.Web(new ServicePortFact("dns", Transport.Udp, 53)) with { ClusterAddresses = [Scenarios.Options.DnsAddress] };
        Assert.Empty(ServicePlanner.Plan(service, [], Scenarios.Options).Elements);
    }

    [Fact]
    public void Unready_endpoints_get_nothing_while_a_ready_one_exists()
    {
        var slice = Scenarios.Slice(Scenarios.Pod("10.42.0.5") with { Ready = false }, Scenarios.Pod("10.42.0.6"));
        Assert.Equal(["10.42.0.6"], Chosen(slice));
    }

    [Fact]
    public void Terminating_endpoints_that_still_serve_stand_in_when_none_is_ready()
    {
        var slice = Scenarios.Slice(
            Scenarios.Pod("10.42.0.5") with { Ready = false, Terminating = true },
            Scenarios.Pod("10.42.0.6") with { Ready = false, Terminating = true, Serving = false },
            Scenarios.Pod("10.42.0.7") with { Ready = false, Serving = false });
        Assert.Equal(["10.42.0.5"], Chosen(slice));
    }

    [Fact]
    public void Only_slice_ports_of_the_same_name_and_transport_serve_a_port()
    {
        var slice = Scenarios.Slice(Scenarios.Pod("10.42.0.5")) with { Ports = [new("http", Transport.Udp, 1), new("other", Transport.Tcp, 2)] };
        Assert.Empty(Chosen(slice));
    }

    [Fact]
    public void An_endpoint_in_two_slices_counts_once() =>
        Assert.Equal(["10.42.0.5"], Chosen(Scenarios.Slice(Scenarios.Pod("10.42.0.5")), Scenarios.Slice(Scenarios.Pod("10.42.0.5"))));

    [Fact]
    public void Two_services_that_want_one_external_address_do_not_break_the_program()
    {
        var first = Scenarios.Web(Http) with { ExternalAddresses = [IPAddress.Parse("198.51.100.7")] };
        var second = first with { Name = new("default", "wiki"), ClusterAddresses = [IPAddress.Parse("10.43.0.8")] };
        var slice = Scenarios.Slice(Scenarios.Pod("10.42.0.5"));
        var program = Scenarios.Program(Scenarios.Options, [second, first], [slice, slice with { Service = second.Name }]);
        Assert.Equal("goto ext/default/web/tcp/80", program.Sets["served"].Elements["198.51.100.7 . tcp . 80"]);
    }

    [Fact]
    public void Every_verdict_leads_to_a_chain_that_exists()
    {
        foreach (var name in Scenarios.All.Keys)
        {
            var program = Scenarios.Program(name);
            var targets = program.Sets.Values.SelectMany(s => s.Elements.Values).Where(v => v.Contains(' ', StringComparison.Ordinal)).Select(v => v.Split(' ')[1]);
            Assert.All(targets, target => Assert.Contains(target, program.Chains.Keys));
        }
    }

    [Fact]
    public void The_default_options_are_sound_and_wrong_ones_are_named()
    {
        Assert.Empty(Scenarios.Options.Check());
        var wrong = Scenarios.Options with { Name = "Too long a name", DnsAddress = IPAddress.Loopback, MasqueradeBit = 3, PodRanges = [] };
        Assert.Equal(
            ["network.dnsAddress", "network.masqueradeBit", "network.name", "network.podRanges"],
            wrong.Check().Select(p => p.Path).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Chosen(params SliceFact[] slices) =>
        BackendChoice.Everywhere(Http, slices, AddressFamily.InterNetwork, "here").Select(b => b.Address.ToString());
}
