namespace Gantry.Server.Tests.Serving;

/// <summary>What is created by a request and answered, but never stored.</summary>
[Collection(SharedServer.Name)]
public sealed class QuestionTests(RunningServer server)
{
    [Fact]
    public async Task Questions_tell_who_set_their_fields()
    {
        var answer = await server.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews?fieldManager=me",
            """{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}""");

        var entry = (Gantry.Api.Trees.TreeMap)Assert.Single(answer.Metadata.List("managedFields")!);
        Assert.Equal((201, "me", "Update", "authorization.k8s.io/v1"), (answer.Code, entry.Text("manager"), entry.Text("operation"), entry.Text("apiVersion")));
        Assert.Equal("""{"f:spec":{"f:resourceAttributes":{".":{},"f:resource":{},"f:verb":{}}}}""", Gantry.Api.Trees.TreeJson.WriteText(entry["fieldsV1"]!));
        Assert.True(answer.Body.Map("status")!.Contains("allowed"));
    }

    [Fact]
    public async Task Tokens_tell_by_which_subresource_they_were_made()
    {
        var ns = await server.RulesNamespaceAsync();
        var answer = await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts/default/token?fieldManager=me", """{"spec":{}}""");

        var entry = (Gantry.Api.Trees.TreeMap)Assert.Single(answer.Metadata.List("managedFields")!);
        Assert.Equal(("me", "token"), (entry.Text("manager"), entry.Text("subresource")));
        Assert.Equal("""{"f:spec":{"f:expirationSeconds":{}}}""", Gantry.Api.Trees.TreeJson.WriteText(entry["fieldsV1"]!));
    }

    [Theory]
    [InlineData("/apis/authentication.k8s.io/v1/tokenreviews?dryRun=Some", """{"spec":{"token":"x"}}""", 422)]
    [InlineData("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews?fieldValidation=Maybe", "{}", 422)]
    [InlineData("/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews", """{"metadata":{"namespace":"other"}}""", 400)]
    [InlineData("/apis/authentication.k8s.io/v1/tokenreviews", """{"kind":"Pod","apiVersion":"v1"}""", 400)]
    public async Task Questions_are_checked_like_every_create(string path, string body, int code) => Assert.Equal(code, (await server.PostAsync(path, body)).Code);

    [Fact]
    public async Task A_review_of_a_token_has_no_namespace()
    {
        var answer = await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", """{"metadata":{"namespace":"x"},"spec":{"token":"t"}}""");
        Assert.Equal((201, null), (answer.Code, answer.Metadata.Text("namespace")));
    }

    [Theory]
    [InlineData("/api/v1/proxy/nodes/node-1", 404)]
    [InlineData("/apis/apps/v1/proxy/namespaces/default/deployments/x", 404)]
    public async Task The_proxies_of_the_first_days_are_not_served(string path, int code) => Assert.Equal(code, (await server.GetAsync(path)).Code);
}
