using System.Collections.Concurrent;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class WebhookReviewTests(RunningServer server)
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";

    private const string Template = """
        "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}
        """;

    [Fact]
    public async Task A_webhook_that_wants_to_sees_what_later_ones_made_of_the_object()
    {
        var seen = new ConcurrentQueue<string>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            var labels = request.Map("object")!.Map("metadata")!.Map("labels") ?? new TreeMap();
            seen.Enqueue(string.Join(',', labels.Keys.Order(StringComparer.Ordinal)));
            return labels.Count switch
            {
                0 => Patch("""[{"op":"add","path":"/metadata/labels","value":{"one":""} }]"""),
                1 => Patch("""[{"op":"add","path":"/metadata/labels/two","value":""}]"""),
                _ => Allow(),
            };
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(true, ns, hook, [
            Hook("first", hook, ns, "configmaps", extra: ""","reinvocationPolicy":"IfNeeded" """),
            Hook("second", hook, ns, "configmaps"),
        ]);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal(201, made.Code);
        Assert.Equal(["one", "two"], made.Metadata.Map("labels")!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["", "one", "one,two"], seen);
    }

    [Theory]
    [InlineData("Equivalent", 1)]
    [InlineData("Exact", 0)]
    public async Task A_webhook_sees_its_own_version_of_what_was_written_in_another(string policy, int calls)
    {
        var seen = new ConcurrentQueue<TreeMap>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return Patch("""[{"op":"replace","path":"/spec/targetCPUUtilizationPercentage","value":33}]""");
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(true, ns, hook, [Hook("hook", hook, ns, "horizontalpodautoscalers", group: "autoscaling", extra: $",\"matchPolicy\":\"{policy}\"")]);

        var made = await server.PostAsync($"/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers", """
            {"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"d","apiVersion":"apps/v1"},
             "metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50} } }] } }
            """);

        Assert.True(made.Code == 201, made.Text);
        Assert.Equal(calls, seen.Count);
        if (seen.TryDequeue(out var request))
        {
            Assert.Equal(("v1", "v2", "v1", "v2"), (
                request.Map("kind")!.Text("version"), request.Map("requestKind")!.Text("version"),
                request.Map("resource")!.Text("version"), request.Map("requestResource")!.Text("version")));
            Assert.Equal("autoscaling/v1", request.Map("object")!.Text("apiVersion"));
            var metric = (TreeMap)made.Body.Map("spec")!.List("metrics")![0];
            Assert.Equal(33L, ((TreeInteger)metric.Map("resource")!.Map("target")!["averageUtilization"]!).Value);
        }
    }

    [Fact]
    public async Task A_deletion_is_shown_with_what_is_deleted_and_how()
    {
        var seen = new ConcurrentQueue<TreeMap>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return request.Map("oldObject")!.Map("data")?.Text("keep") is null ? Allow() : new TreeMap { ["allowed"] = false };
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(true, ns, hook, [Hook("hook", hook, ns, "configmaps", operations: "\"DELETE\"")]);
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"kept"},"data":{"keep":""} }""");
        await server.PostAsync(path, """{"metadata":{"name":"gone"}}""");

        var refused = await server.DeleteAsync(path + "/kept");
        Assert.Equal((400, "admission webhook \"hook.example.com\" denied the request without explanation"), (refused.Code, refused.Message));
        Assert.Equal(200, (await server.DeleteAsync(path + "/gone", """{"propagationPolicy":"Background"}""")).Code);
        var last = seen.Last();
        Assert.Equal(("DELETE", "gone", ns), (last.Text("operation"), last.Text("name"), last.Text("namespace")));
        Assert.IsType<TreeNull>(last["object"]);
        Assert.Equal(("DeleteOptions", "Background"), (last.Map("options")!.Text("kind"), last.Map("options")!.Text("propagationPolicy")));
        Assert.Equal(("v1", "ConfigMap"), (last.Map("oldObject")!.Text("apiVersion"), last.Map("oldObject")!.Text("kind")));
    }

    [Fact]
    public async Task A_scale_is_shown_as_a_scale_and_may_be_changed()
    {
        var seen = new ConcurrentQueue<TreeMap>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return Patch("""[{"op":"replace","path":"/spec/replicas","value":2}]""");
        });
        var ns = await server.NamespaceAsync();
        var path = $"/apis/apps/v1/namespaces/{ns}/deployments";
        Assert.Equal(201, (await server.PostAsync(path, $$$"""{"metadata":{"name":"d"},"spec":{"replicas":1,{{{Template}}} } }""")).Code);
        await using var _ = await ConfigureAsync(true, ns, hook, [Hook("hook", hook, ns, "deployments/scale", group: "apps", operations: "\"*\"")]);

        var scaled = await server.MergeAsync(path + "/d/scale", """{"spec":{"replicas":9} }""");

        Assert.True(scaled.Code == 200, scaled.Text);
        Assert.Equal(2L, ((TreeInteger)scaled.Body.Map("spec")!["replicas"]!).Value);
        var request = Assert.Single(seen);
        Assert.Equal(("Scale", "deployments", "scale"), (request.Map("kind")!.Text("kind"), request.Map("resource")!.Text("resource"), request.Text("subResource")));
        Assert.Equal(("Scale", 9L), (request.Map("object")!.Text("kind"), ((TreeInteger)request.Map("object")!.Map("spec")!["replicas"]!).Value));
        Assert.Equal(1L, ((TreeInteger)request.Map("oldObject")!.Map("spec")!["replicas"]!).Value);
    }

    [Fact]
    public async Task Bindings_evictions_status_and_connections_are_shown_as_what_they_are()
    {
        var seen = new ConcurrentQueue<TreeMap>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return request.Text("operation") == "CONNECT"
                ? new TreeMap { ["allowed"] = false, ["status"] = new TreeMap { ["code"] = 403L, ["message"] = "no shells" } }
                : Allow();
        });
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var pods = $"/api/v1/namespaces/{ns}/pods";
        await server.PostAsync(pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]} }""");
        await using var _ = await ConfigureAsync(false, ns, hook, [Hook("hook", hook, ns, "pods/*", operations: "\"*\"")]);

        var bound = await server.PostAsync(pods + "/p/binding", """{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n"} }""");
        Assert.True(bound.Code == 201, bound.Text);
        Assert.Equal(200, (await server.MergeAsync(pods + "/p/status", """{"status":{"phase":"Running"} }""")).Code);
        var exec = await server.PostAsync(pods + "/p/exec?command=sh&command=-c&stdin=true&container=c", "");
        Assert.Equal((403, "admission webhook \"hook.example.com\" denied the request: no shells"), (exec.Code, exec.Message));
        var evicted = await server.PostAsync(pods + "/p/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"} }""");
        Assert.True(evicted.Code == 201, evicted.Text);

        Assert.Equal(
            ["CREATE binding Binding", "UPDATE status Pod", "CONNECT exec PodExecOptions", "CREATE eviction Eviction"],
            seen.Select(s => $"{s.Text("operation")} {s.Text("subResource")} {s.Map("kind")!.Text("kind")}"));
        var (binding, status, connect) = (seen.ElementAt(0), seen.ElementAt(1), seen.ElementAt(2));
        Assert.Equal(("Binding", "n"), (binding.Map("object")!.Text("kind"), binding.Map("object")!.Map("target")!.Text("name")));
        Assert.Equal(("Running", "Pending"), (status.Map("object")!.Map("status")!.Text("phase"), status.Map("oldObject")!.Map("status")!.Text("phase")));
        Assert.Equal("PodExecOptions sh,-c True", $"{connect.Map("object")!.Text("kind")} {string.Join(',', connect.Map("object")!.List("command")!.Select(c => ((TreeString)c).Value))} {connect.Map("object")!["stdin"] is TreeBool { Value: true }}");
        Assert.IsType<TreeNull>(connect["options"]);
    }

    [Fact]
    public async Task Selectors_look_at_the_object_before_and_after()
    {
        var seen = new ConcurrentQueue<string>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request.Text("operation")! + request.Text("name"));
            return Allow();
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(false, ns, hook, [
            Hook("hook", hook, ns, "configmaps", operations: "\"*\"", extra: ""","objectSelector":{"matchExpressions":[{"key":"x","operator":"In","values":["1"]}]} """)]);
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        await server.PostAsync(path, """{"metadata":{"name":"a"}}""");
        await server.PostAsync(path, """{"metadata":{"name":"b","labels":{"x":"1"}}}""");
        await server.MergeAsync(path + "/b", """{"metadata":{"labels":{"x":"2"}}}""");
        await server.MergeAsync(path + "/b", """{"metadata":{"labels":{"x":"3"}}}""");

        Assert.Equal(["CREATEb", "UPDATEb"], seen);
    }

    [Theory]
    [InlineData("""{"allowed":true,"uid":"other"}""", false, "received invalid webhook response: expected response.uid=")]
    [InlineData("""{"allowed":true,"patch":"W10="}""", true, "received invalid webhook response: webhook returned response.patch but not response.patchType")]
    [InlineData("""{"allowed":true,"patchType":"JSONPatch"}""", true, "received invalid webhook response: webhook returned response.patchType but not response.patch")]
    [InlineData("""{"allowed":true,"patch":"W10=","patchType":"JSONPatch"}""", false, "received invalid webhook response: validating webhook may not return response.patch")]
    [InlineData("""{"allowed":true,"patch":"ew==","patchType":"JSONPatch"}""", true, "received undecodable patch in webhook response: ")]
    public async Task An_answer_that_makes_no_sense_is_a_failure_of_the_webhook(string response, bool mutates, string why)
    {
        await using var hook = await HookServer.StartAsync(server.Server.Pki, _ => (TreeMap)TreeJson.Parse(response));
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(mutates, ns, hook, [Hook("hook", hook, ns, "configmaps")]);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal((500, "InternalError"), (made.Code, made.Reason));
        Assert.StartsWith("Internal error occurred: failed calling webhook \"hook.example.com\": " + why, made.Message);
    }

    [Fact]
    public async Task An_older_review_is_sent_to_who_asks_for_it()
    {
        await using var hook = await HookServer.StartAsync(server.Server.Pki, _ => new TreeMap
        {
            ["allowed"] = true, ["uid"] = "", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("""[{"op":"add","path":"/data","value":{"by":"v1beta1"} }]""")),
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(true, ns, hook, [Hook("hook", hook, ns, "configmaps", reviews: "\"v1beta1\",\"v1\"")]);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.True(made.Code == 201, made.Text);
        Assert.Equal("v1beta1", made.Body.Map("data")!.Text("by"));
    }

    [Fact]
    public async Task A_webhook_that_takes_too_long_is_given_up()
    {
        using var held = new SemaphoreSlim(0);
        await using var hook = await HookServer.StartAsync(server.Server.Pki, _ =>
        {
            held.Wait(TimeSpan.FromSeconds(20));
            return Allow();
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(false, ns, hook, [Hook("hook", hook, ns, "configmaps", extra: ""","timeoutSeconds":1""")]);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");
        held.Release();

        Assert.Equal(
            (500, $"Internal error occurred: failed calling webhook \"hook.example.com\": failed to call webhook: Post \"{hook.Url}?timeout=1s\": context deadline exceeded"),
            (made.Code, made.Message));
    }

    [Fact]
    public async Task Match_conditions_decide_before_the_webhook_is_asked()
    {
        var seen = new ConcurrentQueue<string>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request.Text("name")!);
            return Allow();
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(false, ns, hook, [Hook("hook", hook, ns, "configmaps", extra: """
            ,"matchConditions":[{"name":"by-admins","expression":"request.userInfo.username == 'admin'"},{"name":"with-data","expression":"has(object.data) && object.data.watched == 'yes'"}]
            """)]);
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"none"} }""")).Code);
        Assert.Equal(201, (await server.PostAsync(path, """{"metadata":{"name":"watched"},"data":{"watched":"yes"} }""")).Code);
        var broken = await server.PostAsync(path, """{"metadata":{"name":"broken"},"data":{"other":"yes"} }""");

        Assert.Equal(
            (403, "configmaps \"broken\" is forbidden: expression 'has(object.data) && object.data.watched == 'yes'' resulted in error: no such key: watched"), (broken.Code, broken.Message));
        Assert.Equal(["watched"], seen);
    }

    [Fact]
    public async Task A_dry_run_is_told_to_the_webhook_with_the_options_of_the_request()
    {
        var seen = new ConcurrentQueue<TreeMap>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return Allow();
        });
        var ns = await server.NamespaceAsync();
        await using var _ = await ConfigureAsync(false, ns, hook, [Hook("hook", hook, ns, "configmaps")]);

        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps?dryRun=All&fieldManager=me&fieldValidation=Strict", """{"metadata":{"name":"a"}}""")).Code);

        var request = Assert.Single(seen);
        Assert.True(request["dryRun"] is TreeBool { Value: true });
        Assert.Equal(
            """{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1","dryRun":["All"],"fieldManager":"me","fieldValidation":"Strict"}""",
            TreeJson.WriteText(request.Map("options")!));
    }

    private static TreeMap Allow() => new() { ["allowed"] = true };

    private static TreeMap Patch(string patch) =>
        new() { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)) };

    private static string Hook(
        string name, HookServer hook, string ns, string resource, string group = "", string operations = "\"CREATE\",\"UPDATE\"", string reviews = "\"v1\"", string extra = "") => $$$"""
        {"name":"{{{name}}}.example.com","clientConfig":{"url":"{{{hook.Url}}}","caBundle":"{{{hook.CaBundle}}}"},"sideEffects":"None","admissionReviewVersions":[{{{reviews}}}],
         "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"{{{ns}}}"} },
         "rules":[{"operations":[{{{operations}}}],"apiGroups":["{{{group}}}"],"apiVersions":["v1"],"resources":["{{{resource}}}"]}]{{{extra}}} }
        """;

    private async Task<IAsyncDisposable> ConfigureAsync(bool mutates, string ns, HookServer hook, string[] hooks)
    {
        var (plural, kind) = mutates ? ("mutatingwebhookconfigurations", "MutatingWebhookConfiguration") : ("validatingwebhookconfigurations", "ValidatingWebhookConfiguration");
        var name = server.Name($"{ns}-{hook.Port}");
        var made = await server.PostAsync(Group + plural, $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}"},"webhooks":[{{{string.Join(',', hooks)}}}] }
            """);
        Assert.True(made.Code == 201, made.Text);
        return new Configured(server, $"{Group}{plural}/{name}");
    }

    private sealed class Configured(RunningServer server, string path) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => Assert.Equal(200, (await server.DeleteAsync(path)).Code);
    }
}
