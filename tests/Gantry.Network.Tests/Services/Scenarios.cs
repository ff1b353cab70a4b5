using System.Net;
using Gantry.Network.Facts;
using Gantry.Network.Nft;
using Gantry.Network.Services;

namespace Gantry.Network.Tests.Services;

/// <summary>Small clusters with one thing in them each, by name; every one has a golden program of the same name.</summary>
public static class Scenarios
{
    public static readonly NetworkOptions Options = new() { NodeName = "here" };

    private static readonly ServicePortFact Http = new("http", Transport.Tcp, 80);
    private static readonly ServicePortFact HttpOnNode = Http with { NodePort = 30080 };

    public static readonly IReadOnlyDictionary<string, (NetworkOptions Options, ServiceFact[] Services, SliceFact[] Slices)> All =
        new Dictionary<string, (NetworkOptions, ServiceFact[], SliceFact[])>(StringComparer.Ordinal)
        {
            ["empty"] = (Options, [], []),
            ["cluster-address"] = (Options, [Web(Http)], [Slice(Pod("10.42.0.5"), Pod("10.42.1.6", "there"))]),
            ["one-endpoint"] = (Options, [Web(Http)], [Slice(Pod("10.42.0.5"))]),
            ["no-endpoints"] = (Options, [Web(HttpOnNode)], []),
            ["node-port"] = (Options, [Web(HttpOnNode)], [Slice(Pod("10.42.0.5"))]),
            ["affinity"] = (Options, [Web(Http) with { Affinity = TimeSpan.FromHours(3) }], [Slice(Pod("10.42.0.5"), Pod("10.42.0.6"))]),
            ["external-local"] = (Options, [Web(HttpOnNode) with { ExternalLocal = true }], [Slice(Pod("10.42.0.5"), Pod("10.42.1.6", "there"))]),
            ["external-local-elsewhere"] = (Options, [Web(HttpOnNode) with { ExternalLocal = true }], [Slice(Pod("10.42.1.6", "there"))]),
            ["internal-local"] = (Options, [Web(Http) with { InternalLocal = true }], [Slice(Pod("10.42.0.5"), Pod("10.42.1.6", "there"))]),
            ["internal-local-elsewhere"] = (Options, [Web(Http) with { InternalLocal = true }], [Slice(Pod("10.42.1.6", "there"))]),
            ["balancer"] = (
                Options,
                [Web(HttpOnNode) with
                {
                    ExternalAddresses = [IPAddress.Parse("198.51.100.7")],
                    BalancerAddresses = [IPAddress.Parse("198.51.100.8")],
                    BalancerSources = [IPNetwork.Parse("203.0.113.0/24")],
                }],
                [Slice(Pod("10.42.0.5"))]),
            ["two-transports"] = (
                Options,
                [Web(new("dns", Transport.Udp, 53), new("dns-tcp", Transport.Tcp, 53))],
                [Slice(Pod("10.42.0.5")) with { Ports = [new("dns", Transport.Udp, 5353), new("dns-tcp", Transport.Tcp, 5354)] }]),
            ["two-families"] = (
                Options with
                {
                    PodRanges = [IPNetwork.Parse("10.42.0.0/16"), IPNetwork.Parse("fd00:42::/56")],
                    ServiceRanges = [IPNetwork.Parse("10.43.0.0/16"), IPNetwork.Parse("fd00:43::/112")],
                },
                [Web(HttpOnNode) with { ClusterAddresses = [IPAddress.Parse("10.43.0.7"), IPAddress.Parse("fd00:43::7")], Affinity = TimeSpan.FromSeconds(30) }],
                [Slice(Pod("10.42.0.5")), Slice(Pod("fd00:42::5"))]),
            ["unfiltered-bridge"] = (Options with { BridgeIsFiltered = false, Name = "second" }, [Web(Http)], [Slice(Pod("10.42.0.5"))]),
        };

    public static NftProgram Program(string name)
    {
        var (options, services, slices) = All[name];
        return Program(options, services, slices);
    }

    public static NftProgram Program(NetworkOptions options, IEnumerable<ServiceFact> services, IReadOnlyList<SliceFact> slices)
    {
        var plan = new NetworkPlan(options);
        foreach (var service in services)
        {
            plan.Set(service.Name, service, [.. slices.Where(s => s.Service == service.Name)]);
        }

        return plan.Program();
    }

    public static ServiceFact Web(params ServicePortFact[] ports) =>
        new() { Name = new("default", "web"), ClusterAddresses = [IPAddress.Parse("10.43.0.7")], Ports = ports };

    public static SliceFact Slice(params EndpointFact[] endpoints) =>
        new() { Name = new("default", "web-1"), Service = new("default", "web"), Ports = [new("http", Transport.Tcp, 8080)], Endpoints = endpoints };

    public static EndpointFact Pod(string address, string node = "here") => new() { Address = IPAddress.Parse(address), Node = node };
}
