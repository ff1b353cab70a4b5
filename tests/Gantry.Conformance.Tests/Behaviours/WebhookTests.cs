using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Admission webhooks: what they refuse, what they change, and what happens when they do not answer.</summary>
[Collection(SharedCluster.Name)]
public sealed class WebhookTests(SimulatedCluster cluster)
{
    private const string Registrations = "/apis/admissionregistration.k8s.io/v1/";
    private const string Refusing = "validatingwebhookconfigurations";
    private const string Changing = "mutatingwebhookconfigurations";
    private const string Any = """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""";

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should be able to deny pod and configmap creation")]
    public async Task Pods_and_maps_that_break_a_rule_are_refused_however_they_come()
    {
        await using var hook = await HookServer.AdmissionAsync(request => request.At("object.data.webhook-e2e-test") is { } data && (string)data! == "webhook-disallow"
            || request.At("object.spec.containers.0.name") is { } name && (string)name! == "webhook-disallow"
            ? HookServer.Deny("the object contains unwanted data") : HookServer.Allow());
        var ns = await cluster.NamespaceAsync();
        var exempt = await cluster.NamespaceAsync($"{{\"exempt-{ns}\":\"true\"}}");
        await RegisterAsync(Refusing, hook, ns, Rule("", "v1", "pods,configmaps", "CREATE,UPDATE"), more: $$$"""
            ,"namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"In","values":["{{{ns}}}","{{{exempt}}}"]},{"key":"exempt-{{{ns}}}","operator":"DoesNotExist"}]}
            """);
        var maps = $"/api/v1/namespaces/{ns}/configmaps";
        const string Bad = """{"metadata":{"name":"bad"},"data":{"webhook-e2e-test":"webhook-disallow"}}""";
        var refused = await cluster.RefusedAsync(400, "POST", $"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"webhook-disallow","image":"none"}]}}""");
        Assert.Contains("denied the request: the object contains unwanted data", refused.Text("message"), StringComparison.Ordinal);
        await cluster.RefusedAsync(400, "POST", maps, Bad);
        await cluster.DoAsync("POST", maps, """{"metadata":{"name":"good"},"data":{"webhook-e2e-test":"webhook-allow"}}""");
        await cluster.RefusedAsync(400, "PUT", maps + "/good", """{"metadata":{"name":"good"},"data":{"webhook-e2e-test":"webhook-disallow"}}""");
        await cluster.RefusedAsync(400, "PATCH", maps + "/good", """{"data":{"webhook-e2e-test":"webhook-disallow"}}""", "application/merge-patch+json");
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{exempt}/configmaps", Bad);
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should be able to deny attaching pod")]
    public async Task Attaching_is_refused()
    {
        await using var hook = await HookServer.AdmissionAsync(_ => HookServer.Deny("attaching to pod 'to-be-attached-pod' is not allowed"));
        var ns = await cluster.NamespaceAsync();
        await RegisterAsync(Refusing, hook, ns, Rule("", "v1", "pods/attach", "CONNECT"));
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"to-be-attached-pod"},"spec":{"containers":[{"name":"c","image":"none"}]}}""");
        var (code, _, errors) = await cluster.KubectlAsync($"attach --namespace {ns} to-be-attached-pod -i -c=c");
        Assert.Equal(1, code);
        Assert.Contains("attaching to pod 'to-be-attached-pod' is not allowed", errors, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should be able to deny custom resource creation, update and deletion")]
    public async Task Custom_objects_are_refused_as_they_come_change_and_go()
    {
        await using var hook = await HookServer.AdmissionAsync(request =>
            (string?)(request.Text("operation") == "DELETE" ? request["oldObject"] : request["object"]).At("data.webhook-e2e-test") == "webhook-disallow" ? HookServer.Deny("no") : HookServer.Allow());
        var custom = await CustomDefinition.CreateAsync(cluster, Any);
        await RegisterAsync(Refusing, hook, custom.Namespace, Rule(custom.Group, "v1", custom.Plural, "CREATE,UPDATE,DELETE"));
        await cluster.RefusedAsync(400, "POST", custom.List(), custom.Object("bad", """ "data":{"webhook-e2e-test":"webhook-disallow"} """));
        await cluster.DoAsync("POST", custom.List(), custom.Object("good", """ "data":{"webhook-e2e-test":"webhook-allow"} """));
        await cluster.RefusedAsync(400, "PATCH", custom.List() + "/good", """{"data":{"webhook-e2e-test":"webhook-disallow"}}""", "application/merge-patch+json");
        await cluster.DeleteAsync(custom.List() + "/good");
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should deny crd creation")]
    public async Task Definitions_are_refused()
    {
        await using var hook = await HookServer.AdmissionAsync(_ => HookServer.Deny("the custom resource definition contains unwanted label"));
        var unwanted = cluster.Name("unwanted");
        await RegisterAsync(Refusing, hook, null, Rule("apiextensions.k8s.io", "*", "customresourcedefinitions", "CREATE"), more: $$$"""
            ,"objectSelector":{"matchLabels":{"made":"{{{unwanted}}}"}}
            """);
        var custom = new CustomDefinition("denied.example.com", "denieds", "Denied", "default");
        var body = JsonNode.Parse(custom.Body($$"""[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{Any}} } }]"""))!;
        body["metadata"]!["labels"] = new JsonObject { ["made"] = unwanted };
        var refused = await cluster.RefusedAsync(400, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body.ToJsonString());
        Assert.Contains("unwanted label", refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should unconditionally reject operations on fail closed webhook")]
    public async Task What_a_webhook_must_see_is_refused_while_it_cannot_be_called()
    {
        await using var hook = await HookServer.AdmissionAsync(_ => HookServer.Allow());
        var ns = await cluster.NamespaceAsync();
        await RegisterAsync(Refusing, hook, ns, Rule("", "v1", "configmaps", "CREATE"), trusted: false);
        var refused = await cluster.RefusedAsync(500, "POST", $"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"m"}}""");
        Assert.Equal("InternalError", refused.Text("reason"));
        Assert.Contains("failed calling webhook", refused.Text("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "Fail", 500)]
    [InlineData(1, "Ignore", 201)]
    [InlineData(10, "Fail", 201)]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should honor timeout")]
    public async Task A_slow_webhook_is_waited_for_as_long_as_it_says(int seconds, string policy, int code)
    {
        await using var hook = await HookServer.StartAsync(async (review, gone) =>
        {
            // Answers only callers that wait longer than the shortest limit.
            await Task.Delay(TimeSpan.FromMilliseconds(1_500), TimeProvider.System, gone);
            return new JsonObject
            {
                ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview",
                ["response"] = new JsonObject { ["uid"] = review.Text("request.uid"), ["allowed"] = true },
            };
        });
        var ns = await cluster.NamespaceAsync();
        await RegisterAsync(Refusing, hook, ns, Rule("", "v1", "configmaps", "CREATE"), policy: policy, more: $",\"timeoutSeconds\":{seconds}");
        var (got, answer) = await cluster.SendAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"m"}}""");
        Assert.Equal(code, got);
        if (code == 500)
        {
            Assert.Contains("context deadline exceeded", answer.Text("message"), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should mutate configmap")]
    public async Task Webhooks_change_what_the_ones_before_them_made()
    {
        await using var first = await HookServer.AdmissionAsync(request => request.At("object.data.mutation-start") is null ? HookServer.Allow()
            : HookServer.Change("""[{"op":"add","path":"/data/mutation-stage-1","value":"yes"}]"""));
        await using var second = await HookServer.AdmissionAsync(request => request.At("object.data.mutation-stage-1") is null ? HookServer.Allow()
            : HookServer.Change("""[{"op":"add","path":"/data/mutation-stage-2","value":"yes"}]"""));
        var ns = await cluster.NamespaceAsync();
        var rule = Rule("", "v1", "configmaps", "CREATE");
        await RegisterAsync(Changing, first, ns, rule);
        await RegisterAsync(Changing, second, ns, rule);
        var made = await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"m"},"data":{"mutation-start":"yes"}}""");
        Assert.Equal("""{"mutation-stage-1":"yes","mutation-stage-2":"yes","mutation-start":"yes"}""", made["data"]!.ToJsonString());
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should mutate pod and apply defaults after mutation")]
    public async Task What_a_webhook_adds_gets_its_defaults()
    {
        await using var hook = await HookServer.AdmissionAsync(_ =>
            HookServer.Change("""[{"op":"add","path":"/spec/initContainers","value":[{"image":"webhook-added-image","name":"webhook-added-init-container","resources":{}}]}]"""));
        var ns = await cluster.NamespaceAsync();
        await RegisterAsync(Changing, hook, ns, Rule("", "v1", "pods", "CREATE"));
        var made = await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"none"}]}}""");
        Assert.Equal(("webhook-added-init-container", "File"), (made.Text("spec.initContainers.0.name"), made.Text("spec.initContainers.0.terminationMessagePolicy")));
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should mutate custom resource")]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should mutate custom resource with pruning")]
    public async Task Custom_objects_are_changed_and_then_pruned()
    {
        await using var hook = await HookServer.AdmissionAsync(_ =>
            HookServer.Change("""[{"op":"add","path":"/data/mutation-stage-1","value":"yes"},{"op":"add","path":"/data/mutation-stage-2","value":"yes"}]"""));
        var custom = await CustomDefinition.CreateAsync(cluster, """{"type":"object","properties":{"data":{"type":"object","properties":{"mutation-start":{"type":"string"},"mutation-stage-1":{"type":"string"}}}}}""");
        await RegisterAsync(Changing, hook, custom.Namespace, Rule(custom.Group, "v1", custom.Plural, "CREATE"));
        var made = await cluster.DoAsync("POST", custom.List(), custom.Object("one", """ "data":{"mutation-start":"yes"} """));
        Assert.Equal(("yes", null), (made.Text("data.mutation-stage-1"), made.Text("data.mutation-stage-2")));
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should mutate custom resource with different stored version")]
    public async Task Custom_objects_are_changed_when_another_version_is_stored()
    {
        await using var hook = await HookServer.AdmissionAsync(_ => HookServer.Change("""[{"op":"add","path":"/data/mutation-stage-1","value":"yes"}]"""));
        static string Versions(string stored) => "[" + string.Join(",", ((string[])["v1", "v2"]).Select(v =>
            $$"""{"name":"{{v}}","served":true,"storage":{{(v == stored ? "true" : "false")}},"schema":{"openAPIV3Schema":{{Any}} } }""")) + "]";
        var custom = await CustomDefinition.CreateVersionsAsync(cluster, Versions("v1"));
        await RegisterAsync(Changing, hook, custom.Namespace, Rule(custom.Group, "v1", custom.Plural, "CREATE,UPDATE"));
        await cluster.DoAsync("POST", custom.List(), custom.Object("one", """ "data":{"mutation-start":"yes"} """));
        await cluster.MergeAsync(custom.Definition, $$$"""{"spec":{"versions":{{{Versions("v2")}}}}}""");
        var patched = await cluster.MergeAsync(custom.List() + "/one", """{"data":{"dummy":"test"}}""");
        Assert.Equal(("yes", "test"), (patched.Text("data.mutation-stage-1"), patched.Text("data.dummy")));
        Assert.Equal(custom.ApiVersion("v2"), (await cluster.GetAsync(custom.List("v2") + "/one")).Text("apiVersion"));
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should not be able to mutate or prevent deletion of webhook configuration objects")]
    public async Task Registrations_themselves_are_not_shown_to_webhooks()
    {
        await using var denies = await HookServer.AdmissionAsync(_ => HookServer.Deny("never"));
        await using var changes = await HookServer.AdmissionAsync(_ => HookServer.Change("""[{"op":"add","path":"/metadata/labels","value":{"added":"yes"}}]"""));
        var rule = Rule("admissionregistration.k8s.io", "*", "*", "CREATE,DELETE");
        var one = await RegisterAsync(Refusing, denies, null, rule);
        var other = await RegisterAsync(Changing, changes, null, rule);
        var ns = await cluster.NamespaceAsync();
        var made = await RegisterAsync(Changing, denies, ns, Rule("", "v1", "configmaps", "CREATE"));
        Assert.Null((await cluster.GetAsync(made)).At("metadata.labels.added"));
        await cluster.DeleteAsync(made);
        await cluster.DeleteAsync(other);
        await cluster.DeleteAsync(one);
    }

    [Theory]
    [InlineData(Refusing)]
    [InlineData(Changing)]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] listing mutating webhooks should work")]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] listing validating webhooks should work")]
    public async Task Registrations_are_listed_work_and_are_deleted_together(string kind)
    {
        await using var hook = await HookAsync(kind);
        var ns = await cluster.NamespaceAsync();
        for (var i = 0; i < 10; i++)
        {
            await RegisterAsync(kind, hook, ns, Rule("", "v1", "configmaps", "CREATE"), label: ns);
        }

        var selected = $"{Registrations}{kind}?labelSelector=made%3D{ns}";
        Assert.Equal(10, (await cluster.GetAsync(selected)).Names().Count());
        await WorksAsync(kind, ns, true);
        await cluster.DeleteAsync(selected);
        Assert.Empty((await cluster.GetAsync(selected)).Names());
        await WorksAsync(kind, ns, false);
    }

    [Theory]
    [InlineData(Refusing)]
    [InlineData(Changing)]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] patching/updating a validating webhook should work")]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] patching/updating a mutating webhook should work")]
    public async Task A_registration_that_is_changed_works_as_changed(string kind)
    {
        await using var hook = await HookAsync(kind);
        var ns = await cluster.NamespaceAsync();
        var path = await RegisterAsync(kind, hook, ns, Rule("", "v1", "configmaps", "CREATE"));
        await WorksAsync(kind, ns, true);
        var now = await cluster.GetAsync(path);
        now["webhooks"]![0]!["rules"]![0]!["operations"] = new JsonArray("UPDATE");
        await cluster.DoAsync("PUT", path, now.ToJsonString());
        await WorksAsync(kind, ns, false);
        await cluster.DoAsync("PATCH", path, """[{"op":"replace","path":"/webhooks/0/rules/0/operations","value":["CREATE"]}]""", "application/json-patch+json");
        await WorksAsync(kind, ns, true);
    }

    [Theory]
    [InlineData(Refusing)]
    [InlineData(Changing)]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should be able to create and update validating webhook configurations with match conditions")]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should be able to create and update mutating webhook configurations with match conditions")]
    public async Task Match_conditions_are_kept_as_given(string kind)
    {
        await using var hook = await HookAsync(kind);
        var ns = await cluster.NamespaceAsync();
        var path = await RegisterAsync(kind, hook, ns, Rule("", "v1", "configmaps", "CREATE"), more: ",\"matchConditions\":[{\"name\":\"expression-1\",\"expression\":\"object.metadata.namespace == 'production'\"}]");
        Assert.Equal("expression-1", (await cluster.GetAsync(path)).Text("webhooks.0.matchConditions.0.name"));
        await WorksAsync(kind, ns, false);
        var now = await cluster.GetAsync(path);
        now["webhooks"]![0]!["matchConditions"] = JsonNode.Parse("""[{"name":"expression-1","expression":"object.metadata.namespace == 'staging'"},{"name":"expression-2","expression":"object.metadata.name == 'x'"}]""");
        var updated = await cluster.DoAsync("PUT", path, now.ToJsonString());
        Assert.Equal(["expression-1", "expression-2"], updated.At("webhooks.0.matchConditions")!.AsArray().Select(c => c.Text("name")));
    }

    [Theory]
    [InlineData(Refusing)]
    [InlineData(Changing)]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should reject validating webhook configurations with invalid match conditions")]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should reject mutating webhook configurations with invalid match conditions")]
    public async Task Match_conditions_that_are_no_expressions_are_refused(string kind)
    {
        await using var hook = await HookAsync(kind);
        var body = Registration(kind, hook, "default", Rule("", "v1", "configmaps", "CREATE"), cluster.Name("hook"), more: ",\"matchConditions\":[{\"name\":\"invalid-expression-1\",\"expression\":\"... [] bad expression\"}]");
        var refused = await cluster.RefusedAsync(422, "POST", Registrations + kind, body);
        Assert.Contains("compilation failed", refused.Text("message"), StringComparison.Ordinal);
        Assert.Equal("webhooks[0].matchConditions[0].expression", refused.Text("details.causes.0.field"));
    }

    [Fact]
    [Trait("Conformance", "AdmissionWebhook [Privileged:ClusterAdmin] should mutate everything except 'skip-me' configmaps")]
    public async Task Match_conditions_decide_what_a_webhook_sees()
    {
        await using var hook = await HookAsync(Changing);
        var ns = await cluster.NamespaceAsync();
        await RegisterAsync(Changing, hook, ns, Rule("", "v1", "configmaps", "CREATE"), more: ",\"matchConditions\":[{\"name\":\"skip-me\",\"expression\":\"object.metadata.name != 'skip-me'\"}]");
        Assert.Null((await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"skip-me"}}""")).At("data"));
        Assert.Equal("yes", (await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"other"}}""")).Text("data.changed"));
    }

    private static Task<HookServer> HookAsync(string kind) => HookServer.AdmissionAsync(_ => kind == Refusing
        ? HookServer.Deny("refused")
        : HookServer.Change("""[{"op":"add","path":"/data","value":{"changed":"yes"}}]"""));

    private static string Rule(string group, string version, string resources, string operations)
    {
        static string List(string items) => string.Join(",", items.Split(',').Select(i => $"\"{i}\""));
        return $$"""{"apiGroups":["{{group}}"],"apiVersions":["{{version}}"],"resources":[{{List(resources)}}],"operations":[{{List(operations)}}]}""";
    }

    private static string Registration(string kind, HookServer hook, string? ns, string rule, string name, string policy = "Fail", string more = "", bool trusted = true, string label = "none")
    {
        var selector = ns is null || more.Contains("namespaceSelector", StringComparison.Ordinal) ? "" : $$$""","namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"{{{ns}}}"}}""";
        var trust = trusted ? $",\"caBundle\":\"{hook.CaBundle}\"" : "";
        var head = $$$"""{"kind":"{{{(kind == Refusing ? "Validating" : "Mutating")}}}WebhookConfiguration","apiVersion":"admissionregistration.k8s.io/v1","metadata":{"name":"{{{name}}}","labels":{"made":"{{{label}}}"}}""";
        return $$$"""{{{head}}},"webhooks":[{"name":"{{{name}}}.example.com","clientConfig":{"url":"{{{hook.Url}}}"{{{trust}}}},"rules":[{{{rule}}}],"sideEffects":"None","failurePolicy":"{{{policy}}}","admissionReviewVersions":["v1"]{{{selector}}}{{{more}}}}]}""";
    }

    /// <summary>Registers the webhook for a namespace alone, and returns the path of the registration.</summary>
    private async Task<string> RegisterAsync(string kind, HookServer hook, string? ns, string rule, string policy = "Fail", string more = "", bool trusted = true, string label = "none")
    {
        var name = cluster.Name("hook");
        await cluster.DoAsync("POST", Registrations + kind, Registration(kind, hook, ns, rule, name, policy, more, trusted, label));
        return $"{Registrations}{kind}/{name}";
    }

    // Whether a new map is refused or changed.
    private async Task WorksAsync(string kind, string ns, bool works)
    {
        var (code, answer) = await cluster.SendAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"{{{cluster.Name("map")}}}"}}""");
        if (kind == Refusing)
        {
            Assert.Equal(works ? 400 : 201, code);
        }
        else
        {
            Assert.Equal(works ? "yes" : null, answer.Text("data.changed"));
        }
    }
}
