using System.Text;

namespace Gantry.Server.Tests.Serving;

/// <summary>What Kubernetes says of bodies that are not what their path takes.</summary>
[Collection(SharedServer.Name)]
public sealed class BodyDecodingTests(RunningServer server)
{
    private const string Yaml = "application/yaml";

    [Theory]
    [InlineData("""{"kind":"Widget","apiVersion":"v1"}""", """Widget in version "v1" cannot be handled as a Deployment: no kind "Widget" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30" """)]
    [InlineData("""{"kind":"DeploymentList","apiVersion":"apps/v1"}""", """DeploymentList in version "v1" cannot be handled as a Deployment: converting (v1.DeploymentList) to (apps.Deployment): unknown conversion""")]
    [InlineData("""{"kind":"DeleteOptions","apiVersion":"apps/v1"}""", """DeleteOptions in version "v1" cannot be handled as a Deployment: converting (v1.DeleteOptions) to (apps.Deployment): unknown conversion""")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1beta2"}""", "the API version in the data (apps/v1beta2) does not match the expected API version (apps/v1)")]
    [InlineData("""{"kind":"Deployment","apiVersion":"extensions/v1beta1"}""", "the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v2"}""", """Deployment in version "v2" cannot be handled as a Deployment: no kind "Deployment" is registered for version "apps/v2" in scheme "pkg/api/legacyscheme/scheme.go:30" """)]
    [InlineData("""{"kind":"Deployment","apiVersion":"a/b/c"}""", """the object provided is unrecognized (must be of type Deployment): unexpected GroupVersion string: a/b/c ({"kind":"Deployment","apiVersi ...)""")]
    [InlineData("""{"kind":"\ud800"}""", "Deployment: no kind")]
    public async Task What_a_body_says_it_is_decides_about_the_words(string body, string words)
    {
        var ns = await server.NamespaceAsync();
        var answer = await server.PostAsync($"/apis/apps/v1/namespaces/{ns}/deployments", body);

        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Reason));
        Assert.Contains(words.Trim(), answer.Message);
    }

    [Fact]
    public async Task Both_groups_of_events_and_both_autoscalers_are_one_kind_in_two_versions()
    {
        var ns = await server.NamespaceAsync();
        var scaler = await server.PostAsync($"/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers", """{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler"}""");
        Assert.Equal("the API version in the data (autoscaling/v1) does not match the expected API version (autoscaling/v2)", scaler.Message);
        var happened = await server.PostAsync($"/api/v1/namespaces/{ns}/events", """{"apiVersion":"events.k8s.io/v1","kind":"Event"}""");
        Assert.Equal("the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)", happened.Message);
    }

    [Theory]
    [InlineData("a: [", "the object provided is unrecognized (must be of type ConfigMap): yaml: line 1: did not find expected node content (613a205b)")]
    [InlineData("a: b: c", "the object provided is unrecognized (must be of type ConfigMap): yaml: mapping values are not allowed in this context (613a20623a2063)")]
    [InlineData("kind: ConfigMap\na: b: c", "yaml: line 2: mapping values are not allowed in this context")]
    [InlineData("- a", "json: cannot unmarshal array into Go value of type struct { APIVersion string")]
    public async Task Yaml_that_cannot_be_read_is_refused_in_the_words_of_its_reader(string body, string words)
    {
        var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", body, Yaml);

        Assert.Equal((400, "BadRequest"), (answer.Code, answer.Reason));
        Assert.Contains(words, answer.Message);
    }

    [Fact]
    public async Task Keys_that_stand_twice_in_yaml_are_told_by_their_line()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";
        const string Body = "metadata:\n  name: a\n  name: b\ndata: {k: v}\ndota: {}\ndata: {k: w}\n";

        var strict = await server.SendAsync(HttpMethod.Post, path + "?fieldValidation=Strict", Body, Yaml);
        Assert.Equal("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 3: key \"name\" already set in map\n"
            + "  line 6: key \"data\" already set in map, unknown field \"dota\"", strict.Message);
        var warned = await server.SendAsync(HttpMethod.Post, path, Body, Yaml);
        Assert.Equal((201, "b"), (warned.Code, warned.Metadata.Text("name")));
        Assert.Equal(3, warned.Warnings.Count);
        Assert.Contains("line 3: key \\\"name\\\" already set in map", warned.Warnings[0]);
        Assert.Contains("unknown field", warned.Warnings[2]);
    }

    [Theory]
    [InlineData("x", "the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (78)")]
    [InlineData("", "the object provided is unrecognized (must be of type ConfigMap): empty data (<empty>)")]
    public async Task Protobuf_that_cannot_be_read_is_told_like_every_other_body(string body, string words)
    {
        var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", body, "application/vnd.kubernetes.protobuf");

        Assert.Equal((400, words), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task Wrong_options_are_told_in_kubernetes_order()
    {
        var answer = await server.PostAsync("/api/v1/namespaces/default/configmaps?fieldValidation=Maybe&dryRun=Some&dryRun=All", "{}");
        Assert.Equal("CreateOptions.meta.k8s.io \"\" is invalid: [dryRun: Unsupported value: []string{\"Some\", \"All\"}: supported values: \"All\", "
            + "fieldValidation: Unsupported value: \"Maybe\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"]", answer.Message);
        var patch = await server.MergeAsync("/api/v1/namespaces/default/configmaps/x?force=false", "{}");
        Assert.Equal("PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch", patch.Message);
    }

    [Theory]
    [InlineData("merge", "[]", 400, "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("merge", "null", 400, "Invalid JSON Patch")]
    [InlineData("merge", """{"kind":"Pod"}""", 422, "converting (v1.Pod) to (core.ConfigMap): unknown conversion")]
    [InlineData("merge", """{"apiVersion":"v7"}""", 422, "no kind \"ConfigMap\" is registered for version \"v7\" in scheme")]
    [InlineData("merge", """{"data":{"a":"b","a":"c"},"dota":1}""", 422, """strict decoding error: duplicate field "data.a", unknown field "dota" """)]
    [InlineData("json", "{}", 400, "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")]
    [InlineData("json", "[1]", 400, "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp")]
    [InlineData("json", """[{"op":1}]""", 400, "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string")]
    [InlineData("json", """[{"op":"add","path":"/data","value":{},"zip":1}]""", 422, """strict decoding error: json patch unknown field "[0].zip" """)]
    [InlineData("strategic", "[]", 400, "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("strategic", """{"data":[]}""", 422, "cannot restore map from slice")]
    [InlineData("strategic", """{"data":{"a":1}}""", 422, "cannot convert int64 to string")]
    [InlineData("strategic", """{"data":{"a":true}}""", 422, "unrecognized type: string")]
    [InlineData("strategic", """{"metadata":{"ownerReferences":{}}}""", 422, "cannot restore slice from map")]
    [InlineData("strategic", """{"metadata":7}""", 422, "cannot restore struct from: int64")]
    [InlineData("strategic", """{"immutable":"yes"}""", 422, "unrecognized type: bool")]
    [InlineData("strategic", """{"binaryData":{"a":"%"}}""", 422, "error decoding from json: illegal base64 data at input byte 0")]
    public async Task Patches_that_make_no_such_object_say_why(string kind, string patch, int code, string words)
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"x"}}""");
        var type = kind == "json" ? "application/json-patch+json" : kind == "merge" ? "application/merge-patch+json" : "application/strategic-merge-patch+json";
        var answer = await server.SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{ns}/configmaps/x?fieldValidation=Strict", patch, type);

        Assert.Equal(code, answer.Code);
        Assert.EndsWith(words.Trim(), code == 400 ? answer.Message : answer.Message.Split(" in scheme")[0] + (answer.Message.Contains(" in scheme") ? " in scheme" : ""));
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Patch, $"/api/v1/namespaces/{ns}/configmaps/absent", patch, type)).Code);
    }

    [Fact]
    public async Task Custom_resources_have_to_say_what_they_are()
    {
        var group = server.Name("c") + ".example.com";
        await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$$"""
            {"metadata":{"name":"foos.{{{{group}}}}"},"spec":{"group":"{{{{group}}}}","scope":"Cluster","names":{"plural":"foos","kind":"Foo"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """);
        var path = $"/apis/{group}/v1/foos";

        var nameless = await server.PostAsync(path, """{"metadata":{"name":"x"}}""");
        Assert.Equal("""the object provided is unrecognized (must be of type Foo): Object 'Kind' is missing in '{"metadata":{"name":"x"}}' ({"metadata":{"name":"x"}})""", nameless.Message);
        var old = await server.PostAsync(path, """{"kind":"Foo","metadata":{"name":"x"}}""");
        Assert.Equal($"the API version in the data () does not match the expected API version ({group}/v1)", old.Message);
        var other = await server.PostAsync(path, $$$"""{"kind":"Bar","apiVersion":"{{{group}}}/v1","metadata":{"name":"x"}}""");
        Assert.Equal((422, $"Foo.{group} \"x\" is invalid: kind: Invalid value: \"Bar\": must be Foo"), (other.Code, other.Message));
        Assert.Equal("""json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string""", After(await server.PostAsync(path, Body("""{"name":"x","labels":{"a":1}}"""))));
        Assert.Equal("""json: cannot unmarshal array into Go value of type v1.ObjectMeta""", After(await server.PostAsync(path, Body("[]"))));
        Assert.Equal("""strict decoding error: duplicate field "spec", unknown field "metadata.more", unknown field "spec" """.Trim(),
            After(await server.PostAsync(path + "?fieldValidation=Strict", Body("""{"name":"x","more":1},"spec":1,"spec":2"""))));
        string Body(string metadata) => $$$"""{"kind":"Foo","apiVersion":"{{{group}}}/v1","metadata":{{{metadata}}}}""";
        static string After(Answer refused) => refused.Message[(refused.Message.IndexOf("as a Foo: ", StringComparison.Ordinal) + 10)..];
        var verb = await server.SendAsync(HttpMethod.Options, path);
        Assert.Equal((405, $" is not supported on resources of kind \"foos.{group}\""), (verb.Code, verb.Message));
    }
}
