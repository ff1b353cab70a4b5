using System.Net;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Services;

namespace Gantry.Server.Tests.Services;

public sealed class ServiceAllocatorTests
{
    private readonly StoredServices _stored = new();
    private readonly ServiceAllocator _allocator;

    public ServiceAllocatorTests() => _allocator = Allocator("10.96.0.0/24");

    [Fact]
    public void A_service_gets_an_address_of_the_upper_part_and_one_family()
    {
        var spec = Create("a", """{"type":"ClusterIP","ports":[{"port":80}]}""");
        var address = IPAddress.Parse(spec.Text("clusterIP")!);
        Assert.InRange(address.GetAddressBytes()[3], 17, 254);
        Assert.Equal($$"""["{{address}}"]""", spec["clusterIPs"]!.ToString());
        Assert.Equal("SingleStack", spec.Text("ipFamilyPolicy"));
        Assert.Equal("""["IPv4"]""", spec["ipFamilies"]!.ToString());
    }

    [Fact]
    public void An_address_is_given_out_once()
    {
        var asked = """{"type":"ClusterIP","clusterIP":"10.96.0.10","ports":[{"port":80}]}""";
        Create("a", asked);
        Assert.Equal(
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: []string{\"10.96.0.10\"}: failed to allocate IP 10.96.0.10: provided IP is already allocated",
            Refused("b", asked));
        _stored.Remove("a");
        Assert.Equal("10.96.0.10", Create("b", asked).Text("clusterIP"));
    }

    [Fact]
    public void An_address_of_a_write_under_way_is_taken_until_the_write_fails()
    {
        var asked = """{"type":"ClusterIP","clusterIP":"10.96.0.10","ports":[{"port":80}]}""";
        using (var first = _allocator.Prepare(Service("a", asked), null))
        {
            Assert.Null(first.Refusal);
            Assert.Contains("already allocated", Refused("b", asked), StringComparison.Ordinal);
        }

        using var second = _allocator.Prepare(Service("b", asked), null);
        Assert.Null(second.Refusal);
    }

    [Fact]
    public void An_address_that_was_written_stays_taken_until_the_caches_show_it()
    {
        var asked = """{"type":"ClusterIP","clusterIP":"10.96.0.10","ports":[{"port":80}]}""";
        using (var first = _allocator.Prepare(Service("a", asked), null))
        {
            first.Commit(_stored.Revision + 1);
        }

        Assert.Contains("already allocated", Refused("b", asked), StringComparison.Ordinal);
        // The revision goes by and the service is not there: it was deleted again.
        _stored.Remove("a");
        using var later = _allocator.Prepare(Service("b", asked), null);
        Assert.Null(later.Refusal);
    }

    [Fact]
    public void Addresses_outside_the_range_are_refused() => Assert.Equal(
        "Service \"a\" is invalid: spec.clusterIPs: Invalid value: []string{\"10.1.1.1\"}: failed to allocate IP 10.1.1.1: "
        + "the provided IP (10.1.1.1) is not in the valid range. The range of valid IPs is 10.96.0.0/24",
        Refused("a", """{"type":"ClusterIP","clusterIP":"10.1.1.1","ports":[{"port":80}]}"""));

    [Fact]
    public void Every_address_of_a_range_can_be_given_out_and_none_twice()
    {
        var allocator = Allocator("10.96.0.0/28");
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 14; i++)
        {
            Assert.True(given.Add(Create("s" + i, """{"type":"ClusterIP","ports":[{"port":80}]}""", allocator).Text("clusterIP")!));
        }

        using var full = allocator.Prepare(Service("one-more", """{"type":"ClusterIP","ports":[{"port":80}]}"""), null);
        Assert.Equal("Internal error occurred: failed to allocate a serviceIP: range is full", full.Refusal!.Message);
    }

    [Fact]
    public void Node_ports_are_checked_chosen_and_shared_between_protocols()
    {
        Assert.Equal(
            "Service \"a\" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767",
            Refused("a", """{"type":"NodePort","ports":[{"port":80,"nodePort":80}]}"""));
        var spec = Create("a", """{"type":"NodePort","ports":[{"name":"t","port":53,"protocol":"TCP"},{"name":"u","port":53,"protocol":"UDP"},{"name":"x","port":80}]}""");
        var ports = spec.List("ports")!.Cast<TreeMap>().Select(p => ((TreeInteger)p["nodePort"]!).Value).ToList();
        Assert.Equal(ports[0], ports[1]);
        Assert.NotEqual(ports[0], ports[2]);
        Assert.All(ports, p => Assert.InRange(p, 30_086, 32_767));
        Assert.Contains("provided port is already allocated", Refused("b", $$"""{"type":"NodePort","ports":[{"port":80,"nodePort":{{ports[0]}}}]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_that_names_neither_address_nor_ports_keeps_them()
    {
        var made = Create("a", """{"type":"NodePort","ports":[{"name":"x","port":80}]}""");
        var now = Update("a", """{"type":"NodePort","ports":[{"name":"x","port":81}]}""");
        Assert.Equal(made.Text("clusterIP"), now.Text("clusterIP"));
        Assert.Equal(made.List("ports")![0] is TreeMap p ? p["nodePort"] : null, ((TreeMap)now.List("ports")![0])["nodePort"]);
    }

    [Fact]
    public void A_service_that_becomes_a_name_gives_everything_back()
    {
        var made = Create("a", """{"type":"NodePort","externalTrafficPolicy":"Cluster","ports":[{"port":80,"nodePort":30001}]}""");
        var changed = (TreeMap)made.DeepClone();
        changed["type"] = "ExternalName";
        changed["externalName"] = "example.com";
        var now = Update("a", changed.ToString());
        foreach (var key in (string[])["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "externalTrafficPolicy"])
        {
            Assert.False(now.Contains(key), key);
        }

        Assert.False(((TreeMap)now.List("ports")![0]).Contains("nodePort"));
        Assert.Equal(made.Text("clusterIP"), Create("b", $$"""{"type":"ClusterIP","clusterIP":"{{made.Text("clusterIP")}}","ports":[{"port":80}]}""").Text("clusterIP"));
    }

    [Fact]
    public void A_service_that_stops_being_a_node_port_loses_the_ports_that_the_client_sent_back_unchanged()
    {
        var made = (TreeMap)Create("a", """{"type":"NodePort","ports":[{"port":80}]}""").DeepClone();
        made["type"] = "ClusterIP";
        Assert.False(((TreeMap)Update("a", made.ToString()).List("ports")![0]).Contains("nodePort"));
    }

    [Fact]
    public void Local_balancers_get_a_health_check_port()
    {
        var spec = Create("a", """{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":80}]}""");
        Assert.InRange(((TreeInteger)spec["healthCheckNodePort"]!).Value, 30_000, 32_767);
    }

    [Fact]
    public void Headless_services_get_no_address()
    {
        var spec = Create("a", """{"type":"ClusterIP","clusterIP":"None","selector":{"a":"b"},"ports":[{"port":80}]}""");
        Assert.Equal("""["None"]""", spec["clusterIPs"]!.ToString());
        Assert.Equal("SingleStack", spec.Text("ipFamilyPolicy"));
        Assert.Equal("""["IPv4","IPv6"]""", Create("b", """{"type":"ClusterIP","clusterIP":"None"}""")["ipFamilies"]!.ToString());
    }

    [Fact]
    public void Two_families_need_a_cluster_that_has_them()
    {
        Assert.Equal(
            "Service \"a\" is invalid: spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services",
            Refused("a", """{"type":"ClusterIP","ipFamilyPolicy":"RequireDualStack","ports":[{"port":80}]}"""));
        var dual = Allocator("10.96.0.0/24", "fd00::/112");
        var spec = Create("a", """{"type":"ClusterIP","ipFamilyPolicy":"PreferDualStack","ports":[{"port":80}]}""", dual);
        Assert.Equal("""["IPv4","IPv6"]""", spec["ipFamilies"]!.ToString());
        Assert.StartsWith("fd00::", ((TreeString)spec.List("clusterIPs")![1]).Value, StringComparison.Ordinal);
        var single = (TreeMap)spec.DeepClone();
        single["ipFamilyPolicy"] = "SingleStack";
        Assert.Single(Update("a", single.ToString(), dual).List("clusterIPs")!);
    }

    private ServiceAllocator Allocator(params string[] ranges) =>
        new(_stored, () => _stored.Revision, new ServiceRanges { Addresses = [.. ranges.Select(IPNetwork.Parse)] }, new Random(7));

    private TreeMap Create(string name, string spec, ServiceAllocator? allocator = null) => Write(Service(name, spec), null, allocator);

    private TreeMap Update(string name, string spec, ServiceAllocator? allocator = null) => Write(Service(name, spec), _stored.Get<V1Service>("", name), allocator);

    private TreeMap Write(TreeMap service, V1Service? old, ServiceAllocator? allocator)
    {
        using var allocation = (allocator ?? _allocator).Prepare(service, old);
        Assert.Null(allocation.Refusal);
        allocation.Commit(_stored.Revision + 1);
        _stored.Put(service);
        return service.Map("spec")!;
    }

    private string Refused(string name, string spec)
    {
        using var allocation = _allocator.Prepare(Service(name, spec), null);
        Assert.NotNull(allocation.Refusal);
        return allocation.Refusal.Message;
    }

    private static TreeMap Service(string name, string spec) => (TreeMap)TreeJson.Parse(
        $$"""{"kind":"Service","apiVersion":"v1","metadata":{"name":"{{name}}"},"spec":{{spec}}}""");
}
