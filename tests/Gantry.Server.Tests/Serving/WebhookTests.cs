using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class WebhookTests(RunningServer server)
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1/";

    [Fact]
    public async Task A_mutating_webhook_changes_what_is_stored()
    {
        var seen = new List<string>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Add($"{request.Text("operation")} {request.Map("userInfo")!.Text("username")} {request.Map("resource")!.Text("resource")}");
            const string Patch = """[{"op":"add","path":"/data","value":{"by":"hook"}}]""";
            return new TreeMap { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Patch)) };
        });
        var (ns, done) = await ConfigureAsync("mutatingwebhookconfigurations", "MutatingWebhookConfiguration", hook.Url, hook.CaBundle);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal((201, "hook"), (made.Code, made.Body.Map("data")!.Text("by")));
        Assert.Equal("CREATE admin configmaps", Assert.Single(seen));
        await done();
    }

    [Fact]
    public async Task A_validating_webhook_refuses_and_warns()
    {
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            var allowed = request.Map("object")?.Map("data")?.Text("ok") == "yes";
            var status = new TreeMap { ["code"] = 403, ["message"] = "not like this", ["reason"] = "Forbidden" };
            return new TreeMap { ["allowed"] = allowed, ["status"] = status, ["warnings"] = new TreeList(["mind the gap"]) };
        });
        var (ns, done) = await ConfigureAsync("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", hook.Url, hook.CaBundle);
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        var refused = await server.PostAsync(path, """{"metadata":{"name":"a"}}""");
        Assert.Equal((403, "Forbidden", "admission webhook \"hook.example.com\" denied the request: not like this"), (refused.Code, refused.Reason, refused.Message));
        var allowed = await server.PostAsync(path, """{"metadata":{"name":"a"},"data":{"ok":"yes"}}""");
        Assert.Equal(201, allowed.Code);
        Assert.Contains("mind the gap", Assert.Single(allowed.Warnings));
        await done();
    }

    [Theory]
    [InlineData("Fail", 500)]
    [InlineData("Ignore", 201)]
    public async Task A_webhook_that_does_not_answer_counts_as_its_policy_says(string policy, int code)
    {
        var (ns, done) = await ConfigureAsync("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", "https://127.0.0.1:1/none", "", policy);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        Assert.Equal(code, made.Code);
        if (code == 500)
        {
            Assert.Equal(
                "Internal error occurred: failed calling webhook \"hook.example.com\": failed to call webhook: Post \"https://127.0.0.1:1/none?timeout=10s\": dial tcp 127.0.0.1:1: connect: connection refused",
                made.Message);
        }

        await done();
    }

    [Fact]
    public async Task Who_changes_an_object_is_asked_before_its_revision_is_looked_at()
    {
        var seen = new List<string>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            string Revision(string of) => request.Map(of)!.Map("metadata")!.Text("resourceVersion") ?? "none";
            seen.Add(Revision("object") + " " + Revision("oldObject"));
            return new TreeMap { ["allowed"] = request.Map("object")!.Map("data")?.Text("ok") == "yes" };
        });
        var (ns, done) = await ConfigureAsync("mutatingwebhookconfigurations", "MutatingWebhookConfiguration", hook.Url, hook.CaBundle, operation: "UPDATE");
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var now = (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).ResourceVersion;

        var unwanted = await server.PutAsync(path + "/a", """{"metadata":{"name":"a","resourceVersion":"1"}}""");
        Assert.Equal((400, "admission webhook \"hook.example.com\" denied the request without explanation"), (unwanted.Code, unwanted.Message));
        Assert.Equal(409, (await server.PutAsync(path + "/a", """{"metadata":{"name":"a","resourceVersion":"1"},"data":{"ok":"yes"}}""")).Code);
        Assert.Equal(200, (await server.PutAsync(path + "/a", """{"metadata":{"name":"a"},"data":{"ok":"yes"}}""")).Code);

        Assert.Equal(["1 " + now, "1 " + now, "none " + now], seen);
        await done();
    }

    [Theory]
    [InlineData("""[{"manager":"m","operation":"Own","apiVersion":"v1"}]""", "metadata.managedFields[0].operation: Invalid value: \"Own\": must be `Apply` or `Update`")]
    [InlineData("""[{"manager":"m","operation":"Apply","apiVersion":"v1"}]""", "missing fieldsType in managed fields entry 0")]
    public async Task Owners_that_admission_breaks_are_what_they_were(string owners, string words)
    {
        await using var hook = await HookServer.StartAsync(server.Server.Pki, _ =>
        {
            var patch = $$$"""[{"op":"add","path":"/data","value":{"by":"hook"}},{"op":"add","path":"/metadata/managedFields","value":{{{owners}}}}]""";
            return new TreeMap { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)) };
        });
        var (ns, done) = await ConfigureAsync("mutatingwebhookconfigurations", "MutatingWebhookConfiguration", hook.Url, hook.CaBundle);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps?fieldManager=me", """{"metadata":{"name":"a"},"data":{"x":"y"}}""");

        Assert.Equal((201, "hook"), (made.Code, made.Body.Map("data")!.Text("by")));
        Assert.Equal("me", ((TreeMap)Assert.Single(made.Metadata.List("managedFields")!)).Text("manager"));
        Assert.Equal(
            "299 - \".metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: "
            + words.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
            Assert.Single(made.Warnings));
        await done();
    }

    [Fact]
    public async Task Who_judges_an_update_sees_the_revision_that_it_replaces()
    {
        var seen = new List<string>();
        await using var hook = await HookServer.StartAsync(server.Server.Pki, request =>
        {
            seen.Add(request.Map("object")!.Map("metadata")!.Text("resourceVersion") ?? "none");
            return new TreeMap { ["allowed"] = true };
        });
        var (ns, done) = await ConfigureAsync("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", hook.Url, hook.CaBundle, operation: "UPDATE");
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        var now = (await server.PostAsync(path, """{"metadata":{"name":"a"}}""")).ResourceVersion;

        Assert.Equal(200, (await server.PutAsync(path + "/a", """{"metadata":{"name":"a"},"data":{"n":"1"}}""")).Code);
        Assert.Equal(now, Assert.Single(seen));
        await done();
    }

    [Fact]
    public async Task Of_a_pod_that_is_on_its_way_nobody_is_asked_again()
    {
        var asked = 0;
        await using var hook = await HookServer.StartAsync(server.Server.Pki, _ =>
        {
            Interlocked.Increment(ref asked);
            return new TreeMap { ["allowed"] = true };
        });
        var (ns, done) = await ConfigureAsync("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", hook.Url, hook.CaBundle, operation: "DELETE", resource: "pods");
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var pod = $"/api/v1/namespaces/{ns}/pods/p";
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}""")).Code);

        Assert.Equal((200, 200, 1), ((await server.DeleteAsync(pod)).Code, (await server.DeleteAsync(pod)).Code, asked));
        Assert.Equal((200, 2), ((await server.DeleteAsync(pod + "?gracePeriodSeconds=0")).Code, asked));
        await done();
    }

    // Each webhook is for the test's own namespace only.
    private async Task<(string Namespace, Func<Task> Done)> ConfigureAsync(string plural, string kind, string url, string caBundle, string policy = "Fail", string operation = "CREATE", string resource = "configmaps")
    {
        var ns = await server.NamespaceAsync();
        var name = server.Name("hook");
        var made = await server.PostAsync(Group + plural, $$$"""
            {"apiVersion":"admissionregistration.k8s.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}"},
             "webhooks":[{"name":"hook.example.com","clientConfig":{"url":"{{{url}}}","caBundle":"{{{caBundle}}}"},"sideEffects":"None","admissionReviewVersions":["v1"],
              "failurePolicy":"{{{policy}}}","namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"{{{ns}}}"} },
              "rules":[{"operations":["{{{operation}}}"],"apiGroups":[""],"apiVersions":["v1"],"resources":["{{{resource}}}"]}]}]}
            """);
        Assert.True(made.Code == 201, made.Text);
        return (ns, async () => Assert.Equal(200, (await server.DeleteAsync(Group + plural + "/" + name)).Code));
    }
}
