using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Quotas count what is there, refuse what is too much, and give back what goes.</summary>
[Collection(SharedCluster.Name)]
public sealed class ResourceQuotaTests(SimulatedCluster cluster)
{
    private const string Quota = """{"metadata":{"name":"q"},"spec":{"hard":{"pods":"5","services":"10","services.nodeports":"1","services.loadbalancers":"1","secrets":"10","configmaps":"10","replicationcontrollers":"10","resourcequotas":"1","count/replicasets.apps":"5","cpu":"1","memory":"500Mi","requests.ephemeral-storage":"50Gi"}}}""";

    [Fact]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and ensure its status is promptly calculated.")]
    public async Task The_status_of_a_new_quota_is_calculated()
    {
        var ns = await QuotaAsync();
        var quota = await UsedAsync(ns, "pods", "0");
        Assert.Equal("1", quota.Text("status.used.resourcequotas"));
        Assert.True(JsonNode.DeepEquals(quota.At("spec.hard"), quota.At("status.hard")));
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should be able to update and delete ResourceQuota.")]
    public async Task A_quota_is_updated_and_deleted()
    {
        var ns = await cluster.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/resourcequotas/q";
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/resourcequotas", """{"metadata":{"name":"q"},"spec":{"hard":{"cpu":"1","memory":"500Mi"}}}""");
        var quota = await cluster.GetAsync(path);
        quota["spec"]!["hard"] = new JsonObject { ["cpu"] = "2", ["memory"] = "1Gi" };
        await cluster.UntilAsync(path, q => q.At("status.hard") is not null);
        quota.Remove("status");
        quota["metadata"]!.AsObject().Remove("resourceVersion");
        await cluster.DoAsync("PUT", path, quota.ToJsonString());
        Assert.Equal(("2", "1Gi"), await cluster.GetAsync(path) is var q ? (q.Text("spec.hard.cpu"), q.Text("spec.hard.memory")) : default);
        await cluster.DeleteAsync(path);
        await cluster.GoneAsync(path);
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should manage the lifecycle of a ResourceQuota")]
    public async Task Quotas_are_listed_patched_and_deleted_together()
    {
        var ns = await cluster.NamespaceAsync();
        var list = $"/api/v1/namespaces/{ns}/resourcequotas";
        var label = ns + "=yes";
        await cluster.DoAsync("POST", list, $$$"""{"metadata":{"name":"q","labels":{"{{{ns}}}":"yes"}},"spec":{"hard":{"configmaps":"10"}} }""");
        Assert.Equal(["q"], (await cluster.GetAsync("/api/v1/resourcequotas?labelSelector=" + label)).Names());
        await cluster.MergeAsync(list + "/q", """{"metadata":{"labels":{"q":"patched"}},"spec":{"hard":{"memory":"750Mi"}}}""");
        Assert.Equal("750Mi", (await cluster.GetAsync(list + "/q")).Text("spec.hard.memory"));
        await cluster.DeleteAsync(list + "?labelSelector=q%3Dpatched");
        await cluster.ItemsAsync(list, 0);
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should apply changes to a resourcequota status")]
    public async Task The_status_of_a_quota_is_written_on_its_own()
    {
        var ns = await QuotaAsync();
        await UsedAsync(ns, "pods", "0");
        var path = $"/api/v1/namespaces/{ns}/resourcequotas/q";
        using var watch = await cluster.WatchAsync($"/api/v1/namespaces/{ns}/resourcequotas?watch=true&resourceVersion={(await cluster.GetAsync(path)).Version()}");
        var patched = await cluster.MergeAsync(path + "/status", """{"spec":{"hard":{"pods":"99"}},"status":{"hard":{"pods":"99"}}}""");
        Assert.Equal(("99", "5"), (patched.Text("status.hard.pods"), patched.Text("spec.hard.pods")));
        Assert.Equal("99", (await watch.NextAsync("MODIFIED")).Text("status.hard.pods"));

        // The controller puts right what is not so.
        await cluster.UntilAsync(path, q => q.Text("status.hard.pods") == "5");
    }

    [Theory]
    [InlineData("configmaps", "configmaps", """{"metadata":{"name":"x"}}""")]
    [InlineData("secrets", "secrets", """{"metadata":{"name":"x"}}""")]
    [InlineData("services", "services", """{"metadata":{"name":"x"},"spec":{"ports":[{"port":80}]}}""")]
    [InlineData("replicationcontrollers", "replicationcontrollers", """{"metadata":{"name":"x"},"spec":{"replicas":0,"selector":{"a":"b"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"none"}]}}}}""")]
    [InlineData("count/replicasets.apps", "replicasets", """{"metadata":{"name":"x"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"none"}]}}}}""")]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and capture the life of a configMap.")]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and capture the life of a secret.")]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and capture the life of a replication controller.")]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and capture the life of a replica set.")]
    public async Task What_is_made_is_counted_and_what_goes_is_given_back(string counted, string plural, string body)
    {
        var ns = await QuotaAsync();
        var path = plural == "replicasets" ? $"/apis/apps/v1/namespaces/{ns}/replicasets" : $"/api/v1/namespaces/{ns}/{plural}";
        var before = (await cluster.UntilAsync($"/api/v1/namespaces/{ns}/resourcequotas/q", q => Used(q, counted) is not null && (counted != "configmaps" || Used(q, counted) == "1")));
        var there = int.Parse(Used(before, counted)!, System.Globalization.CultureInfo.InvariantCulture);
        await cluster.DoAsync("POST", path, body);
        await UsedAsync(ns, counted, (there + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await cluster.DeleteAsync(path + "/x");
        await UsedAsync(ns, counted, there.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and capture the life of a service.")]
    public async Task Services_of_each_type_are_counted_and_too_many_refused()
    {
        var ns = await QuotaAsync();
        await UsedAsync(ns, "services", "0");
        var services = $"/api/v1/namespaces/{ns}/services";
        await cluster.DoAsync("POST", services, """{"metadata":{"name":"cluster"},"spec":{"ports":[{"port":80}]}}""");
        await cluster.DoAsync("POST", services, """{"metadata":{"name":"node"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""");
        await UsedAsync(ns, "services", "2");
        await UsedAsync(ns, "services.nodeports", "1");
        var refused = await cluster.RefusedAsync(403, "POST", services, """{"metadata":{"name":"balanced"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}""");
        Assert.Contains("exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1", refused.Text("message"), StringComparison.Ordinal);
        await cluster.DeleteAsync(services + "/cluster");
        await cluster.DeleteAsync(services + "/node");
        await UsedAsync(ns, "services", "0");
        await UsedAsync(ns, "services.nodeports", "0");
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should create a ResourceQuota and capture the life of a pod.")]
    public async Task What_pods_ask_for_is_counted_and_too_much_refused()
    {
        var ns = await QuotaAsync();
        await UsedAsync(ns, "pods", "0");
        var pods = $"/api/v1/namespaces/{ns}/pods";
        await cluster.DoAsync("POST", pods, Pod("fits", "500m", "252Mi"));
        await UsedAsync(ns, "cpu", "500m");
        await UsedAsync(ns, "memory", "252Mi");
        var much = await cluster.RefusedAsync(403, "POST", pods, Pod("much", "600m", "10Mi"));
        Assert.Equal("Forbidden", much.Text("reason"));
        Assert.Contains("exceeded quota: q, requested: cpu=600m, used: cpu=500m, limited: cpu=1", much.Text("message"), StringComparison.Ordinal);
        var silent = await cluster.RefusedAsync(403, "POST", pods, """{"metadata":{"name":"silent"},"spec":{"containers":[{"name":"c","image":"none"}]}}""");
        Assert.Contains("failed quota: q: must specify cpu for: c; memory for: c", silent.Text("message"), StringComparison.Ordinal);
        await cluster.MergeAsync(pods + "/fits", """{"metadata":{"labels":{"a":"b"}}}""");
        await UsedAsync(ns, "pods", "1");
        await cluster.DeleteAsync(pods + "/fits");
        await UsedAsync(ns, "pods", "0");
        await UsedAsync(ns, "cpu", "0");
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should verify ResourceQuota with best effort scope.")]
    public async Task Scopes_part_pods_by_whether_they_ask_for_anything()
    {
        var ns = await cluster.NamespaceAsync();
        await ScopedAsync(ns, "best", "BestEffort");
        await ScopedAsync(ns, "rest", "NotBestEffort");
        await CountsAsync(ns, Pod("asks", "100m", "10Mi"), "rest", "best");
        await CountsAsync(ns, """{"metadata":{"name":"asks-not"},"spec":{"containers":[{"name":"c","image":"none"}]}}""", "best", "rest");
    }

    [Fact]
    [Trait("Conformance", "ResourceQuota should verify ResourceQuota with terminating scopes.")]
    public async Task Scopes_part_pods_by_whether_they_have_a_deadline()
    {
        var ns = await cluster.NamespaceAsync();
        await ScopedAsync(ns, "ends", "Terminating");
        await ScopedAsync(ns, "lasts", "NotTerminating");
        await CountsAsync(ns, """{"metadata":{"name":"long"},"spec":{"containers":[{"name":"c","image":"none"}]}}""", "lasts", "ends");
        await CountsAsync(ns, """{"metadata":{"name":"short"},"spec":{"activeDeadlineSeconds":3600,"containers":[{"name":"c","image":"none"}]}}""", "ends", "lasts");
    }

    private static string Pod(string name, string cpu, string memory) =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"containers":[{"name":"c","image":"none","resources":{"requests":{"cpu":"{{{cpu}}}","memory":"{{{memory}}}"},"limits":{"cpu":"{{{cpu}}}","memory":"{{{memory}}}"} } }]}}""";

    private static string? Used(JsonNode? quota, string name) => (string?)quota.At("status.used")?[name];

    private async Task<string> QuotaAsync()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/resourcequotas", Quota);
        return ns;
    }

    private Task<JsonObject> UsedAsync(string ns, string name, string amount, string quota = "q") =>
        cluster.UntilAsync($"/api/v1/namespaces/{ns}/resourcequotas/{quota}", q => Used(q, name) == amount);

    private async Task ScopedAsync(string ns, string name, string scope)
    {
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/resourcequotas", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"hard":{"pods":"5"},"scopes":["{{{scope}}}"]}}""");
        await UsedAsync(ns, "pods", "0", name);
    }

    private async Task CountsAsync(string ns, string pod, string counted, string uncounted)
    {
        var made = await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/pods", pod);
        await UsedAsync(ns, "pods", "1", counted);
        Assert.Equal("0", Used(await cluster.GetAsync($"/api/v1/namespaces/{ns}/resourcequotas/{uncounted}"), "pods"));
        await cluster.DeleteAsync($"/api/v1/namespaces/{ns}/pods/{made.Name()}");
        await UsedAsync(ns, "pods", "0", counted);
    }
}
