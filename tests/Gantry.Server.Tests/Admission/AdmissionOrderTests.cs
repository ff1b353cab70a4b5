using System.Collections.Concurrent;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;
using Gantry.Server.Tests.Subresources;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class AdmissionOrderTests(RunningServer server)
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";

    [Fact]
    public async Task Who_may_not_give_rights_learns_nothing_of_the_faults_of_the_role()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"{Rbac}/namespaces/{ns}/roles", """{"metadata":{"name":"writer"},"rules":[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["*"]}]}""");
        await server.PostAsync($"{Rbac}/namespaces/{ns}/rolebindings",
            """{"metadata":{"name":"writer"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"writer"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"nobody"}]}""");
        const string Faulty = """{"metadata":{"name":"faulty"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]},{"resources":["pods"],"verbs":[]}]}""";

        var refused = await server.SendAsync(HttpMethod.Post, $"{Rbac}/namespaces/{ns}/roles", Faulty, token: "nobody");
        var invalid = await server.PostAsync($"{Rbac}/namespaces/{ns}/roles", Faulty);

        // By the verb star the writer may escalate, so his fault is told.
        Assert.Equal(422, refused.Code);
        Assert.Equal(422, invalid.Code);
        await server.MergeAsync($"{Rbac}/namespaces/{ns}/roles/writer", """{"rules":[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"],"verbs":["create","update"]}]}""");
        refused = await server.SendAsync(HttpMethod.Post, $"{Rbac}/namespaces/{ns}/roles", Faulty, token: "nobody");
        Assert.Equal(403, refused.Code);
        Assert.Contains("is attempting to grant RBAC permissions not currently held", refused.Message);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_is_judged_like_any_other()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        await server.PostAsync(path, """{"metadata":{"name":"a"}}""");
        await using var hook = await HookServer.StartAsync(
            server.Server.Pki, _ => new TreeMap { ["allowed"] = false, ["status"] = new TreeMap { ["code"] = 403L, ["message"] = "never" } });
        await using var _ = await HookedAsync(false, hook, ns, "", "configmaps", "UPDATE");

        Assert.Equal((403, "admission webhook \"h.example.com\" denied the request: never"), await AnswerAsync(server.MergeAsync(path + "/a", "{}")));
    }

    [Theory]
    [InlineData("authorization.k8s.io", "selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}""", "SelfSubjectAccessReview")]
    [InlineData("authorization.k8s.io", "subjectaccessreviews", """{"spec":{"user":"u","resourceAttributes":{"verb":"get","resource":"pods"}}}""", "SubjectAccessReview")]
    [InlineData("authorization.k8s.io", "selfsubjectrulesreviews", """{"spec":{"namespace":"x"}}""", "SelfSubjectRulesReview")]
    [InlineData("authentication.k8s.io", "tokenreviews", """{"spec":{"token":"x"}}""", "TokenReview")]
    [InlineData("authentication.k8s.io", "selfsubjectreviews", "{}", "SelfSubjectReview")]
    public async Task Questions_pass_admission_like_objects(string group, string plural, string body, string kind)
    {
        var seen = new ConcurrentQueue<TreeMap>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Enqueue(request);
            return new TreeMap { ["allowed"] = false, ["status"] = new TreeMap { ["code"] = 403L, ["message"] = "ask nobody" } };
        });
        await using var _ = await HookedAsync(false, hook, "", group, plural, "CREATE");

        var asked = await server.PostAsync($"/apis/{group}/v1/{plural}", body);

        Assert.Equal((403, "admission webhook \"h.example.com\" denied the request: ask nobody"), (asked.Code, asked.Message));
        var request = Assert.Single(seen);
        Assert.Equal((kind, "CREATE"), (request.Map("object")!.Text("kind"), request.Text("operation")));
    }

    [Fact]
    public async Task Questions_may_be_changed_by_webhooks()
    {
        await using var hook = await HookServer.StartAsync(
            server.Server.Pki, _ => Patch("""[{"op":"replace","path":"/spec/user","value":"admin"},{"op":"add","path":"/spec/groups","value":["system:masters"]}]"""));
        await using var _ = await HookedAsync(true, hook, "", "authorization.k8s.io", "subjectaccessreviews", "CREATE");

        var asked = await server.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"nobody","resourceAttributes":{"verb":"get","resource":"pods"}}}""");

        Assert.True(asked.Body.Map("status")!["allowed"] is TreeBool { Value: true }, asked.Text);
        Assert.Equal("admin", asked.Body.Map("spec")!.Text("user"));
    }

    [Fact]
    public async Task What_a_webhook_makes_of_a_connection_is_what_the_node_is_asked_for()
    {
        using var nodes = FakeNodes.Listen();
        await using var own = await SubresourceServer.StartAsync(nodes);
        await own.DoAsync("POST", "/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await own.DoAsync("POST", "/api/v1/namespaces/default/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"a","image":"i"},{"name":"b","image":"i"}]}}""");
        await using var hook = await HookServer.StartAsync(own.Pki, _ => Patch("""[{"op":"replace","path":"/container","value":"b"},{"op":"replace","path":"/command","value":["id","-u"]}]"""));
        await own.DoAsync("POST", Group + "mutatingwebhookconfigurations", Configuration("h", true, hook, "default", "", "pods/exec", "CONNECT"));

        var (code, body) = await own.SendAsync("POST", "/api/v1/namespaces/default/pods/p/exec?command=sh&container=a&stdin=true&timeout=5s");

        Assert.Equal((200, "Exec b"), (code, body!.GetValue<string>()));
        Assert.Equal("?timeout=5s&stdin=true&container=b&command=id&command=-u", Assert.Single(nodes.Queries));
    }

    [Fact]
    public async Task Connections_are_admitted_before_anything_is_looked_up()
    {
        await using var hook = await HookServer.StartAsync(
            server.Server.Pki, _ => new TreeMap { ["allowed"] = false, ["status"] = new TreeMap { ["code"] = 403L, ["message"] = "no shells" } });
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/pods/missing/exec?command=sh";
        Assert.Equal((404, "pods \"missing\" not found"), await AnswerAsync(server.PostAsync(path, "")));
        // Nobody looks whether the namespace is there either.
        Assert.Equal((404, "pods \"missing\" not found"), await AnswerAsync(server.PostAsync("/api/v1/namespaces/nowhere/pods/missing/exec?command=sh", "")));
        await using var _ = await HookedAsync(false, hook, ns, "", "pods/exec", "CONNECT");

        Assert.Equal((403, "admission webhook \"h.example.com\" denied the request: no shells"), await AnswerAsync(server.PostAsync(path, "")));
    }

    [Fact]
    public async Task Figures_tell_who_took_how_long()
    {
        var ns = await server.NamespaceAsync();
        await using var hook = await HookServer.StartAsync(
            server.Server.Pki, _ => new TreeMap { ["allowed"] = false, ["status"] = new TreeMap { ["code"] = 403L, ["message"] = "never" } });
        await using var _ = await HookedAsync(false, hook, ns, "", "configmaps", "CREATE", "figured.example.com");
        await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        var text = (await server.GetAsync("/metrics")).Text;

        foreach (var line in new[]
        {
            "apiserver_admission_controller_admission_duration_seconds_bucket{name=\"LimitRanger\",operation=\"CREATE\",rejected=\"false\",type=\"admit\",le=\"0.005\"}",
            "apiserver_admission_controller_admission_duration_seconds_count{name=\"ValidatingAdmissionWebhook\",operation=\"CREATE\",rejected=\"true\",type=\"validate\"}",
            "apiserver_admission_step_admission_duration_seconds_count{operation=\"CREATE\",rejected=\"true\",type=\"validate\"}",
            "apiserver_admission_webhook_admission_duration_seconds_count{name=\"figured.example.com\",operation=\"CREATE\",rejected=\"true\",type=\"validating\"} 1",
            "apiserver_admission_webhook_request_total{code=\"403\",name=\"figured.example.com\",operation=\"CREATE\",rejected=\"true\",type=\"validating\"} 1",
            "apiserver_admission_webhook_rejection_count{error_type=\"no_error\",name=\"figured.example.com\",operation=\"CREATE\",rejection_code=\"403\",type=\"validating\"} 1",
        })
        {
            Assert.Contains("\n" + line, text);
        }
    }

    private static async Task<(int Code, string Message)> AnswerAsync(Task<Answer> sent)
    {
        var answer = await sent;
        return (answer.Code, answer.Message);
    }

    private static TreeMap Patch(string patch) =>
        new() { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)) };

    private static string Configuration(string name, bool mutates, HookServer hook, string ns, string group, string resource, string operation, string hookName = "h.example.com") => $$$"""
        {"apiVersion":"admissionregistration.k8s.io/v1","kind":"{{{(mutates ? "Mutating" : "Validating")}}}WebhookConfiguration","metadata":{"name":"{{{name}}}"},"webhooks":[
         {"name":"{{{hookName}}}","clientConfig":{"url":"{{{hook.Url}}}","caBundle":"{{{hook.CaBundle}}}"},"sideEffects":"None","admissionReviewVersions":["v1"],
          "namespaceSelector":{{{(ns.Length == 0 ? "{}" : $$"""{"matchLabels":{"kubernetes.io/metadata.name":"{{ns}}"} }""")}}},
          "rules":[{"operations":["{{{operation}}}"],"apiGroups":["{{{group}}}"],"apiVersions":["v1"],"resources":["{{{resource}}}"]}]}]}
        """;

    private async Task<IAsyncDisposable> HookedAsync(bool mutates, HookServer hook, string ns, string group, string resource, string operation, string name = "h.example.com")
    {
        var plural = mutates ? "mutatingwebhookconfigurations" : "validatingwebhookconfigurations";
        var configuration = server.Name("order");
        var made = await server.PostAsync(Group + plural, Configuration(configuration, mutates, hook, ns, group, resource, operation, name));
        Assert.True(made.Code == 201, made.Text);
        return new Removed(server, $"{Group}{plural}/{configuration}");
    }

    private sealed class Removed(RunningServer server, string path) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => Assert.Equal(200, (await server.DeleteAsync(path)).Code);
    }
}
