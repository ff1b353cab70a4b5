namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class BadInputTests(RunningServer server)
{
    [Theory]
    [InlineData("{not json", "couldn't get version/kind; json parse error: invalid character 'n' looking for beginning of object key string ({not json)")]
    [InlineData("[]", "the object provided is unrecognized (must be of type ConfigMap)")]
    [InlineData("", "(<empty>)")]
    [InlineData("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"}}""", "Service in version \"v1\" cannot be handled as a ConfigMap")]
    [InlineData("""{"apiVersion":"v1","kind":"Widget","metadata":{"name":"x"}}""", "no kind \"Widget\" is registered for version \"v1\"")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"}}""", "Deployment in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Deployment) to (core.ConfigMap): unknown conversion")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"n":1}}""", "cannot unmarshal number into Go struct field ConfigMap.data of type string")]
    [InlineData("""{"data":{"n":1}}""", "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number")]
    [InlineData("""{"metadata":{"name":"x","namespace":"elsewhere"}}""", "the namespace of the provided object does not match the namespace sent on the request")]
    public async Task A_body_that_is_no_such_object_is_a_bad_request(string body, string words)
    {
        var ns = await server.NamespaceAsync();
        var answer = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", body);

        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Reason));
        Assert.Contains(words, answer.Message);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("a_b")]
    [InlineData("-a")]
    [InlineData("a..b")]
    public async Task A_name_that_is_no_name_is_invalid(string name)
    {
        var ns = await server.NamespaceAsync();
        var answer = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"{{{name}}}"}}""");

        Assert.Equal((422, "Invalid"), (answer.Code, answer.Reason));
        Assert.Equal("FieldValueInvalid", answer.Cause("metadata.name"));
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_takes_no_objects()
    {
        var answer = await server.PostAsync("/api/v1/namespaces/absent/configmaps", """{"metadata":{"name":"x"}}""");

        Assert.Equal((404, "namespaces \"absent\" not found"), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_and_the_server_goes_on()
    {
        var ns = await server.NamespaceAsync();
        var answer = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"x"},"data":{"k":"{{{new string('a', 10 << 20)}}}"}}""");

        Assert.Equal((413, "RequestEntityTooLarge"), (answer.Code, answer.Reason));
        Assert.Equal(200, (await server.GetAsync("/readyz")).Code);
    }

    [Fact]
    public async Task Unknown_fields_warn_or_refuse_as_asked()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"dota":{}}""";

        var strict = await server.PostAsync(path + "?fieldValidation=Strict", Body);
        Assert.Equal(400, strict.Code);
        Assert.Contains("strict decoding error: unknown field \"dota\"", strict.Message);
        var warned = await server.PostAsync(path, Body);
        Assert.Equal(201, warned.Code);
        Assert.Contains("unknown field", Assert.Single(warned.Warnings));
        await server.DeleteAsync(path + "/x");
        Assert.Empty((await server.PostAsync(path + "?fieldValidation=Ignore", Body)).Warnings);
        Assert.Equal(422, (await server.PostAsync(path + "?fieldValidation=Maybe", Body)).Code);
    }

    [Theory]
    [InlineData("POST", "/api/v1/namespaces/default/widgets", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/widgets/w", 404)]
    [InlineData("GET", "/apis/nope.example.com/v1/widgets", 404)]
    [InlineData("GET", "/apis/nope.example.com/v1", 404)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("POST", "/api/v1/pods", 405)]
    [InlineData("DELETE", "/api/v1/namespaces", 405)]
    [InlineData("PUT", "/api/v1/namespaces/default/configmaps", 405)]
    [InlineData("GET", "/api/v1/namespaces/default/nodes", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/configmaps/x/status", 404)]
    public async Task Paths_and_methods_that_are_not_served_say_so(string method, string path, int code)
    {
        var body = method is "POST" or "PUT" ? "{}" : null;
        Assert.Equal(code, (await server.SendAsync(new HttpMethod(method), path, body)).Code);
    }

    [Theory]
    [InlineData("labelSelector=a%20b%20c", 400)]
    [InlineData("fieldSelector=spec.nope%3D1", 400)]
    [InlineData("resourceVersion=abc", 400)]
    [InlineData("resourceVersionMatch=Exact", 422)]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", 422)]
    [InlineData("continue=nonsense", 400)]
    [InlineData("limit=many", 400)]
    public async Task Lists_with_options_that_make_no_sense_are_refused(string query, int code) =>
        Assert.Equal(code, (await server.GetAsync("/api/v1/pods?" + query)).Code);

    [Fact]
    public async Task A_media_type_that_nobody_knows_is_refused()
    {
        var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", "x", "text/plain");
        Assert.Equal((415, "UnsupportedMediaType"), (answer.Code, answer.Reason));
        var patch = await server.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/default/configmaps/x", "{}", "application/json");
        Assert.Equal((415, "415: Unsupported Media Type"), (patch.Code, patch.Message));
    }

    [Fact]
    public async Task Nobody_comes_in_without_credentials_and_nobody_does_what_he_may_not()
    {
        Assert.Equal(401, (await server.SendAsync(HttpMethod.Get, "/api/v1/pods", token: "wrong")).Code);
        var refused = await server.SendAsync(HttpMethod.Get, "/api/v1/pods", token: "nobody");
        Assert.Equal((403, "Forbidden"), (refused.Code, refused.Reason));
        Assert.Equal("pods is forbidden: User \"nobody\" cannot list resource \"pods\" in API group \"\" at the cluster scope", refused.Message);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/apis", token: "nobody")).Code);
    }
}
