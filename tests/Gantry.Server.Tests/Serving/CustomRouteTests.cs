namespace Gantry.Server.Tests.Serving;

/// <summary>Paths and methods of custom resources, of which refusals speak otherwise than of built-in ones.</summary>
[Collection(SharedServer.Name)]
public sealed class CustomRouteTests(RunningServer server)
{
    [Theory]
    [InlineData("GET", "v1/bars", 404, "")]
    [InlineData("GET", "v2/foos", 404, "")]
    [InlineData("GET", "v1/foos/x", 404, "")]
    [InlineData("POST", "v1/foos", 404, "")]
    [InlineData("DELETE", "v1/foos", 404, "")]
    [InlineData("GET", "v1/namespaces/default/foos/x/more", 404, "foos.@ \"x\" not found")]
    [InlineData("GET", "v1/namespaces/default/foos/x/scale", 404, "foos.@ \"x\" not found")]
    [InlineData("POST", "v1/namespaces/default/foos/x/status", 405, "create is not supported on resources of kind \"foos.@\"")]
    [InlineData("PUT", "v1/namespaces/default/foos", 400, "name must be provided")]
    [InlineData("PATCH", "v1/namespaces/default/foos", 400, "name must be provided")]
    [InlineData("OPTIONS", "v1/namespaces/default/foos", 405, " is not supported on resources of kind \"foos.@\"")]
    public async Task What_is_not_served_says_so(string method, string path, int code, string message)
    {
        var group = server.Name("r") + ".example.com";
        await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
            {"metadata":{"name":"foos.@"},"spec":{"group":"@","scope":"Namespaced","names":{"plural":"foos","kind":"Foo"},
             "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """.Replace("@", group, StringComparison.Ordinal));
        var body = method is "POST" or "PUT" or "PATCH" ? """{"kind":"Foo","apiVersion":"@/v1","metadata":{"name":"x"}}""".Replace("@", group, StringComparison.Ordinal) : null;
        var answer = await server.SendAsync(new HttpMethod(method), $"/apis/{group}/{path}", body, method == "PATCH" ? "application/merge-patch+json" : "application/json");

        Assert.Equal((code, message.Replace("@", group, StringComparison.Ordinal)), (answer.Code, answer.Message));
        if (message.Length == 0)
        {
            Assert.Equal("404 page not found\n", answer.Text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("/x/status")]
    [InlineData("/x/scale")]
    public async Task Patches_of_no_kind_that_goes_there_are_refused_before_anything_else(string tail)
    {
        var path = await DefineAsync("\"status\":{},\"scale\":{\"specReplicasPath\":\".spec.replicas\",\"statusReplicasPath\":\".status.replicas\"}");
        var refused = await server.SendAsync(HttpMethod.Patch, path + tail, "{}", "application/strategic-merge-patch+json");

        Assert.Equal(
            (415, "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"),
            (refused.Code, refused.Message));
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("/x", 200)]
    [InlineData("/x/status", 200)]
    [InlineData("/y", 404)]
    public async Task Heads_are_served_as_gets_without_a_body(string tail, int code)
    {
        var path = await DefineAsync("\"status\":{}");
        await server.PostAsync(path, $$$"""{"kind":"Foo","apiVersion":"{{{path.Split('/')[2]}}}/v1","metadata":{"name":"x"} }""");
        var answer = await server.SendAsync(HttpMethod.Head, path + tail);

        Assert.Equal((code, ""), (answer.Code, answer.Text));
    }

    [Fact]
    public async Task What_is_posted_under_a_name_is_created_under_its_own()
    {
        var path = await DefineAsync("\"status\":{}");
        var body = $$$"""{"kind":"Foo","apiVersion":"{{{path.Split('/')[2]}}}/v1","metadata":{"name":"own"} }""";
        var made = await server.PostAsync(path + "/other", body);

        Assert.Equal((201, "own"), (made.Code, made.Metadata.Text("name")));
        Assert.Equal(404, (await server.GetAsync(path + "/other")).Code);
        Assert.Equal(409, (await server.PostAsync(path + "/third", body)).Code);
    }

    [Theory]
    [InlineData("POST", "/x/status", 405)]
    [InlineData("GET", "/x/more", 404)]
    [InlineData("PATCH", "/x", 415)]
    [InlineData("PUT", "", 400)]
    [InlineData("GET", "/x", 406)]
    public async Task What_goes_nowhere_is_told_before_what_it_cannot_be_answered_in(string method, string tail, int code)
    {
        var path = await DefineAsync("\"status\":{}");
        Assert.Equal(code, (await server.SendAsync(new HttpMethod(method), path + tail, accept: "text/html")).Code);
    }

    private async Task<string> DefineAsync(string subresources)
    {
        var group = server.Name("r") + ".example.com";
        var made = await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$"""
            {"metadata":{"name":"foos.{{{group}}}"},"spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"foos","kind":"Foo"},
             "versions":[{"name":"v1","served":true,"storage":true,"subresources":{ {{{subresources}}} },"schema":{"openAPIV3Schema":{"type":"object"} } }] } }
            """);
        Assert.True(made.Code == 201, made.Text);
        return $"/apis/{group}/v1/namespaces/default/foos";
    }
}
