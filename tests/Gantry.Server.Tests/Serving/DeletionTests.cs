using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class DeletionTests(RunningServer server)
{
    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_taken_off()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"a","finalizers":["example.com/f"]}}""");

        var deleted = await server.DeleteAsync(path + "/a");
        Assert.Equal("ConfigMap", deleted.Body.Text("kind"));
        Assert.NotNull(deleted.Metadata.Text("deletionTimestamp"));
        Assert.Equal(422, (await server.MergeAsync(path + "/a", """{"metadata":{"finalizers":["example.com/f","example.com/g"]}}""")).Code);
        Assert.Equal(200, (await server.MergeAsync(path + "/a", """{"metadata":{"finalizers":null}}""")).Code);

        Assert.Equal(404, (await server.GetAsync(path + "/a")).Code);
    }

    [Theory]
    [InlineData("Foreground", "foregroundDeletion")]
    [InlineData("Orphan", "orphan")]
    public async Task Propagation_is_a_finalizer_for_the_garbage_collector(string policy, string finalizer)
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"a"}}""");

        var deleted = await server.DeleteAsync($"{path}/a?propagationPolicy={policy}");

        Assert.Equal([new TreeString(finalizer)], deleted.Metadata.List("finalizers")!);
        Assert.Equal(422, (await server.DeleteAsync($"{path}/a?propagationPolicy=Sideways")).Code);
    }

    [Theory]
    [InlineData("/api/v1", "\"involvedObject\":{\"namespace\":\"N\"}")]
    [InlineData("/apis/events.k8s.io/v1", "\"regarding\":{\"namespace\":\"N\"},\"eventTime\":\"2024-01-01T00:00:00.000000Z\",\"reportingController\":\"example.com/c\",\"reportingInstance\":\"i\",\"action\":\"A\",\"reason\":\"R\",\"type\":\"Normal\"")]
    public async Task Nothing_depends_on_events_so_they_go_at_once(string api, string body)
    {
        var ns = await server.NamespaceAsync();
        var path = $"{api}/namespaces/{ns}/events";
        Assert.Equal(201, (await server.PostAsync(path, $$$"""{"metadata":{"name":"a"},{{{body.Replace("\"N\"", $"\"{ns}\"", StringComparison.Ordinal)}}} }""")).Code);

        Assert.Equal("Success", (await server.DeleteAsync(path + "/a?propagationPolicy=Foreground")).Body.Text("status"));
        Assert.Equal(404, (await server.GetAsync(path + "/a")).Code);
    }

    [Fact]
    public async Task A_pod_on_a_node_has_time_to_end_and_one_without_a_node_has_none()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var path = $"/api/v1/namespaces/{ns}/pods";
        await server.PostAsync(path, """{"metadata":{"name":"placed"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}""");
        await server.PostAsync(path, """{"metadata":{"name":"waiting"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        await server.PostAsync(path, """{"metadata":{"name":"negative"},"spec":{"nodeName":"n","terminationGracePeriodSeconds":-5,"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal("1", (await server.DeleteAsync(path + "/negative")).Metadata["deletionGracePeriodSeconds"]!.ToString());

        var placed = await server.DeleteAsync(path + "/placed");
        Assert.Equal("30", placed.Metadata["deletionGracePeriodSeconds"]!.ToString());
        Assert.Equal(200, (await server.DeleteAsync(path + "/waiting")).Code);
        Assert.Equal(404, (await server.GetAsync(path + "/waiting")).Code);
        var hurried = await server.DeleteAsync(path + "/placed", """{"gracePeriodSeconds":5}""");
        Assert.Equal("5", hurried.Metadata["deletionGracePeriodSeconds"]!.ToString());
        Assert.Equal("5", (await server.DeleteAsync(path + "/placed", """{"gracePeriodSeconds":20}""")).Metadata["deletionGracePeriodSeconds"]!.ToString());

        await server.DeleteAsync(path + "/placed", """{"gracePeriodSeconds":0}""");
        Assert.Equal(404, (await server.GetAsync(path + "/placed")).Code);
    }

    [Fact]
    public async Task A_pod_on_its_way_is_hurried_and_nothing_else()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var path = $"/api/v1/namespaces/{ns}/pods";
        await server.PostAsync(path, """{"metadata":{"name":"a","finalizers":["example.com/f"]},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}""");
        var first = await server.DeleteAsync(path + "/a");

        var again = await server.DeleteAsync(path + "/a?propagationPolicy=Foreground");
        Assert.Equal(first.Metadata.ToString(), again.Metadata.ToString());
        await server.SendAsync(HttpMethod.Patch, path + "/a/status", """{"status":{"phase":"Failed"}}""", "application/merge-patch+json");
        var hurried = await server.DeleteAsync(path + "/a", """{"gracePeriodSeconds":20,"propagationPolicy":"Orphan"}""");
        Assert.Equal(("20", 2), (hurried.Metadata["deletionGracePeriodSeconds"]!.ToString(), hurried.Metadata.List("finalizers")!.Count));

        var now = await server.DeleteAsync(path + "/a", """{"gracePeriodSeconds":0}""");
        var still = await server.DeleteAsync(path + "/a");
        Assert.Equal("0", still.Metadata["deletionGracePeriodSeconds"]!.ToString());
        Assert.Equal(now.Metadata.Text("deletionTimestamp"), still.Metadata.Text("deletionTimestamp"));
    }

    [Fact]
    public async Task Preconditions_protect_the_wrong_object()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var made = await server.PostAsync(path, """{"metadata":{"name":"a"}}""");

        var other = await server.DeleteAsync(path + "/a", """{"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}}""");
        Assert.Equal((409, "Conflict"), (other.Code, other.Reason));
        var own = await server.DeleteAsync(path + "/a", $$$"""{"preconditions":{"uid":"{{{made.Metadata.Text("uid")}}}"}}""");
        Assert.Equal((200, "Success"), (own.Code, own.Body.Text("status")));
    }

    [Fact]
    public async Task The_first_delete_of_a_namespace_announces_its_end_and_only_a_later_one_removes_it()
    {
        var path = "/api/v1/namespaces/" + await server.NamespaceAsync();
        var made = await server.GetAsync(path);
        made.Body["spec"] = new TreeMap();
        Assert.Equal(200, (await server.PutAsync(path + "/finalize", made.Body.ToString())).Code);

        var announced = await server.DeleteAsync(path);
        Assert.Equal("Terminating", announced.Body.Map("status")!.Text("phase"));
        Assert.Equal(200, (await server.GetAsync(path)).Code);

        Assert.Equal("Namespace", (await server.DeleteAsync(path)).Body.Text("kind"));
        Assert.Equal(404, (await server.GetAsync(path)).Code);
    }

    [Fact]
    public async Task A_namespace_that_ends_takes_no_more_orders()
    {
        var path = "/api/v1/namespaces/" + await server.NamespaceAsync();
        await server.DeleteAsync(path);
        Assert.Null((await server.DeleteAsync(path + "?propagationPolicy=Foreground")).Metadata.List("finalizers"));
    }

    [Fact]
    public async Task Preconditions_of_namespaces_are_looked_at_first_and_told_in_their_own_words()
    {
        var ns = await server.NamespaceAsync();
        var version = await server.DeleteAsync($"/api/v1/namespaces/{ns}", """{"preconditions":{"resourceVersion":"1"}}""");
        Assert.Matches($"^Operation cannot be fulfilled on namespaces \"{ns}\": Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: [0-9]+$", version.Message);

        // Nobody may delete it, but the wrong object is not asked for.
        Assert.Equal(409, (await server.DeleteAsync("/api/v1/namespaces/default", """{"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}}""")).Code);
        Assert.Equal(403, (await server.DeleteAsync("/api/v1/namespaces/default")).Code);
    }

    [Fact]
    public async Task A_namespace_stays_terminating_until_its_finalizers_are_gone()
    {
        var ns = await server.NamespaceAsync();

        var deleted = await server.DeleteAsync($"/api/v1/namespaces/{ns}");
        Assert.Equal("Terminating", deleted.Body.Map("status")!.Text("phase"));
        var late = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"late"}}""");
        Assert.Equal((403, "NamespaceTerminating"), (late.Code, late.Body.Map("details")!.List("causes")!.OfType<TreeMap>().First().Text("reason")));
        Assert.Equal(200, (await server.GetAsync($"/api/v1/namespaces/{ns}")).Code);
        Assert.Equal(403, (await server.DeleteAsync("/api/v1/namespaces/kube-system")).Code);
    }

    [Fact]
    public async Task A_collection_goes_as_far_as_its_selector_reaches()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        foreach (var name in new[] { "a", "b", "c" })
        {
            await server.PostAsync(path, $$$"""{"metadata":{"name":"{{{name}}}","labels":{"go":"{{{(name == "b" ? "no" : "yes")}}}"}} }""");
        }

        var deleted = await server.DeleteAsync(path + "?labelSelector=go%3Dyes");

        Assert.Equal(["a", "c"], deleted.ItemNames);
        Assert.Equal(["b"], (await server.GetAsync(path)).ItemNames);
    }
}
