using System.Text.Json.Nodes;
using Gantry.Server.Tests.Subresources;
using Gantry.Store;

namespace Gantry.Server.Tests.Bootstrap;

public sealed class RestartTests
{
    private const string Roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";

    [Fact]
    public async Task A_restart_mends_what_was_taken_away_and_leaves_the_rest()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        string? revision;
        await using (var first = await SubresourceServer.StartAsync(kept: store))
        {
            await first.DoAsync("DELETE", Roles + "/system:node");
            await first.DoAsync("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/cluster-admin");
            var dns = await first.DoAsync("GET", Roles + "/system:kube-dns");
            dns["rules"] = new JsonArray(JsonNode.Parse("""{"verbs":["get"],"apiGroups":["example.com"],"resources":["things"]}"""));
            await first.DoAsync("PUT", Roles + "/system:kube-dns", dns.ToJsonString());
            revision = (string?)(await first.DoAsync("GET", Roles + "/system:monitoring"))["metadata"]!["resourceVersion"];
        }

        await using var second = await SubresourceServer.StartAsync(kept: store);
        Assert.NotEmpty((await second.DoAsync("GET", Roles + "/system:node"))["rules"]!.AsArray());
        var binding = await second.DoAsync("GET", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/cluster-admin");
        Assert.Equal("system:masters", (string?)binding["subjects"]![0]!["name"]);
        var rules = (await second.DoAsync("GET", Roles + "/system:kube-dns"))["rules"]!.AsArray();
        Assert.Contains(rules, r => (string?)r!["resources"]![0] == "things");
        Assert.Contains(rules, r => (string?)r!["resources"]![0] == "endpoints");
        Assert.Equal(revision, (string?)(await second.DoAsync("GET", Roles + "/system:monitoring"))["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Addresses_given_out_before_a_restart_stay_taken()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var run = 0; run < 2; run++)
        {
            await using var server = await SubresourceServer.StartAsync(kept: store);
            var made = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => server.DoAsync("POST", "/api/v1/namespaces/default/services",
                $$$"""{"metadata":{"name":"s{{{run}}}-{{{i}}}"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""")));
            foreach (var service in made)
            {
                Assert.True(given.Add((string)service["spec"]!["clusterIP"]!));
                Assert.True(given.Add(service["spec"]!["ports"]![0]!["nodePort"]!.ToJsonString()));
            }
        }
    }
}
