namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Namespaces, and what goes with them.</summary>
[Collection(SharedCluster.Name)]
public sealed class NamespaceTests(SimulatedCluster cluster)
{
    [Fact]
    [Trait("Conformance", "Namespaces [Serial] should ensure that all pods are removed when a namespace is deleted")]
    public async Task Pods_go_with_their_namespace()
    {
        var ns = await cluster.NamespaceAsync();
        var pods = $"/api/v1/namespaces/{ns}/pods";
        await cluster.DoAsync("POST", pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"none"}]}}""");
        await cluster.UntilAsync(pods + "/p", p => p.Text("status.phase") == "Running");
        await GoesAsync(ns, pods);
    }

    [Fact]
    [Trait("Conformance", "Namespaces [Serial] should ensure that all services are removed when a namespace is deleted")]
    public async Task Services_go_with_their_namespace()
    {
        var ns = await cluster.NamespaceAsync();
        var services = $"/api/v1/namespaces/{ns}/services";
        await cluster.DoAsync("POST", services, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}""");
        await GoesAsync(ns, services);
    }

    [Fact]
    [Trait("Conformance", "Namespaces [Serial] should patch a Namespace")]
    public async Task A_namespace_is_patched()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.MergeAsync($"/api/v1/namespaces/{ns}", """{"metadata":{"labels":{"testLabel":"testValue"}}}""");
        Assert.Equal("testValue", (await cluster.GetAsync($"/api/v1/namespaces/{ns}")).Text("metadata.labels.testLabel"));
    }

    [Fact]
    [Trait("Conformance", "Namespaces [Serial] should apply an update to a Namespace")]
    public async Task A_namespace_is_updated()
    {
        var ns = await cluster.GetAsync($"/api/v1/namespaces/{await cluster.NamespaceAsync()}");
        ns["metadata"]!["labels"]![ns.Name()] = "updated";
        await cluster.DoAsync("PUT", $"/api/v1/namespaces/{ns.Name()}", ns.ToJsonString());
        Assert.Equal("updated", (string?)(await cluster.GetAsync($"/api/v1/namespaces/{ns.Name()}"))["metadata"]!["labels"]![ns.Name()]);
    }

    [Fact]
    [Trait("Conformance", "Namespaces [Serial] should apply changes to a namespace status")]
    public async Task The_status_of_a_namespace_is_patched_and_updated()
    {
        var path = $"/api/v1/namespaces/{await cluster.NamespaceAsync()}";
        Assert.Equal("Active", (await cluster.GetAsync(path + "/status")).Text("status.phase"));
        var patched = await cluster.MergeAsync(path + "/status",
            """{"metadata":{"annotations":{"e2e":"patched"}},"status":{"conditions":[{"type":"StatusPatch","status":"True","reason":"E2E","message":"Patched"}]}}""");
        Assert.Equal("StatusPatch", patched.Text("status.conditions.0.type"));
        patched["status"]!["conditions"]!.AsArray().Add(new System.Text.Json.Nodes.JsonObject { ["type"] = "StatusUpdate", ["status"] = "True", ["reason"] = "E2E", ["message"] = "Updated" });
        var updated = await cluster.DoAsync("PUT", path + "/status", patched.ToJsonString());
        Assert.Equal("StatusUpdate", updated.Text("status.conditions.1.type"));
        Assert.Equal("Active", updated.Text("status.phase"));
    }

    [Fact]
    [Trait("Conformance", "Namespaces [Serial] should apply a finalizer to a Namespace")]
    public async Task A_finalizer_of_the_spec_holds_a_namespace()
    {
        var ns = await cluster.GetAsync($"/api/v1/namespaces/{await cluster.NamespaceAsync()}");
        var path = $"/api/v1/namespaces/{ns.Name()}";
        ns["spec"]!["finalizers"]!.AsArray().Add("e2e.example.com/fakeFinalizer");
        var held = await cluster.DoAsync("PUT", path + "/finalize", ns.ToJsonString());
        Assert.Equal(["kubernetes", "e2e.example.com/fakeFinalizer"], held.At("spec.finalizers")!.AsArray().Select(f => (string)f!));
        await cluster.DeleteAsync(path);
        var waiting = await cluster.UntilAsync(path, n => n.At("spec.finalizers")!.AsArray().Count == 1);
        Assert.Equal("Terminating", waiting.Text("status.phase"));
        waiting["spec"]!["finalizers"] = new System.Text.Json.Nodes.JsonArray();
        await cluster.DoAsync("PUT", path + "/finalize", waiting.ToJsonString());
        await cluster.GoneAsync(path);
    }

    private async Task GoesAsync(string ns, string list)
    {
        await cluster.DeleteAsync($"/api/v1/namespaces/{ns}");
        await cluster.GoneAsync($"/api/v1/namespaces/{ns}");
        await cluster.DoAsync("POST", "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{ns}}}"}}""");
        Assert.Empty((await cluster.GetAsync(list))["items"]!.AsArray());
    }
}
