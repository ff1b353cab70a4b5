using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Authorization;

/// <summary>Questions of access, and who may grant what, through the whole server.</summary>
[Collection(SharedServer.Name)]
public sealed class AccessReviewTests(RunningServer server)
{
    private const string Api = "/apis/authorization.k8s.io/v1";

    [Theory]
    [InlineData("subjectaccessreviews", """{"spec":{}}""", "[spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: \"\": at least one of user or group must be specified]")]
    [InlineData("selfsubjectaccessreviews", """{"spec":{}}""", "spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified")]
    [InlineData("selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get"},"nonResourceAttributes":{"path":"/x","verb":"get"}}}""", "spec.nonResourceAttributes: Invalid value: authorization.NonResourceAttributes{Path:\"/x\", Verb:\"get\"}: cannot be specified in combination with resourceAttributes")]
    [InlineData("selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"fieldSelector":{}}}}""", "spec.resourceAttributes.fieldSelector.requirements: Required value: when spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required")]
    [InlineData("selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"labelSelector":{"requirements":[{"key":"a","operator":"Exists","values":["b"]}]}}}}""", "spec.resourceAttributes.labelSelector.requirements[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    public async Task A_question_that_makes_no_sense_is_refused(string resource, string question, string fault)
    {
        var answer = await server.PostAsync($"{Api}/{resource}", question);
        Assert.Equal((422, $".authorization.k8s.io \"\" is invalid: {fault}"), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_local_question_is_about_the_namespace_of_its_path()
    {
        var answer = await server.PostAsync($"{Api}/namespaces/default/localsubjectaccessreviews", """{"spec":{"user":"u","resourceAttributes":{"namespace":"other","verb":"get","resource":"pods"}}}""");
        Assert.Equal(".authorization.k8s.io \"\" is invalid: spec.resourceAttributes.namespace: Invalid value: \"other\": must match metadata.namespace", answer.Message);
    }

    [Theory]
    [InlineData("""{"rawSelector":"a in b"}""", "spec.resourceAttributes.fieldSelector ignored due to parse error")]
    [InlineData("""{"requirements":[{"key":"a","operator":"In","values":["x"]},{"key":"b","operator":"Exists"}]}""", "spec.resourceAttributes.fieldSelector partially ignored due to parse error")]
    [InlineData("""{"rawSelector":"a=b"}""", null)]
    public async Task What_is_not_understood_of_a_selector_is_told(string selector, string? told)
    {
        var answer = await server.PostAsync($"{Api}/subjectaccessreviews", $$$"""{"spec":{"user":"u","resourceAttributes":{"verb":"list","resource":"pods","fieldSelector":{{{selector}}} } } }""");
        Assert.Equal(201, answer.Code);
        Assert.Equal(told, answer.Body.Map("status")!.Text("evaluationError"));
    }

    [Fact]
    public async Task A_refusal_is_never_taken_for_markup()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/%3Cb%3E/pods");
        request.Headers.Authorization = new("Bearer", "nobody");
        using var response = await server.Http.SendAsync(request);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("in the namespace \\\"&lt;b&gt;\\\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_rules_holds_plain_paths_and_is_whole_but_for_nodes()
    {
        var mine = (await server.SendAsync(HttpMethod.Post, $"{Api}/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""", token: "nobody")).Body;
        Assert.Empty(mine.Map("spec")!);
        var status = mine.Map("status")!;
        Assert.False(((TreeBool)status["incomplete"]!).Value);
        Assert.Contains(status.List("nonResourceRules")!.OfType<TreeMap>(), r => r.List("nonResourceURLs")!.Contains(new TreeString("/version")));
        Assert.Contains(status.List("resourceRules")!.OfType<TreeMap>(), r => r.List("resources")!.Contains(new TreeString("selfsubjectaccessreviews")));

        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Api}/selfsubjectrulesreviews");
        request.Content = new StringContent("""{"spec":{"namespace":"default"}}""", System.Text.Encoding.UTF8, "application/json");
        request.Headers.Add("Impersonate-User", "system:node:one");
        request.Headers.Add("Impersonate-Group", "system:nodes");
        using var response = await server.Http.SendAsync(request);
        var node = ((TreeMap)TreeJson.Parse(await response.Content.ReadAsStringAsync())).Map("status")!;
        Assert.True(((TreeBool)node["incomplete"]!).Value);
        Assert.Equal("node authorizer does not support user rule resolution", node.Text("evaluationError"));
    }

    [Fact]
    public async Task Nobody_grants_what_he_lacks_unless_he_may_escalate_or_bind()
    {
        const string rbac = "/apis/rbac.authorization.k8s.io/v1";
        var (edit, bind) = (server.Name("editor"), server.Name("binder"));
        await MadeAsync($"{rbac}/clusterroles", $$$"""{"metadata":{"name":"{{{edit}}}"},"rules":[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles","clusterrolebindings"],"verbs":["create","update","get"]}]}""");
        await MadeAsync($"{rbac}/clusterrolebindings", $$$"""{"metadata":{"name":"{{{edit}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{{edit}}}"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"nobody"}]}""");

        var wished = server.Name("wished");
        var role = $$$"""{"metadata":{"name":"{{{wished}}}"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}]}""";
        var refused = await server.SendAsync(HttpMethod.Post, $"{rbac}/clusterroles", role, token: "nobody");
        Assert.Equal(403, refused.Code);
        Assert.Equal(
            $"clusterroles.rbac.authorization.k8s.io \"{wished}\" is forbidden: user \"nobody\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}}",
            refused.Message);

        var aggregated = await server.SendAsync(HttpMethod.Post, $"{rbac}/clusterroles",
            $$$"""{"metadata":{"name":"{{{wished}}}"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]},"rules":[]}""", token: "nobody");
        Assert.Equal($"clusterroles.rbac.authorization.k8s.io \"{wished}\" is forbidden: must have cluster-admin privileges to use the aggregationRule", aggregated.Message);

        // Not even a label of a role may be changed by one who lacks its rights.
        var made = await MadeAsync($"{rbac}/clusterroles", role);
        made.Map("metadata")!["labels"] = new TreeMap { ["a"] = "b" };
        var labelled = await server.SendAsync(HttpMethod.Put, $"{rbac}/clusterroles/{wished}", TreeJson.WriteText(made), token: "nobody");
        Assert.Equal(403, labelled.Code);

        var binding = $$$"""{"metadata":{"name":"{{{wished}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{{wished}}}"},"subjects":[]}""";
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, $"{rbac}/clusterrolebindings", binding, token: "nobody")).Code);
        await MadeAsync($"{rbac}/clusterroles", $$$"""{"metadata":{"name":"{{{bind}}}"},"rules":[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"verbs":["bind"],"resourceNames":["{{{wished}}}"]}]}""");
        await MadeAsync($"{rbac}/clusterrolebindings", $$$"""{"metadata":{"name":"{{{bind}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{{bind}}}"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"nobody"}]}""");
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, $"{rbac}/clusterrolebindings", binding, token: "nobody")).Code);
    }

    private async Task<TreeMap> MadeAsync(string path, string body)
    {
        var made = await server.PostAsync(path, body);
        Assert.True(made.Code == 201, made.Text);
        return made.Body;
    }
}
