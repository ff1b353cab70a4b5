using System.Text.Json.Nodes;
using Gantry.Server.Tests.Subresources;
using Gantry.Store;

namespace Gantry.Server.Tests.Aggregation;

public sealed class RegistrationTests
{
    private const string Services = "/apis/apiregistration.k8s.io/v1/apiservices";

    [Fact]
    public async Task A_start_puts_the_servers_own_registrations_right_and_leaves_those_of_others()
    {
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using (var first = await SubresourceServer.StartAsync(kept: store))
        {
            await first.DoAsync("PATCH", Services + "/v1.apps", """{"spec":{"versionPriority":7}}""", "application/merge-patch+json");
            await first.DoAsync("PATCH", Services + "/v1.batch", """{"metadata":{"labels":{"kube-aggregator.kubernetes.io/automanaged":null}},"spec":{"versionPriority":7}}""", "application/merge-patch+json");
            foreach (var (group, labels) in (IEnumerable<(string, string)>)[("left.example.com", """{"kube-aggregator.kubernetes.io/automanaged":"onstart"}"""), ("mine.example.com", "{}")])
            {
                await first.DoAsync("POST", Services, $$$"""{"metadata":{"name":"v1.{{{group}}}","labels":{{{labels}}}},"spec":{"group":"{{{group}}}","version":"v1","groupPriorityMinimum":5,"versionPriority":5}}""");
            }

            await first.DoAsync("PATCH", "/api/v1/namespaces/default/services/kubernetes", """{"spec":{"ports":[{"name":"https","port":443,"targetPort":7}]}}""", "application/merge-patch+json");
        }

        await using var second = await SubresourceServer.StartAsync(kept: store);
        Assert.Equal(15, (int)(await second.DoAsync("GET", Services + "/v1.apps"))["spec"]!["versionPriority"]!);
        Assert.Equal(7, (int)(await second.DoAsync("GET", Services + "/v1.batch"))["spec"]!["versionPriority"]!);
        Assert.Equal((404, 200), ((await second.SendAsync("GET", Services + "/v1.left.example.com")).Code, (await second.SendAsync("GET", Services + "/v1.mine.example.com")).Code));
        // Kubernetes makes this Service and never changes it again.
        Assert.Equal(7, (int)(await second.DoAsync("GET", "/api/v1/namespaces/default/services/kubernetes"))["spec"]!["ports"]![0]!["targetPort"]!);
    }

    [Fact]
    public async Task The_registration_of_a_definition_stays_as_it_is_and_discovery_says_whose_its_kinds_are()
    {
        await using var server = await SubresourceServer.StartAsync();
        await server.DoAsync("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
            {"metadata":{"name":"boxes.reg.example.com"},"spec":{"group":"reg.example.com","scope":"Namespaced","names":{"plural":"boxes","kind":"Box"},"versions":[{"name":"v1","served":true,"storage":true,
             "subresources":{"status":{},"scale":{"specReplicasPath":".spec.n","statusReplicasPath":".status.n"}},"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """);
        await server.UntilAsync(Services + "/v1.reg.example.com", o => o["spec"] is not null);
        await server.DoAsync("PATCH", Services + "/v1.reg.example.com", """{"spec":{"groupPriorityMinimum":5}}""", "application/merge-patch+json");
        await server.UntilAsync(Services + "/v1.reg.example.com", o => (int)o["spec"]!["groupPriorityMinimum"]! == 1000);

        var (_, all) = await server.SendAsync("GET", "/apis", accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        JsonNode Of(string group) => all!["items"]!.AsArray().Single(g => (string?)g!["metadata"]!["name"] == group)!["versions"]![0]!["resources"]![0]!;
        Assert.Equal("""{"group":"reg.example.com","version":"v1","kind":"Box"}""", Of("reg.example.com")["responseKind"]!.ToJsonString());
        Assert.Equal(
            ["""{"group":"reg.example.com","version":"v1","kind":"Box"}""", """{"group":"autoscaling","version":"v1","kind":"Scale"}"""],
            Of("reg.example.com")["subresources"]!.AsArray().Select(s => s!["responseKind"]!.ToJsonString()));
        Assert.Equal("""{"group":"","version":"","kind":"ControllerRevision"}""", Of("apps")["responseKind"]!.ToJsonString());
    }
}
