using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class ResourceQuotaTests(RunningServer server)
{
    [Fact]
    public async Task Creates_at_the_same_time_never_exceed_a_quota()
    {
        var ns = await server.NamespaceAsync();
        await QuotaAsync(ns, "few", """{"configmaps":"5","count/configmaps":"7"}""");

        var made = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"c{{{i}}}"} }""")));

        Assert.Equal(5, made.Count(m => m.Code == 201));
        Assert.All(made.Where(m => m.Code != 201), m => Assert.Equal(
            (403, true), (m.Code, m.Message.EndsWith("is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=5, limited: configmaps=5", StringComparison.Ordinal))));
        Assert.Equal(5, (await server.GetAsync($"/api/v1/namespaces/{ns}/configmaps")).ItemNames.Count);
        var used = (await server.GetAsync($"/api/v1/namespaces/{ns}/resourcequotas/few")).Body.Map("status")!.Map("used")!;
        Assert.Equal(("5", "5"), (used.Text("configmaps"), used.Text("count/configmaps")));
    }

    [Theory]
    [InlineData("""{"hard":{"services.nodeports":"1"}}""", "services", """{"spec":{"type":"NodePort","ports":[{"name":"a","port":1},{"name":"b","port":2}]}}""", "requested: services.nodeports=2")]
    [InlineData("""{"hard":{"services.loadbalancers":"0"}}""", "services", """{"spec":{"type":"LoadBalancer","ports":[{"port":1}]}}""", "requested: services.loadbalancers=1")]
    [InlineData("""{"hard":{"requests.example.com/gpu":"1"}}""", "pods", """{"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"example.com/gpu":"2"}}}]}}""", "requested: requests.example.com/gpu=2")]
    [InlineData("""{"hard":{"gold.storageclass.storage.k8s.io/requests.storage":"1Gi"}}""", "persistentvolumeclaims",
        """{"spec":{"storageClassName":"gold","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"2Gi"}}}}""", "requested: gold.storageclass.storage.k8s.io/requests.storage=2Gi")]
    [InlineData("""{"hard":{"pods":"0"},"scopes":["Terminating"]}""", "pods", """{"spec":{"activeDeadlineSeconds":5,"containers":[{"name":"c","image":"i"}]}}""", "requested: pods=1")]
    [InlineData("""{"hard":{"pods":"0"},"scopes":["NotTerminating"]}""", "pods", """{"spec":{"activeDeadlineSeconds":5,"containers":[{"name":"c","image":"i"}]}}""", null)]
    [InlineData("""{"hard":{"pods":"0"},"scopes":["BestEffort"]}""", "pods", """{"spec":{"containers":[{"name":"c","image":"i"}]}}""", "requested: pods=1")]
    [InlineData("""{"hard":{"pods":"0"},"scopes":["NotBestEffort"]}""", "pods", """{"spec":{"containers":[{"name":"c","image":"i"}]}}""", null)]
    [InlineData("""{"hard":{"pods":"0"},"scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In","values":["system-node-critical"]}]}}""", "pods",
        """{"spec":{"priorityClassName":"system-node-critical","containers":[{"name":"c","image":"i"}]}}""", "requested: pods=1")]
    [InlineData("""{"hard":{"pods":"0"},"scopeSelector":{"matchExpressions":[{"scopeName":"CrossNamespacePodAffinity","operator":"Exists"}]}}""", "pods",
        """{"spec":{"containers":[{"name":"c","image":"i"}],"affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"x","namespaces":["y"]}]}}}}""", "requested: pods=1")]
    [InlineData("""{"hard":{"limits.cpu":"1","requests.memory":"1"}}""", "pods", """{"spec":{"containers":[{"name":"b","image":"i"},{"name":"a","image":"i"}]}}""",
        "failed quota: q: must specify limits.cpu for: a,b; requests.memory for: a,b")]
    public async Task A_quota_counts_what_it_names_and_what_its_scopes_are_about(string spec, string plural, string body, string? refusal)
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var hard = ((TreeMap)TreeJson.Parse(spec)).Map("hard")!;
        var stated = (TreeMap)TreeJson.Parse(spec);
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/resourcequotas", $$$"""{"metadata":{"name":"q"},"spec":{{{TreeJson.WriteText(stated)}}} }""")).Code);
        await StatusAsync(ns, "q", TreeJson.WriteText(hard));
        var value = (TreeMap)TreeJson.Parse(body);
        value["metadata"] = new TreeMap { ["name"] = "x" };

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/{plural}", TreeJson.WriteText(value));

        Assert.True(made.Code == (refusal is null ? 201 : 403), made.Text);
        Assert.Contains(refusal ?? "", made.Message);
    }

    [Fact]
    public async Task A_quota_that_nobody_has_counted_yet_says_nothing()
    {
        var ns = await server.NamespaceAsync();
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/resourcequotas", """{"metadata":{"name":"q"},"spec":{"hard":{"configmaps":"0"}}}""")).Code);

        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""")).Code);
    }

    [Fact]
    public async Task A_dry_run_is_refused_like_any_other_and_books_nothing()
    {
        var ns = await server.NamespaceAsync();
        await QuotaAsync(ns, "q", """{"configmaps":"1"}""");

        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps?dryRun=All", """{"metadata":{"name":"c"}}""")).Code);
        Assert.Equal("0", (await server.GetAsync($"/api/v1/namespaces/{ns}/resourcequotas/q")).Body.Map("status")!.Map("used")!.Text("configmaps"));
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"c"}}""")).Code);
        Assert.Equal(403, (await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps?dryRun=All", """{"metadata":{"name":"d"}}""")).Code);
    }

    [Theory]
    [InlineData("services", """{"services.nodeports":"1"}""", """{"spec":{"type":"ClusterIP","ports":[{"name":"a","port":1},{"name":"b","port":2}]}}""", """{"spec":{"type":"NodePort"}}""",
        "exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1")]
    [InlineData("services", """{"services.nodeports":"2"}""", """{"spec":{"type":"NodePort","ports":[{"name":"a","port":1}]}}""", """{"spec":{"ports":[{"name":"a","port":1},{"name":"b","port":2}]}}""", null)]
    [InlineData("services", """{"services.loadbalancers":"0","services.nodeports":"9"}""", """{"spec":{"ports":[{"port":1}]}}""", """{"spec":{"type":"LoadBalancer"}}""",
        "exceeded quota: q, requested: services.loadbalancers=1, used: services.loadbalancers=0, limited: services.loadbalancers=0")]
    [InlineData("services", """{"services.nodeports":"0"}""", """{"spec":{"ports":[{"port":1}]}}""", """{"spec":{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false}}""", null)]
    [InlineData("configmaps", """{"configmaps":"0"}""", "{}", """{"data":{"a":"b"}}""", null)]
    public async Task An_update_is_charged_what_it_costs_more(string plural, string hard, string body, string change, string? refusal)
    {
        var ns = await server.NamespaceAsync();
        var value = (TreeMap)TreeJson.Parse(body);
        value["metadata"] = new TreeMap { ["name"] = "x" };
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/{plural}", TreeJson.WriteText(value))).Code);
        await QuotaAsync(ns, "q", hard);

        var changed = await server.MergeAsync($"/api/v1/namespaces/{ns}/{plural}/x", change);

        Assert.True(changed.Code == (refusal is null ? 200 : 403), changed.Text);
        Assert.EndsWith(refusal ?? "", changed.Message);
    }

    [Fact]
    public async Task What_a_volume_has_taken_is_charged_and_never_refused()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/persistentvolumeclaims";
        Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"c"},"spec":{"storageClassName":"x","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""")).Code);
        await QuotaAsync(ns, "q", """{"requests.storage":"1Gi"}""");

        var told = await server.MergeAsync(path + "/c/status", """{"status":{"allocatedResources":{"storage":"3Gi"}}}""");

        Assert.True(told.Code == 200, told.Text);
        Assert.Equal("2Gi", (await server.GetAsync($"/api/v1/namespaces/{ns}/resourcequotas/q")).Body.Map("status")!.Map("used")!.Text("requests.storage"));
    }

    [Theory]
    [InlineData("""{"count/jobs.batch":"0"}""", "/apis/batch/v1", "jobs", """{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}""", "requested: count/jobs.batch=1")]
    [InlineData("""{"requests.ephemeral-storage":"1Gi","limits.ephemeral-storage":"2Gi"}""", "/api/v1", "pods",
        """{"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"ephemeral-storage":"2Gi"},"limits":{"ephemeral-storage":"3Gi"}}}]}}""",
        "exceeded quota: q, requested: limits.ephemeral-storage=3Gi,requests.ephemeral-storage=2Gi, used: limits.ephemeral-storage=0,requests.ephemeral-storage=0, limited: limits.ephemeral-storage=2Gi,requests.ephemeral-storage=1Gi")]
    [InlineData("""{"gold.storageclass.storage.k8s.io/persistentvolumeclaims":"0"}""", "/api/v1", "persistentvolumeclaims",
        """{"spec":{"storageClassName":"gold","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"2Gi"}}}}""", "requested: gold.storageclass.storage.k8s.io/persistentvolumeclaims=1")]
    [InlineData("""{"hugepages-2Mi":"0"}""", "/api/v1", "pods",
        """{"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"1"},"limits":{"hugepages-2Mi":"4Mi","cpu":"1"}}}]}}""", "requested: hugepages-2Mi=4Mi")]
    public async Task A_quota_counts_by_group_class_and_name(string hard, string api, string plural, string body, string refusal)
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await QuotaAsync(ns, "q", hard);
        var value = (TreeMap)TreeJson.Parse(body);
        value["metadata"] = new TreeMap { ["name"] = "x" };

        var made = await server.PostAsync($"{api}/namespaces/{ns}/{plural}", TreeJson.WriteText(value));

        Assert.True(made.Code == 403, made.Text);
        Assert.Contains(refusal, made.Message);
    }

    private async Task QuotaAsync(string ns, string name, string hard)
    {
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/resourcequotas", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"hard":{{{hard}}} } }""");
        Assert.True(made.Code == 201, made.Text);
        await StatusAsync(ns, name, hard);
    }

    // What the quota controller does.
    private async Task StatusAsync(string ns, string name, string hard)
    {
        var used = new TreeMap();
        foreach (var key in ((TreeMap)TreeJson.Parse(hard)).Keys)
        {
            used[key] = "0";
        }

        var status = await server.MergeAsync($"/api/v1/namespaces/{ns}/resourcequotas/{name}/status", $$$"""{"status":{"hard":{{{hard}}},"used":{{{TreeJson.WriteText(used)}}} } }""");
        Assert.True(status.Code == 200, status.Text);
    }
}
