using System.Text.Json.Nodes;
using Gantry.Api.Models;
using Gantry.Server.Bootstrap;
using Gantry.Server.Tests.Subresources;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Bootstrap;

public sealed class IdentityLeaseTests
{
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_server_is_named_by_its_host_as_in_kubernetes() => Assert.Equal("apiserver-wlv32tlttr4jl3gtroqexyxapa", IdentityLease.NameOf("vm"));

    [Fact]
    public async Task A_server_tells_that_it_is_there_and_who_it_is()
    {
        await using var server = await SubresourceServer.StartAsync();
        var lease = await server.DoAsync("GET", $"{Leases}/{IdentityLease.NameOf("gantry")}");
        Assert.Equal("""{"apiserver.kubernetes.io/identity":"kube-apiserver","kubernetes.io/hostname":"gantry"}""", lease["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal(3600, (int)lease["spec"]!["leaseDurationSeconds"]!);
        Assert.StartsWith(IdentityLease.NameOf("gantry") + "_", (string)lease["spec"]!["holderIdentity"]!);
        Assert.Equal(
            """{"f:metadata":{"f:labels":{".":{},"f:apiserver.kubernetes.io/identity":{},"f:kubernetes.io/hostname":{}}},"f:spec":{"f:holderIdentity":{},"f:leaseDurationSeconds":{},"f:renewTime":{}}}""",
            lease["metadata"]!["managedFields"]![0]!["fieldsV1"]!.ToJsonString());
    }

    [Fact]
    public async Task The_sign_of_life_is_renewed_and_those_of_servers_that_are_gone_are_taken_away()
    {
        await using var server = await SubresourceServer.StartAsync();
        foreach (var (name, label, seconds) in (IEnumerable<(string, string, int)>)[("apiserver-gone", "kube-apiserver", 1), ("apiserver-slow", "kube-apiserver", 100_000), ("other", "other", 1)])
        {
            await server.DoAsync("POST", Leases, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [IdentityLease.Label] = label } },
                ["spec"] = new JsonObject { ["leaseDurationSeconds"] = seconds, ["renewTime"] = "2026-01-02T00:00:00.000000Z", ["holderIdentity"] = name },
            }.ToJsonString());
        }

        var objects = new Bootstrapper(server.Server.Objects, server.Server.Client, Options("vm"), NullLogger.Instance);
        await objects.KeepAsync(Now, default);
        var first = await server.DoAsync("GET", $"{Leases}/{IdentityLease.NameOf("vm")}");
        await objects.KeepAsync(Now.AddSeconds(10), default);
        var second = await server.DoAsync("GET", $"{Leases}/{IdentityLease.NameOf("vm")}");
        Assert.Equal(("2026-01-02T03:04:05.000000Z", "2026-01-02T03:04:15.000000Z"), ((string)first["spec"]!["renewTime"]!, (string)second["spec"]!["renewTime"]!));
        Assert.Equal((string)first["spec"]!["holderIdentity"]!, (string)second["spec"]!["holderIdentity"]!);
        foreach (var (name, code) in (IEnumerable<(string, int)>)[("apiserver-gone", 404), ("apiserver-slow", 200), ("other", 200)])
        {
            Assert.Equal((name, code), (name, (await server.SendAsync("GET", $"{Leases}/{name}")).Code));
        }
    }

    [Fact]
    public async Task Whom_to_trust_is_written_again_beside_what_others_wrote()
    {
        await using var server = await SubresourceServer.StartAsync();
        const string Map = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";
        var before = (await server.DoAsync("GET", Map))["data"]!;
        Assert.EndsWith("-----END CERTIFICATE-----\n", (string)before["client-ca-file"]!);
        await server.DoAsync("PUT", Map, """{"metadata":{"name":"extension-apiserver-authentication"},"data":{"requestheader-allowed-names":"[\"mine\"]","more":"x","client-ca-file":"no PEM"}}""");
        var objects = new Bootstrapper(
            server.Server.Objects, server.Server.Client,
            Options("") with { ClientAuthorities = server.Pki.Authority.CertificatePem, ProxyAuthorities = server.Pki.ProxyAuthority.CertificatePem },
            NullLogger.Instance);
        Assert.True(await objects.KeepAsync(Now, default) > 0);
        var after = (await server.DoAsync("GET", Map))["data"]!;
        Assert.Equal("""["mine","front-proxy-client"]""", (string)after["requestheader-allowed-names"]!);
        Assert.Null(after["more"]);
        foreach (var same in (string[])["client-ca-file", "requestheader-client-ca-file", "requestheader-group-headers"])
        {
            Assert.Equal((string)before[same]!, (string)after[same]!);
        }
    }

    private static BootstrapOptions Options(string host) => new()
    {
        AdvertiseAddress = System.Net.IPAddress.Parse("192.0.2.2"),
        AdvertisePort = 443,
        Started = Now,
        ServiceAddress = System.Net.IPAddress.Parse("10.96.0.1"),
        Host = host,
        Run = "1",
    };
}
