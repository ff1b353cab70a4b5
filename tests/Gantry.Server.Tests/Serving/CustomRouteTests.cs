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
    [InlineData("OPTIONS", "v1/namespaces/default/foos", 405, "options is not supported on resources of kind \"foos.@\"")]
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
}
