namespace Gantry.Server.Tests.Subresources;

public sealed class WorkloadSubresourceTests : IAsyncLifetime
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Pods = "/api/v1/namespaces/default/pods";

    private SubresourceServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await SubresourceServer.StartAsync();
        await _server.DoAsync("POST", "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_deployment_is_scaled_without_being_sent()
    {
        await _server.DoAsync("POST", Deployments, """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        var scale = await _server.DoAsync("GET", Deployments + "/d/scale");
        Assert.Equal("Scale", (string?)scale["kind"]);
        Assert.Equal("a=b", (string?)scale["status"]!["selector"]);
        scale["spec"]!["replicas"] = 3;
        var answer = await _server.DoAsync("PUT", Deployments + "/d/scale", scale.ToJsonString());
        Assert.Equal(3, (int)answer["spec"]!["replicas"]!);
        var (stale, _) = await _server.SendAsync("PUT", Deployments + "/d/scale", scale.ToJsonString());
        Assert.Equal(409, stale);
        await _server.DoAsync("PATCH", Deployments + "/d/scale", """{"spec":{"replicas":5}}""", "application/merge-patch+json");
        var deployment = await _server.DoAsync("GET", Deployments + "/d");
        Assert.Equal(5, (int)deployment["spec"]!["replicas"]!);
        Assert.Equal(3, (int)deployment["metadata"]!["generation"]!);
        await _server.DoAsync("PATCH", Deployments + "/d/scale?fieldManager=me&force=true", "apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: d}\nspec: {replicas: 2}", "application/apply-patch+yaml");
        deployment = await _server.DoAsync("GET", Deployments + "/d");
        Assert.Equal(2, (int)deployment["spec"]!["replicas"]!);
        var mine = deployment["metadata"]!["managedFields"]!.AsArray().Single(m => (string?)m!["manager"] == "me")!;
        Assert.Equal("scale", (string?)mine["subresource"]);
        Assert.Equal("""{"f:spec":{"f:replicas":{}}}""", mine["fieldsV1"]!.ToJsonString());
    }

    [Fact]
    public async Task Managers_of_a_scale_are_those_of_the_number_alone()
    {
        await _server.DoAsync("POST", Deployments + "?fieldManager=maker", """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        const string Apply = "application/apply-patch+yaml";
        var (code, refused) = await _server.SendAsync("PATCH", Deployments + "/d/scale?fieldManager=me", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"d"},"spec":{"replicas":2}}""", Apply);
        Assert.Equal((409, "Apply failed with 1 conflict: conflict with \"maker\" using autoscaling/v1: .spec.replicas"), (code, (string?)refused!["message"]));
        (code, refused) = await _server.SendAsync("PATCH", Deployments + "/d/scale?fieldManager=me", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"d"},"spec":{"replicas":"2"}}""", Apply);
        Assert.Equal((500, "failed to create typed patch object (/d; autoscaling/v1, Kind=Scale): .spec.replicas: expected numeric (int or float), got string"), (code, (string?)refused!["message"]));
        (code, refused) = await _server.SendAsync("PATCH", Deployments + "/d/scale?fieldManager=me", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"}}""", Apply);
        Assert.Equal((400, "invalid object type: apps/v1, Kind=Deployment"), (code, (string?)refused!["message"]));

        // The same number is shared; both entries stay what they are.
        await _server.DoAsync("PATCH", Deployments + "/d/scale?fieldManager=me", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"d"},"spec":{"replicas":1}}""", Apply);
        Assert.Equal(["me apps/v1 scale no time", "maker apps/v1  time"], await ManagersAsync());
        await _server.DoAsync("PATCH", Deployments + "/d/scale?fieldManager=other", """{"spec":{"replicas":4}}""", "application/merge-patch+json");
        Assert.Equal(["other apps/v1 scale no time", "maker apps/v1  time"], await ManagersAsync());
        var (missing, gone) = await _server.SendAsync("PATCH", Deployments + "/nobody/scale", """{"spec":{"replicas":4}}""", "application/merge-patch+json");
        Assert.Equal((404, "deployments/scale.apps \"nobody\" not found"), (missing, (string?)gone!["message"]));

        async Task<string[]> ManagersAsync() => [.. (await _server.DoAsync("GET", Deployments + "/d"))["metadata"]!["managedFields"]!.AsArray()
            .Select(m => $"{m!["manager"]} {m["apiVersion"]} {m["subresource"]} {(m["time"] is null ? "no time" : "time")}")];
    }

    [Fact]
    public async Task A_scale_below_nothing_is_refused()
    {
        await _server.DoAsync("POST", Deployments, """{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        var (code, answer) = await _server.SendAsync("PATCH", Deployments + "/d/scale", """{"spec":{"replicas":-1}}""", "application/merge-patch+json");
        Assert.Equal(422, code);
        Assert.Equal("Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0", (string?)answer!["message"]);
        (code, answer) = await _server.SendAsync("PUT", Deployments + "/d/scale", """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"d","labels":{"a b":""},"finalizers":["x"]},"spec":{"replicas":-1}}""");
        Assert.Equal(422, code);
        Assert.Equal(["metadata.labels", "metadata.finalizers[0]", "spec.replicas"], answer!["details"]!["causes"]!.AsArray().Select(c => (string)c!["field"]!));
        (code, _) = await _server.SendAsync("GET", Deployments + "/nobody/scale");
        Assert.Equal(404, code);
    }

    [Theory]
    [InlineData("/p/binding")]
    [InlineData("")]
    public async Task A_pod_is_bound_once(string path)
    {
        await PodAsync("p");
        var to = path.Length > 0 ? Pods + path : "/api/v1/namespaces/default/bindings";
        var (code, answer) = await _server.SendAsync("POST", to, """{"apiVersion":"v1","kind":"Binding","metadata":{"name":"p","annotations":{"x":"y"}},"target":{"kind":"Node","name":"n"}}""");
        Assert.Equal(201, code);
        Assert.Equal("Success", (string?)answer!["status"]);
        var pod = await _server.DoAsync("GET", Pods + "/p");
        Assert.Equal("n", (string?)pod["spec"]!["nodeName"]);
        Assert.Equal("y", (string?)pod["metadata"]!["annotations"]!["x"]);
        Assert.Equal("PodScheduled True", pod["status"]!["conditions"]![0]!["type"] + " " + pod["status"]!["conditions"]![0]!["status"]);
        (code, answer) = await _server.SendAsync("POST", to, """{"metadata":{"name":"p"},"target":{"name":"m"}}""");
        Assert.Equal(409, code);
        Assert.Equal("Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n\"", (string?)answer!["message"]);
    }

    [Fact]
    public async Task Bindings_that_name_nothing_sensible_are_refused()
    {
        await PodAsync("p");
        var (code, answer) = await _server.SendAsync("POST", Pods + "/p/binding", """{"metadata":{"name":"q"},"target":{"name":"m"}}""");
        Assert.Equal((400, "name in URL does not match name in Binding object"), (code, (string?)answer!["message"]));
        (code, answer) = await _server.SendAsync("POST", Pods + "/p/binding", """{"metadata":{"name":"p"},"target":{"kind":"Pod"}}""");
        Assert.Equal(500, code);
        Assert.Contains("target.name: Required value", (string?)answer!["message"], StringComparison.Ordinal);
        (code, _) = await _server.SendAsync("POST", Pods + "/nobody/binding", """{"metadata":{"name":"nobody"},"target":{"name":"m"}}""");
        Assert.Equal(404, code);
        (code, answer) = await _server.SendAsync("POST", "/api/v1/namespaces/default/bindings", """{"target":{"name":"m"}}""");
        Assert.Equal((400, "Name parameter required."), (code, (string?)answer!["message"]));
    }

    [Fact]
    public async Task Conditions_of_bound_and_evicted_pods_stay_where_they_were()
    {
        await RunningPodAsync("p");
        await _server.DoAsync("PATCH", $"{Pods}/p/status",
            """{"status":{"conditions":[{"type":"PodScheduled","status":"False","lastTransitionTime":"2020-01-01T00:00:00Z","reason":"Unschedulable"},{"type":"DisruptionTarget","status":"True","lastTransitionTime":"2020-01-01T00:00:00Z","reason":"Other"},{"type":"Ready","status":"True"}]}}""",
            "application/merge-patch+json");
        await _server.DoAsync("PATCH", Pods + "/p", """{"metadata":{"finalizers":["example.com/stay"]}}""", "application/merge-patch+json");
        Assert.Equal(201, (await _server.SendAsync("POST", Pods + "/p/binding", """{"metadata":{"name":"p"},"target":{"name":"n"}}""")).Code);
        Assert.Equal(201, (await EvictAsync("p")).Code);
        var conditions = (await _server.DoAsync("GET", Pods + "/p"))["status"]!["conditions"]!.AsArray();
        Assert.Equal(["PodScheduled True ", "DisruptionTarget True EvictionByEvictionAPI", "Ready True "], conditions.Select(c => $"{c!["type"]} {c["status"]} {c["reason"]}"));
        Assert.NotEqual("2020-01-01T00:00:00Z", (string?)conditions[0]!["lastTransitionTime"]);
        Assert.Equal("2020-01-01T00:00:00Z", (string?)conditions[1]!["lastTransitionTime"]);
    }

    [Fact]
    public async Task An_eviction_of_another_pod_tells_nobody()
    {
        await RunningPodAsync("p");
        var (code, answer) = await _server.SendAsync("POST", Pods + "/p/eviction", """{"metadata":{"name":"p"},"deleteOptions":{"preconditions":{"uid":"x"}}}""");
        Assert.Equal(409, code);
        var pod = await _server.DoAsync("GET", Pods + "/p");
        Assert.Equal(
            $"Operation cannot be fulfilled on Pod \"p\": the UID in the precondition (x) does not match the UID in record ({pod["metadata"]!["uid"]}). The object might have been deleted and then recreated",
            (string?)answer!["message"]);
        Assert.Equal(["Ready"], pod["status"]!["conditions"]!.AsArray().Select(c => (string)c!["type"]!));
    }

    [Fact]
    public async Task A_budget_stops_evictions_when_it_is_used_up()
    {
        await RunningPodAsync("p");
        await RunningPodAsync("q");
        await BudgetAsync(allowed: 1);
        var (code, answer) = await EvictAsync("p");
        Assert.Equal((201, "Success"), (code, (string?)answer!["status"]));
        var budget = await _server.DoAsync("GET", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b");
        Assert.Equal(0, (int)budget["status"]!["disruptionsAllowed"]!);
        Assert.NotNull(budget["status"]!["disruptedPods"]!["p"]);
        (code, answer) = await EvictAsync("q");
        Assert.Equal(429, code);
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", (string?)answer!["message"]);
        var cause = answer["details"]!["causes"]![0]!;
        Assert.Equal("DisruptionBudget", (string?)cause["reason"]);
        Assert.Equal("The disruption budget b needs 1 healthy pods and has 2 currently", (string?)cause["message"]);
        Assert.NotNull(await _server.DoAsync("GET", Pods + "/q"));
    }

    [Fact]
    public async Task A_dry_run_of_an_eviction_takes_nothing()
    {
        await RunningPodAsync("p");
        await BudgetAsync(allowed: 1);
        var (code, _) = await _server.SendAsync("POST", Pods + "/p/eviction?dryRun=All", """{"metadata":{"name":"p"}}""");
        Assert.Equal(201, code);
        Assert.Null((await _server.DoAsync("GET", Pods + "/p"))["metadata"]!["deletionTimestamp"]);
        Assert.Equal(1, (int)(await _server.DoAsync("GET", "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b"))["status"]!["disruptionsAllowed"]!);
    }

    [Fact]
    public async Task A_budget_that_nobody_has_looked_at_yet_stops_evictions()
    {
        await RunningPodAsync("p");
        await _server.DoAsync("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", """{"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"a":"b"}}}}""");
        var (code, answer) = await EvictAsync("p");
        Assert.Equal(429, code);
        Assert.Equal("The disruption budget b is still being processed by the server.", (string?)answer!["details"]!["causes"]![0]!["message"]);
        Assert.Equal(10, (int)answer["details"]!["retryAfterSeconds"]!);
    }

    [Fact]
    public async Task A_pod_that_has_not_begun_is_evicted_whatever_budgets_say()
    {
        await PodAsync("p");
        await BudgetAsync(allowed: 0);
        Assert.Equal(201, (await EvictAsync("p")).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", Pods + "/p")).Code);
    }

    [Fact]
    public async Task An_evicted_pod_is_told_why_it_goes()
    {
        await RunningPodAsync("p");
        await _server.DoAsync("PATCH", Pods + "/p", """{"metadata":{"finalizers":["example.com/stay"]}}""", "application/merge-patch+json");
        Assert.Equal(201, (await EvictAsync("p")).Code);
        var pod = await _server.DoAsync("GET", Pods + "/p");
        Assert.NotNull(pod["metadata"]!["deletionTimestamp"]);
        var told = pod["status"]!["conditions"]!.AsArray().Single(c => (string?)c!["type"] == "DisruptionTarget")!;
        Assert.Equal("EvictionByEvictionAPI", (string?)told["reason"]);
    }

    [Fact]
    public async Task Two_budgets_for_a_pod_are_not_supported()
    {
        await RunningPodAsync("p");
        await BudgetAsync(allowed: 1);
        await BudgetAsync(allowed: 1, "c");
        var (code, answer) = await EvictAsync("p");
        Assert.Equal((500, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."), (code, (string?)answer!["message"]));
    }

    [Fact]
    public async Task Ephemeral_containers_are_added_and_nothing_else_changes()
    {
        await PodAsync("p");
        await _server.DoAsync("PATCH", Pods + "/p/ephemeralcontainers",
            """{"metadata":{"labels":{"sneaky":"yes"}},"spec":{"ephemeralContainers":[{"name":"debug","image":"busybox"}]}}""", "application/strategic-merge-patch+json");
        var pod = await _server.DoAsync("GET", Pods + "/p");
        Assert.Equal("debug", (string?)pod["spec"]!["ephemeralContainers"]![0]!["name"]);
        Assert.Null(pod["metadata"]!["labels"]!["sneaky"]);
    }

    private Task<(int Code, System.Text.Json.Nodes.JsonNode? Body)> EvictAsync(string name) =>
        _server.SendAsync("POST", $"{Pods}/{name}/eviction", $$$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{name}}}"}}""");

    private Task<System.Text.Json.Nodes.JsonNode> PodAsync(string name) => _server.DoAsync("POST", Pods,
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""");

    private async Task RunningPodAsync(string name)
    {
        await PodAsync(name);
        await _server.DoAsync("PATCH", $"{Pods}/{name}/status", """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", "application/merge-patch+json");
    }

    private async Task BudgetAsync(int allowed, string name = "b")
    {
        const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
        await _server.DoAsync("POST", Budgets, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"a":"b"} } } }""");
        await _server.DoAsync("PATCH", $"{Budgets}/{name}/status",
            $$$"""{"status":{"observedGeneration":1,"disruptionsAllowed":{{{allowed}}},"currentHealthy":2,"desiredHealthy":1,"expectedPods":2}}""", "application/merge-patch+json");
    }
}
