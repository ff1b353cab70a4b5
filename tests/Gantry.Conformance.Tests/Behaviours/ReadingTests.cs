using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Lists in pages, tables, the version, and what discovery says.</summary>
[Collection(SharedCluster.Name)]
public sealed class ReadingTests(SimulatedCluster cluster)
{
    private const string Aggregated = "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList";

    [Fact]
    [Trait("Conformance", "Servers with support for API chunking should return chunks of results for list calls")]
    public async Task Pages_come_in_order_and_from_one_snapshot()
    {
        var list = await TemplatesAsync(60);
        var names = new List<string>();
        var path = list + "?limit=17";
        string? revision = null;
        while (true)
        {
            var page = await cluster.GetAsync(path);
            names.AddRange(page.Names());
            revision ??= page.Version();
            Assert.Equal(revision, page.Version());
            if (page.Text("metadata.continue") is not { Length: > 0 } more)
            {
                break;
            }

            Assert.Equal(60 - names.Count, page.Number("metadata.remainingItemCount"));
            path = $"{list}?limit=17&continue={Uri.EscapeDataString(more)}";
        }

        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"template-{i:0000}"), names);
        Assert.Equal(60, (await cluster.GetAsync(list + "?resourceVersion=0")).Names().Count());
    }

    [Fact]
    [Trait("Conformance", "Servers with support for Table transformation should return a 406 for a backend which does not implement metadata")]
    public async Task A_review_has_no_table()
    {
        await cluster.RefusedAsync(406, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"spec":{"nonResourceAttributes":{"path":"/","verb":"get"}}}""", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
    }

    [Fact]
    [Trait("Conformance", "server version should find the server version")]
    public async Task The_version_is_two_numbers()
    {
        var version = await cluster.GetAsync("/version");
        Assert.Equal("1", version.Text("major"));
        Assert.Matches(new Regex("^[0-9]+$", RegexOptions.None, TimeSpan.FromSeconds(1)), version.Text("minor"));
    }

    [Fact]
    [Trait("Conformance", "Discovery should validate PreferredVersion for each APIGroup")]
    public async Task The_preferred_version_of_a_group_is_one_of_its_versions()
    {
        foreach (var group in (await cluster.GetAsync("/apis"))["groups"]!.AsArray().Select(g => g!))
        {
            var preferred = group.Text("preferredVersion.groupVersion");
            Assert.Contains(group["versions"]!.AsArray(), v => v.Text("groupVersion") == preferred);
            Assert.Equal(preferred, (await cluster.GetAsync($"/apis/{group.Text("name")}")).Text("preferredVersion.groupVersion"));
        }
    }

    [Theory]
    [InlineData("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations")]
    [InlineData("apiextensions.k8s.io", "v1", "customresourcedefinitions")]
    [InlineData("apiregistration.k8s.io", "v1", "apiservices")]
    [InlineData("apps", "v1", "deployments")]
    [InlineData("authentication.k8s.io", "v1", "tokenreviews")]
    [InlineData("authorization.k8s.io", "v1", "selfsubjectaccessreviews")]
    [InlineData("autoscaling", "v2", "horizontalpodautoscalers")]
    [InlineData("batch", "v1", "jobs")]
    [InlineData("certificates.k8s.io", "v1", "certificatesigningrequests")]
    [InlineData("coordination.k8s.io", "v1", "leases")]
    [InlineData("discovery.k8s.io", "v1", "endpointslices")]
    [InlineData("events.k8s.io", "v1", "events")]
    [InlineData("networking.k8s.io", "v1", "ingresses")]
    [InlineData("node.k8s.io", "v1", "runtimeclasses")]
    [InlineData("policy", "v1", "poddisruptionbudgets")]
    [InlineData("scheduling.k8s.io", "v1", "priorityclasses")]
    [Trait("Conformance", "Discovery should locate the groupVersion and a resource within each APIGroup")]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should include webhook resources in discovery documents")]
    public async Task A_group_its_version_and_a_resource_of_it_are_found(string group, string version, string resource)
    {
        Assert.Contains((await cluster.GetAsync("/apis"))["groups"]!.AsArray(), g => g.Text("name") == group);
        Assert.Contains((await cluster.GetAsync($"/apis/{group}"))["versions"]!.AsArray(), v => v.Text("version") == version);
        Assert.Contains((await cluster.GetAsync($"/apis/{group}/{version}"))["resources"]!.AsArray(), r => r.Text("name") == resource);
    }

    [Fact]
    [Trait("Conformance", "AggregatedDiscovery should support aggregated discovery interface")]
    [Trait("Conformance", "AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers")]
    public async Task All_groups_come_in_one_answer_to_those_who_ask_for_it()
    {
        foreach (var accept in (string[])[Aggregated, Aggregated.Replace("v=v2;", "v=v2beta1;", StringComparison.Ordinal)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
            request.Headers.Accept.ParseAdd(accept);
            using var response = await cluster.Http.SendAsync(request);
            Assert.Equal("APIGroupDiscoveryList", response.Content.Headers.ContentType!.Parameters.Single(p => p.Name == "as").Value);
            var groups = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["items"]!.AsArray();
            var plain = (await cluster.GetAsync("/apis"))["groups"]!.AsArray().Select(g => g.Text("name"));
            Assert.Superset(plain.ToHashSet(), groups.Select(g => (string?)g.Name()).ToHashSet());
            var apps = groups.Single(g => g.Name() == "apps");
            Assert.Contains(apps.At("versions.0.resources")!.AsArray(), r => r.Text("resource") == "deployments" && r.Text("responseKind.kind") == "Deployment");
        }

        var core = await cluster.DoAsync("GET", "/api", accept: Aggregated);
        Assert.Contains(core.At("items.0.versions.0.resources")!.AsArray(), r => r.Text("resource") == "pods");

        // Who does not ask gets the old form.
        Assert.Equal("APIGroupList", (await cluster.GetAsync("/apis")).Text("kind"));
    }

    [Fact]
    [Trait("Conformance", "AggregatedDiscovery should support aggregated discovery interface for CRDs")]
    [Trait("Conformance", "AggregatedDiscovery should support raw aggregated discovery request for CRDs")]
    public async Task A_custom_resource_is_in_the_one_answer()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, """{"type":"object"}""");
        var all = await cluster.DoAsync("GET", "/apis", accept: Aggregated);
        var group = all["items"]!.AsArray().Single(g => g.Name() == custom.Group);
        Assert.Equal(custom.Plural, group.Text("versions.0.resources.0.resource"));
    }

    // Tables of many names, all of the same kind.
    private async Task<string> TemplatesAsync(int count)
    {
        var list = $"/api/v1/namespaces/{await cluster.NamespaceAsync()}/podtemplates";
        await Parallel.ForAsync(0, count, async (i, _) => await cluster.DoAsync("POST", list,
            $$$"""{"metadata":{"name":"template-{{{i:0000}}}"},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"none"}]} } }"""));
        return list;
    }
}
