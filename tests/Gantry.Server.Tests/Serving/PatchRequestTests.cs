namespace Gantry.Server.Tests.Serving;

/// <summary>What is said of patches that cannot be carried out.</summary>
[Collection(SharedServer.Name)]
public class PatchRequestTests(RunningServer server)
{
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string Merge = "application/merge-patch+json";
    private const string Json = "application/json-patch+json";

    private readonly RunningServer _server = server;

    [Theory]
    [InlineData(Strategic, "[]", 400, "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData(Strategic, "", 400, "unexpected end of JSON input")]
    [InlineData(Merge, "[]", 400, "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData(Merge, "null", 400, "Invalid JSON Patch")]
    [InlineData(Merge, "", 400, "error decoding patch: unexpected end of JSON input")]
    [InlineData(Json, "{}", 400, "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")]
    [InlineData(Json, "[1]", 400, "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp")]
    [InlineData(Json, """[{"op":1}]""", 400, "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string")]
    [InlineData(Json, """[{"op":"remove","path":"/x"}]""", 422, "the server rejected our request due to an error in our request")]
    [InlineData(Strategic, """{"spec":{"containers":[{"image":"x"}]}}""", 500, "map: map[image:x] does not contain declared merge key: name")]
    [InlineData(Strategic, """{"spec":{"containers":[["x"]]}}""", 422, "the server rejected our request due to an error in our request")]
    [InlineData(Strategic, """{"spec":{"$setElementOrder/foo":[]}}""", 500, "unable to find api field in struct PodSpec for the json field \"foo\"")]
    [InlineData(Strategic, """{"metadata":{"name":null}}""", 400, "the name of the object (p based on URL) was undeterminable: name must be provided")]
    [InlineData(Merge, """{"metadata":{"namespace":"x","name":"y"}}""", 400, "the namespace of the provided object does not match the namespace sent on the request")]
    public async Task A_patch_that_makes_no_sense_is_refused(string type, string patch, int code, string message)
    {
        var path = await PodAsync();
        var refused = await _server.SendAsync(HttpMethod.Patch, path, patch, type);
        Assert.Equal((code, message), (refused.Code, refused.Message));
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Patch, path + "x", patch, type)).Code);
    }

    [Theory]
    [InlineData(Strategic, """{"spec":{"activeDeadlineSeconds":"x"}}""", "unrecognized type: int64")]
    [InlineData(Strategic, """{"metadata":{"labels":{"a":1}}}""", "cannot convert int64 to string")]
    [InlineData(Strategic, """{"spec":{"containers":"x"}}""", "cannot restore slice from string")]
    [InlineData(Strategic, """{"spec":{"nodeSelector":true}}""", "cannot restore map from bool")]
    [InlineData(Strategic, """{"spec":{"affinity":[]}}""", "cannot restore struct from: slice")]
    [InlineData(Merge, """{"spec":{"activeDeadlineSeconds":"x"}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64")]
    [InlineData(Merge, """{"kind":"Secret"}""", "converting (v1.Secret) to (core.Pod): unknown conversion")]
    [InlineData(Merge, """{"kind":"Nothing"}""", "no kind \"Nothing\" is registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"")]
    public async Task What_a_patch_makes_must_be_an_object_of_the_kind(string type, string patch, string message)
    {
        var refused = await _server.SendAsync(HttpMethod.Patch, await PodAsync(), patch, type);
        Assert.Equal((422, "FieldValueInvalid"), (refused.Code, refused.Cause("patch")));
        Assert.StartsWith(" \"\" is invalid: patch: Invalid value: ", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(": " + message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Merge, """{"metadata":{"labels":{"a":"1","a":"2"}},"foo":1}""", "duplicate field \"metadata.labels.a\"", "unknown field \"foo\"")]
    [InlineData(Strategic, """{"metadata":{"labels":{"a":"1","a":"2"}},"spec":{"foo":1}}""", "duplicate field \"metadata.labels.a\"", "unknown field \"spec.foo\"")]
    [InlineData(Json, """[{"op":"add","op":"add","path":"/metadata/labels","value":{},"foo":1}]""",
        "json patch duplicate field \"[0].op\"", "json patch unknown field \"[0].foo\"")]
    public async Task What_strict_reading_finds_is_refused_or_warned_of(string type, string patch, string first, string second)
    {
        var path = await PodAsync();
        var refused = await _server.SendAsync(HttpMethod.Patch, path + "?fieldValidation=Strict", patch, type);
        Assert.Equal(422, refused.Code);
        Assert.EndsWith($": strict decoding error: {first}, {second}", refused.Message, StringComparison.Ordinal);
        var warned = await _server.SendAsync(HttpMethod.Patch, path, patch, type);
        Assert.Equal(200, warned.Code);
        Assert.Equal([Warning(first), Warning(second)], warned.Warnings);
        Assert.Empty((await _server.SendAsync(HttpMethod.Patch, path + "?fieldValidation=Ignore", patch, type)).Warnings);

        static string Warning(string text) => "299 - \"" + text.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_writes_nothing_and_a_strategic_one_does_not_mind_another_kind()
    {
        var path = await PodAsync();
        var before = (await _server.GetAsync(path)).ResourceVersion;
        foreach (var (type, patch) in new[] { (Strategic, """{"kind":"Secret","apiVersion":"v7"}"""), (Merge, "{}"), (Json, "[]"), (Json, "null"), (Strategic, "null") })
        {
            var answer = await _server.SendAsync(HttpMethod.Patch, path, patch, type);
            Assert.Equal((200, before), (answer.Code, answer.ResourceVersion));
        }
    }

    private async Task<string> PodAsync()
    {
        var space = await _server.NamespaceAsync();
        await _server.PostAsync($"/api/v1/namespaces/{space}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        Assert.Equal(201, (await _server.PostAsync($"/api/v1/namespaces/{space}/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""")).Code);
        return $"/api/v1/namespaces/{space}/pods/p";
    }
}
