namespace Gantry.Server.Tests.Serving;

/// <summary>What is said of applies that cannot be carried out, in the order in which the API looks at them.</summary>
[Collection(SharedServer.Name)]
public class ApplyRequestTests(RunningServer server)
{
    private readonly RunningServer _server = server;

    [Theory]
    [InlineData("", 400, "invalid object type: /, Kind=")]
    [InlineData("""{"apiVersion":"v1"}""", 400, "invalid object type: /v1, Kind=")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"ConfigMap"}""", 400, "invalid object type: apps/v1, Kind=ConfigMap")]
    [InlineData("[1]", 400, "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("a: [1", 400, "error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'")]
    [InlineData("a: b: c", 400, "error decoding YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap"}""", 400, "the name of the object (c based on URL) was undeterminable: name must be provided")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"}}""", 400, "the name of the object (d) does not match the name on the URL (c)")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d","namespace":"x"}}""", 400,
        "the namespace of the provided object does not match the namespace sent on the request")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d","uid":"u"}}""", 409,
        "Operation cannot be fulfilled on configmaps \"c\": uid mismatch: the provided object specified uid u, and no existing object was found")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","managedFields":[]}}""", 400, "metadata.managedFields must be nil")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":1}}""", 500,
        "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"binaryData":{"a":"?"}}""", 500,
        "failed to convert new object (/c; /v1, Kind=ConfigMap) to proper version: unable to convert unstructured object to /v1, Kind=ConfigMap: illegal base64 data at input byte 0")]
    public async Task A_configuration_that_cannot_be_applied_is_refused(string body, int code, string message)
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps/c?fieldManager=one";
        var refused = await ApplyAsync(path, body);
        Assert.Equal((code, message), (refused.Code, refused.Message));
        Assert.Equal(404, (await _server.GetAsync(path)).Code);
    }

    [Fact]
    public async Task Keys_that_stand_twice_are_refused_warned_of_or_passed_over()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps/c?fieldManager=one";
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1","a":"2"}}""";
        var strict = await ApplyAsync(path + "&fieldValidation=Strict", Body);
        Assert.Equal(
            (400, "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 1: key \"a\" already set in map"), (strict.Code, strict.Message));
        Assert.Equal(["299 - \"line 1: key \\\"a\\\" already set in map\""], (await ApplyAsync(path, Body)).Warnings);
        Assert.Empty((await ApplyAsync(path + "&fieldValidation=Ignore", Body)).Warnings);
    }

    [Fact]
    public async Task A_revision_counts_only_where_there_is_an_object()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps/c?fieldManager=one";
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","resourceVersion":"1"},"data":{"a":"1"}}""";
        Assert.Equal(201, (await ApplyAsync(path, Body)).Code);
        Assert.Equal(409, (await ApplyAsync(path, Body)).Code);
    }

    [Fact]
    public async Task Options_are_checked_together_after_the_media_type()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps/c";
        var refused = await _server.SendAsync(HttpMethod.Patch, path + "?force=false&dryRun=Some&dryRun=All&fieldValidation=Loose", "{}", "application/merge-patch+json");
        Assert.Equal(
            "PatchOptions.meta.k8s.io \"\" is invalid: [force: Forbidden: may not be specified for non-apply patch, "
            + "dryRun: Unsupported value: []string{\"Some\", \"All\"}: supported values: \"All\", "
            + "fieldValidation: Unsupported value: \"Loose\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"]", refused.Message);
        Assert.Equal(422, (await ApplyAsync(path, "{}")).Code);
        Assert.Equal(415, (await _server.SendAsync(HttpMethod.Patch, path + "?force=true", "{}", "application/json")).Code);
    }

    [Fact]
    public async Task An_apply_to_the_status_of_what_is_not_there_is_looked_at_before_it_is_not_found()
    {
        var path = $"/apis/apps/v1/namespaces/{await _server.NamespaceAsync()}/deployments/d/status?fieldManager=one";
        Assert.Equal(500, (await ApplyAsync(path, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"status":{"replicas":"x"}}""")).Code);
        Assert.Equal(404, (await ApplyAsync(path, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"status":{"replicas":1}}""")).Code);
    }

    private Task<Answer> ApplyAsync(string path, string body) => _server.SendAsync(HttpMethod.Patch, path, body, "application/apply-patch+yaml");
}
