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
        "failed to convert new object (/c; /v1, Kind=ConfigMap) to proper version: unable to convert unstructured object to /v1, Kind=ConfigMap: error decoding from json: illegal base64 data at input byte 0")]
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

    [Fact]
    public async Task Who_may_only_patch_creates_nothing_by_an_apply()
    {
        var space = await _server.NamespaceAsync();
        var rbac = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}";
        await _server.PostAsync($"{rbac}/roles", """{"metadata":{"name":"p"},"rules":[{"apiGroups":[""],"resources":["configmaps","replicationcontrollers"],"verbs":["patch"]}]}""");
        await _server.PostAsync($"{rbac}/rolebindings", $$$"""{"metadata":{"name":"p"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"p"},"subjects":[{"kind":"User","name":"small","apiGroup":"rbac.authorization.k8s.io"}]}""");
        var path = $"/api/v1/namespaces/{space}/configmaps/c";
        const string Body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1"}}""";
        var refused = await _server.SendAsync(HttpMethod.Patch, path + "?fieldManager=me", Body, "application/apply-patch+yaml", token: "small");
        Assert.Equal((403, "configmaps \"c\" is forbidden: "), (refused.Code, refused.Message));
        Assert.Equal(404, (await _server.GetAsync(path)).Code);
        // What is warned of is found before.
        var warned = await _server.SendAsync(
            HttpMethod.Patch, $"/api/v1/namespaces/{space}/replicationcontrollers/a.b?fieldManager=me",
            """{"apiVersion":"v1","kind":"ReplicationController","metadata":{"name":"a.b"},"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""",
            "application/apply-patch+yaml", token: "small");
        Assert.Equal((403, 1), (warned.Code, warned.Warnings.Count));
        await _server.PostAsync($"/api/v1/namespaces/{space}/configmaps", Body);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Patch, path + "?fieldManager=me", Body, "application/apply-patch+yaml", token: "small")).Code);
    }

    [Fact]
    public async Task An_empty_list_of_managed_fields_forgets_them()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps";
        await _server.PostAsync(path, """{"metadata":{"name":"c"},"data":{"a":"1"}}""");
        Assert.Null((await _server.MergeAsync(path + "/c", """{"metadata":{"managedFields":[]}}""")).Metadata["managedFields"]);
        Assert.Null((await _server.MergeAsync(path + "/c", """{"data":{"b":"2"}}""")).Metadata["managedFields"]);
    }

    [Fact]
    public async Task Managed_fields_of_a_request_follow_the_rules_for_managers()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps";
        var refused = await _server.PostAsync(path, $$$$"""{"metadata":{"name":"c","managedFields":[{"manager":"{{{{new string('x', 129)}}}}","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:z":{}}}]}}""");
        Assert.Equal("ConfigMap \"c\" is invalid: metadata.managedFields[0].manager: Too long: may not be more than 128 bytes", refused.Message);
    }

    [Fact]
    public async Task An_update_of_an_object_with_another_uid_is_a_conflict_even_where_there_is_none()
    {
        var space = await _server.NamespaceAsync();
        var refused = await _server.PutAsync($"/api/v1/namespaces/{space}/services/c", """{"metadata":{"name":"c","uid":"u"}}""");
        Assert.Equal(
            (409, "Operation cannot be fulfilled on services \"c\": StorageError: invalid object, Code: 4, Key: /registry/services/specs/" + space
                + "/c, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u, UID in object meta: "), (refused.Code, refused.Message));
        var uid = (await _server.PostAsync($"/api/v1/namespaces/{space}/configmaps", """{"metadata":{"name":"c"}}""")).Metadata.Text("uid");
        refused = await _server.PutAsync($"/api/v1/namespaces/{space}/configmaps/c", """{"metadata":{"name":"c","uid":"u"}}""");
        Assert.EndsWith($" Key: /registry/configmaps/{space}/c, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: u, UID in object meta: {uid}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_are_left_out_are_empty()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/pods/p?fieldManager=me";
        var twice = await ApplyAsync(path, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"image":"a"},{"image":"b"}]}}""");
        Assert.EndsWith(": .spec.containers: duplicate entries for key [name=\"\"]", twice.Message, StringComparison.Ordinal);
        var pull = await ApplyAsync(path, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"imagePullSecrets":[{},{}]}}""");
        Assert.EndsWith(": .spec.imagePullSecrets: duplicate entries for key [name=\"\"]", pull.Message, StringComparison.Ordinal);
        var account = await ApplyAsync(
            $"/api/v1/namespaces/{await _server.NamespaceAsync()}/serviceaccounts/s?fieldManager=me", """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"s"},"secrets":[{"kind":"Secret"}]}""");
        Assert.EndsWith(": .secrets: element 0: associative list with keys has an element that omits key field \"name\" (and doesn't have default value)", account.Message, StringComparison.Ordinal);
    }

    private Task<Answer> ApplyAsync(string path, string body) => _server.SendAsync(HttpMethod.Patch, path, body, "application/apply-patch+yaml");
}
