using Gantry.Api.Models;
using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

public sealed class Names_and_hosts
{
    private static readonly HostResolver Host = HostResolver.Parse(["# made by somebody", "nameserver 192.0.2.53", "search example.org", "search lab.example.org", "options edns0"]);

    private static readonly NodeOptions Options = new()
    {
        Name = "n", PodDirectory = "/p", LogDirectory = "/l", Addresses = ["192.0.2.1"], ClusterDns = ["10.43.0.10"], ClusterDomain = "cluster.local",
    };

    [Fact]
    public void A_pod_asks_the_cluster_first()
    {
        var dns = DnsSettings.Of(Make.Pod(Make.Container("a")), Options, Host);
        Assert.Equal(["10.43.0.10"], dns.Servers);
        Assert.Equal(["default.svc.cluster.local", "svc.cluster.local", "cluster.local", "lab.example.org"], dns.Searches);
        Assert.Equal(["ndots:5"], dns.Options);
    }

    [Fact]
    public void A_pod_with_the_machines_network_asks_as_the_machine_does()
    {
        var pod = Make.Pod(Make.Container("a"));
        var host = pod with { Spec = pod.Spec with { HostNetwork = true, DnsPolicy = "ClusterFirst" } };
        Assert.Equal(["192.0.2.53"], DnsSettings.Of(host, Options, Host).Servers);
        var cluster = host with { Spec = host.Spec with { DnsPolicy = "ClusterFirstWithHostNet" } };
        Assert.Equal(["10.43.0.10"], DnsSettings.Of(cluster, Options, Host).Servers);
    }

    [Fact]
    public void A_pods_own_settings_are_added_and_replace_options()
    {
        var pod = Make.Pod(Make.Container("a"));
        var own = new V1PodDNSConfig { Nameservers = ["192.0.2.7"], Searches = ["my.org"], Options = [new V1PodDNSConfigOption { Name = "ndots", Value = "2" }] };
        var dns = DnsSettings.Of(pod with { Spec = pod.Spec with { DnsConfig = own } }, Options, Host);
        Assert.Equal(["10.43.0.10", "192.0.2.7"], dns.Servers);
        Assert.Equal(["ndots:2"], dns.Options);
        var alone = DnsSettings.Of(pod with { Spec = pod.Spec with { DnsPolicy = "None", DnsConfig = own } }, Options, Host);
        Assert.Equal(["192.0.2.7"], alone.Servers);
        Assert.Equal(["my.org"], alone.Searches);
    }

    [Theory]
    [InlineData("nameserver 127.0.0.53", true)]
    [InlineData("nameserver 127.0.0.53\nnameserver 192.0.2.1", false)]
    [InlineData("search x", false)]
    public void A_server_on_the_loopback_alone_is_of_no_use_to_pods(string file, bool useless) => Assert.Equal(useless, HostResolver.Parse(file.Split('\n')).OnlyLocal);

    [Fact]
    public void The_hosts_file_holds_the_pod_its_subdomain_and_aliases()
    {
        var pod = Make.Pod(Make.Container("a"));
        pod = pod with { Spec = pod.Spec with { Hostname = "db", Subdomain = "data", HostAliases = [new V1HostAlias { Ip = "1.2.3.4", Hostnames = ["x", "y"] }] } };
        var text = HostsFile.Write(pod, ["10.0.0.2"], "cluster.local", "");
        Assert.StartsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n", text, StringComparison.Ordinal);
        Assert.Contains("10.0.0.2\tdb.data.default.svc.cluster.local\tdb\n", text, StringComparison.Ordinal);
        Assert.EndsWith("1.2.3.4\tx\ty\n", text, StringComparison.Ordinal);
    }
}
