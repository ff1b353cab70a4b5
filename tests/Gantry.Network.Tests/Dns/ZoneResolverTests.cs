using System.Net;
using Gantry.Network.Dns;
using Gantry.Network.Facts;

namespace Gantry.Network.Tests.Dns;

public sealed class ZoneResolverTests
{
    private static readonly NetworkOptions Options = new() { NodeName = "here" };
    private static readonly ZoneResolver Resolver = new(Options, ns => ns is "default" or "kube-system");
    private static readonly DnsZone Zone = MakeZone();

    [Theory]
    [InlineData("web.default.svc.cluster.local", DnsType.A, "10.43.0.7")]
    [InlineData("WEB.default.SVC.cluster.local", DnsType.A, "10.43.0.7")]
    [InlineData("web.default.svc.cluster.local", DnsType.Aaaa, "fd00:43::7")]
    [InlineData("db.default.svc.cluster.local", DnsType.A, "10.42.0.5 10.42.0.6")]
    [InlineData("db-0.db.default.svc.cluster.local", DnsType.A, "10.42.0.5")]
    [InlineData("10-42-0-6.db.default.svc.cluster.local", DnsType.A, "10.42.0.6")]
    [InlineData("_http._tcp.web.default.svc.cluster.local", DnsType.Srv, "80@web.default.svc.cluster.local. 80@web.default.svc.cluster.local.")]
    [InlineData("_sql._tcp.db.default.svc.cluster.local", DnsType.Srv, "5432@db-0.db.default.svc.cluster.local. 5432@10-42-0-6.db.default.svc.cluster.local.")]
    [InlineData("7.0.43.10.in-addr.arpa", DnsType.Ptr, "web.default.svc.cluster.local.")]
    [InlineData("5.0.42.10.in-addr.arpa", DnsType.Ptr, "db-0.db.default.svc.cluster.local.")]
    [InlineData("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.4.0.0.0.0.d.f.ip6.arpa", DnsType.Ptr, "web.default.svc.cluster.local.")]
    [InlineData("1-2-3-4.default.pod.cluster.local", DnsType.A, "1.2.3.4")]
    [InlineData("dns-version.cluster.local", DnsType.Txt, "1.1.0")]
    public void Names_of_the_cluster_have_answers(string name, DnsType type, string expected)
    {
        var answer = Answer(name, type);
        Assert.Equal(DnsCode.NoError, answer.Code);
        var texts = answer.Answers.Select(Text).ToList();
        Assert.Equal(expected.Split(' ').Distinct(), texts);
    }

    [Theory]
    [InlineData("cluster.local")]
    [InlineData("svc.cluster.local")]
    [InlineData("default.svc.cluster.local")]
    [InlineData("default.pod.cluster.local")]
    [InlineData("_tcp.web.default.svc.cluster.local")]
    [InlineData("_http._tcp.web.default.svc.cluster.local")]
    [InlineData("db.default.svc.cluster.local", DnsType.Aaaa)]
    [InlineData("web.default.svc.cluster.local", DnsType.Txt)]
    [InlineData("7.0.43.10.in-addr.arpa", DnsType.A)]
    public void A_name_that_exists_without_such_a_record_has_no_data(string name, DnsType type = DnsType.A)
    {
        var answer = Answer(name, type);
        Assert.Equal((DnsCode.NoError, 0), (answer.Code, answer.Answers.Count));
        Assert.IsType<DnsRecord.Authority>(Assert.Single(answer.Authorities));
    }

    [Theory]
    [InlineData("nobody.default.svc.cluster.local")]
    [InlineData("web.nowhere.svc.cluster.local")]
    [InlineData("nowhere.svc.cluster.local")]
    [InlineData("nothing.cluster.local")]
    [InlineData("web.default.svc.cluster.local.svc.cluster.local")]
    [InlineData("nobody.db.default.svc.cluster.local")]
    [InlineData("_udp.web.default.svc.cluster.local")]
    [InlineData("_sql._udp.db.default.svc.cluster.local")]
    [InlineData("idle.default.svc.cluster.local")]
    [InlineData("1-2-3-4.nowhere.pod.cluster.local")]
    [InlineData("1-2-3.default.pod.cluster.local")]
    [InlineData("99.0.43.10.in-addr.arpa")]
    public void A_name_that_does_not_exist_is_a_name_error_for_every_type(string name)
    {
        foreach (var type in new[] { DnsType.A, DnsType.Aaaa, DnsType.Srv })
        {
            var answer = Answer(name, type);
            Assert.Equal(DnsCode.NameError, answer.Code);
            Assert.IsType<DnsRecord.Authority>(Assert.Single(answer.Authorities));
        }
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("xcluster.local")]
    [InlineData("local")]
    [InlineData("1.1.168.192.in-addr.arpa")]
    [InlineData("43.10.in-addr.arpa")]
    public void Other_names_are_for_somebody_else(string name) =>
        Assert.IsType<ZoneResult.Elsewhere>(Resolver.Resolve(Zone, DnsName.Parse(name), DnsType.A));

    [Fact]
    public void An_external_name_is_followed()
    {
        var follow = Assert.IsType<ZoneResult.Follow>(Resolver.Resolve(Zone, DnsName.Parse("far.default.svc.cluster.local"), DnsType.A));
        Assert.Equal("example.com.", follow.Alias.Target.ToString());
    }

    [Fact]
    public void Service_records_bring_the_addresses_of_their_targets_along()
    {
        var answer = Answer("_sql._tcp.db.default.svc.cluster.local", DnsType.Srv);
        Assert.Equal(["10.42.0.5", "10.42.0.6"], answer.Additional.Select(Text));
    }

    [Fact]
    public void A_service_that_goes_takes_all_its_names_along()
    {
        var zone = Zone.With(new("default", "db"), null, []).With(new("default", "web"), null, []);
        Assert.Empty(zone.NamesOf(IPAddress.Parse("10.42.0.5")));
        Assert.Empty(zone.NamesOf(IPAddress.Parse("10.43.0.7")));
        Assert.Null(zone.Find("default", "db"));
        Assert.NotNull(Zone.Find("default", "db"));
    }

    [Fact]
    public void An_endpoint_that_is_not_ready_has_no_name()
    {
        var zone = Zone.With(new("default", "db"), Headless("db"), [Slice("db", Endpoint("10.42.0.5", "db-0") with { Ready = false })]);
        var answer = Assert.IsType<ZoneResult.Answered>(Resolver.Resolve(zone, DnsName.Parse("db.default.svc.cluster.local"), DnsType.A)).Answer;
        Assert.Equal(DnsCode.NameError, answer.Code);
    }

    private static DnsAnswer Answer(string name, DnsType type) =>
        Assert.IsType<ZoneResult.Answered>(Resolver.Resolve(Zone, DnsName.Parse(name), type)).Answer;

    private static string Text(DnsRecord record) => record switch
    {
        DnsRecord.Address address => address.Value.ToString(),
        DnsRecord.Alias alias => alias.Target.ToString(),
        DnsRecord.Service service => $"{service.Port}@{service.Target}",
        DnsRecord.Text text => text.Value,
        _ => record.ToString(),
    };

    private static DnsZone MakeZone()
    {
        var web = new ServiceFact
        {
            Name = new("default", "web"),
            ClusterAddresses = [IPAddress.Parse("10.43.0.7"), IPAddress.Parse("fd00:43::7")],
            Ports = [new("http", Transport.Tcp, 80)],
        };
        var far = new ServiceFact { Name = new("default", "far"), ExternalName = "example.com" };
        return DnsZone.Empty("cluster.local")
            .With(web.Name, web, [])
            .With(far.Name, far, [])
            .With(new("default", "idle"), Headless("idle"), [])
            .With(new("default", "db"), Headless("db"), [Slice("db", Endpoint("10.42.0.5", "db-0"), Endpoint("10.42.0.6", null))]);
    }

    private static ServiceFact Headless(string name) => new() { Name = new("default", name), Ports = [new("sql", Transport.Tcp, 5432)] };

    private static SliceFact Slice(string service, params EndpointFact[] endpoints) =>
        new() { Name = new("default", $"{service}-1"), Service = new("default", service), Ports = [new("sql", Transport.Tcp, 5432)], Endpoints = endpoints };

    private static EndpointFact Endpoint(string address, string? hostname) => new() { Address = IPAddress.Parse(address), Hostname = hostname };
}
