using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public class ServerSideApplyTests(RunningServer server)
{
    private readonly RunningServer _server = server;

    [Fact]
    public async Task An_apply_creates_and_then_changes_what_it_states()
    {
        var path = await PathAsync("configmaps/c");
        Assert.Equal(201, (await ApplyAsync(path, "data: {a: '1', b: '1'}", "one")).Code);
        Assert.Equal(200, (await ApplyAsync(path, "data: {b: '2'}", "one")).Code);
        Assert.Equal("""{"b":"2"}""", (await _server.GetAsync(path)).Body["data"]!.ToString());
    }

    [Fact]
    public async Task Fields_of_others_are_a_conflict_until_forced()
    {
        var path = await PathAsync("configmaps/c");
        await ApplyAsync(path, "data: {a: '1'}", "one");
        var refused = await ApplyAsync(path, "data: {a: '2'}", "two");
        Assert.Equal((409, "Conflict"), (refused.Code, refused.Reason));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"one\": .data.a", refused.Message);
        Assert.Equal("FieldManagerConflict", refused.Cause(".data.a"));
        Assert.Equal(200, (await ApplyAsync(path + "?force=true", "data: {a: '2'}", "two")).Code);
    }

    [Fact]
    public async Task Defaults_are_filled_in_but_not_owned()
    {
        var path = await PathAsync("deployments/d", "/apis/apps/v1");
        var made = await ApplyAsync(path, """
            spec:
              selector: {matchLabels: {a: b}}
              template:
                metadata: {labels: {a: b}}
                spec: {containers: [{name: c, image: i}]}
            """, "one", "apps/v1", "Deployment");
        Assert.Equal(201, made.Code);
        Assert.Equal(1, ((TreeInteger)made.Body.Map("spec")!["replicas"]!).Value);
        Assert.Equal(
            """{"f:spec":{"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{}}}}}}}""",
            ((TreeMap)made.Metadata.List("managedFields")![0])["fieldsV1"]!.ToString());
    }

    [Fact]
    public async Task Unknown_fields_and_missing_managers_are_refused()
    {
        var path = await PathAsync("configmaps/c");
        var unknown = await ApplyAsync(path, "foo: 1", "one");
        Assert.Equal(500, unknown.Code);
        Assert.EndsWith(".foo: field not declared in schema", unknown.Message, StringComparison.Ordinal);
        var nobody = await _server.SendAsync(HttpMethod.Patch, path, """{"apiVersion":"v1","kind":"ConfigMap"}""", "application/apply-patch+yaml");
        Assert.Equal((422, "FieldValueRequired"), (nobody.Code, nobody.Cause("fieldManager")));
    }

    [Fact]
    public async Task Names_of_managers_are_short_and_printable()
    {
        var path = await PathAsync("configmaps");
        var tooLong = await _server.PostAsync($"{path}?fieldManager={new string('x', 129)}", """{"metadata":{"name":"c"}}""");
        Assert.Equal((422, "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes"), (tooLong.Code, tooLong.Message));
        var odd = await _server.PostAsync(path + "?fieldManager=a%01", """{"metadata":{"name":"c"}}""");
        Assert.Equal((422, "FieldValueInvalid"), (odd.Code, odd.Cause("fieldManager")));
        Assert.EndsWith("invalid character U+0001 (at position 1)", odd.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_the_same_again_writes_nothing()
    {
        var path = await PathAsync("configmaps/c");
        var first = await ApplyAsync(path, "data: {a: '1'}", "one");
        Assert.Equal(first.ResourceVersion, (await ApplyAsync(path, "data: {a: '1'}", "one")).ResourceVersion);
    }

    [Fact]
    public async Task What_admission_adds_has_no_owner()
    {
        var space = await _server.NamespaceAsync();
        await _server.PostAsync($"/api/v1/namespaces/{space}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var pod = await _server.PostAsync($"/api/v1/namespaces/{space}/pods?fieldManager=me", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal(201, pod.Code);
        Assert.NotNull(pod.Body.Map("spec")!.List("volumes"));
        Assert.DoesNotContain("f:volumes", pod.Metadata["managedFields"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owners_of_another_version_lose_what_is_changed_in_this_one()
    {
        var space = await _server.NamespaceAsync();
        var old = $"/apis/autoscaling/v1/namespaces/{space}/horizontalpodautoscalers";
        var made = await _server.PostAsync(
            old + "?fieldManager=one", """{"metadata":{"name":"h"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"d","apiVersion":"apps/v1"},"minReplicas":2,"maxReplicas":5}}""");
        Assert.Equal(201, made.Code);
        var changed = await _server.MergeAsync(
            old.Replace("/v1/", "/v2/", StringComparison.Ordinal) + "/h?fieldManager=two", """{"spec":{"maxReplicas":6}}""");
        Assert.Equal(200, changed.Code);
        Assert.Equal(
            ["one autoscaling/v1 {\"f:spec\":{\"f:minReplicas\":{},\"f:scaleTargetRef\":{}}}", "two autoscaling/v2 {\"f:spec\":{\"f:maxReplicas\":{}}}"],
            changed.Metadata.List("managedFields")!.Cast<TreeMap>().Select(m => $"{m.Text("manager")} {m.Text("apiVersion")} {m["fieldsV1"]}").Order(StringComparer.Ordinal));
    }

    private async Task<string> PathAsync(string rest, string root = "/api/v1") => $"{root}/namespaces/{await _server.NamespaceAsync()}/{rest}";

    private Task<Answer> ApplyAsync(string path, string rest, string manager, string apiVersion = "v1", string kind = "ConfigMap")
    {
        var name = path.Split('?')[0].Split('/')[^1];
        var with = path.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        return _server.SendAsync(
            HttpMethod.Patch, $"{path}{with}fieldManager={manager}", $"apiVersion: {apiVersion}\nkind: {kind}\nmetadata:\n  name: {name}\n{rest}\n", "application/apply-patch+yaml");
    }
}
