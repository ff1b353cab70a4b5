using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class CustomFieldSelectorTests(RunningServer server)
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private const string Properties = """
        "spec":{"type":"object","properties":{"color":{"type":"string"},"size":{"type":"integer"},"wool":{"type":"boolean"},"weight":{"type":"number"},
         "parts":{"type":"array","items":{"type":"string"} },"tags":{"type":"object","additionalProperties":{"type":"string"} } } }
        """;

    [Theory]
    [InlineData("spec.color=blue", "a,c")]
    [InlineData("spec.color!=blue", "b,d")]
    [InlineData("spec.color=blue,spec.size=2", "c")]
    [InlineData("spec.wool=true", "b")]
    [InlineData("spec.wool=", "c,d")]
    [InlineData("spec.color=", "d")]
    [InlineData("spec.tags.team=x", "c")]
    [InlineData("spec.color=blue,metadata.name!=a", "c")]
    public async Task Lists_select_by_the_fields_that_the_definition_names(string selector, string expected)
    {
        var path = await ShirtsAsync();

        var list = await server.GetAsync($"{path}?fieldSelector={Uri.EscapeDataString(selector)}");

        Assert.Equal(expected.Split(','), list.ItemNames);
    }

    [Fact]
    public async Task A_field_that_the_definition_does_not_name_is_not_supported()
    {
        var path = await ShirtsAsync();

        foreach (var query in new[] { "?fieldSelector=spec.weight=1", "?watch=1&fieldSelector=spec.weight=1" })
        {
            var refused = await server.GetAsync(path + query);
            Assert.Equal((400, "BadRequest", "field label not supported: spec.weight"), (refused.Code, refused.Reason, refused.Message));
        }

        Assert.Equal("field label not supported: spec.weight", (await server.DeleteAsync(path + "?fieldSelector=spec.weight=1")).Message);
        Assert.Equal(["a", "b", "c", "d"], (await server.GetAsync(path)).ItemNames);
    }

    [Fact]
    public async Task Collections_are_deleted_by_selectable_fields()
    {
        var path = await ShirtsAsync();

        Assert.Equal(200, (await server.DeleteAsync(path + "?fieldSelector=spec.color%3Dblue")).Code);

        Assert.Equal(["b", "d"], (await server.GetAsync(path)).ItemNames);
    }

    [Fact]
    public async Task In_a_watch_objects_come_and_go_with_their_fields()
    {
        var path = await ShirtsAsync();
        var from = (await server.GetAsync(path)).ResourceVersion;
        using var response = await server.Http.GetAsync(
            $"{path}?watch=1&resourceVersion={from}&timeoutSeconds=20&fieldSelector=spec.size%3D7", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);

        await server.MergeAsync(path + "/b", """{"spec":{"size":6}}""");
        await server.MergeAsync(path + "/a", """{"spec":{"size":7}}""");
        await server.MergeAsync(path + "/a", """{"spec":{"color":"red"}}""");
        await server.MergeAsync(path + "/a", """{"spec":{"size":8}}""");

        var seen = new List<string>();
        while (seen.Count < 3)
        {
            var change = (TreeMap)TreeJson.Parse((await lines.ReadLineAsync())!);
            seen.Add($"{change.Text("type")} {change.Map("object")!.Map("metadata")!.Text("name")}");
        }

        Assert.Equal(["ADDED a", "MODIFIED a", "DELETED a"], seen);
    }

    [Fact]
    public async Task A_change_of_the_definition_changes_what_can_be_selected()
    {
        var path = await ShirtsAsync();
        var name = "shirts." + path.Split('/')[2];
        Assert.Equal(["c"], (await server.GetAsync(path + "?fieldSelector=spec.size%3D2")).ItemNames);

        var changed = await server.SendAsync(
            HttpMethod.Patch, $"{Definitions}/{name}", """[{"op":"replace","path":"/spec/versions/0/selectableFields","value":[{"jsonPath":".spec.wool"}]}]""", "application/json-patch+json");

        Assert.True(changed.Code == 200, changed.Text);
        Assert.Equal("field label not supported: spec.size", (await server.GetAsync(path + "?fieldSelector=spec.size%3D2")).Message);
        Assert.Equal(["a"], (await server.GetAsync(path + "?fieldSelector=spec.wool%3Dfalse")).ItemNames);
    }

    [Fact]
    public async Task The_OpenAPI_documents_name_the_selectable_fields()
    {
        var path = await ShirtsAsync();
        var group = path.Split('/')[2];

        var document = await server.GetAsync($"/openapi/v3/apis/{group}/v1");

        var shirt = document.Body.Map("components")!.Map("schemas")!.Single(s => s.Key.EndsWith(".v1.Shirt", StringComparison.Ordinal));
        var fields = ((TreeMap)shirt.Value).List("x-kubernetes-selectable-fields")!.OfType<TreeMap>().Select(f => f.Text("fieldPath")!);
        Assert.Equal(["spec.color", "spec.size", "spec.wool", "spec.tags.team"], fields);
    }

    [Theory]
    [InlineData("", "spec.selectableFields[0].jsonPath: Required value")]
    [InlineData(".spec.nope", "spec.selectableFields[0].jsonPath: Invalid value: \".spec.nope\": is an invalid path: does not refer to a valid field")]
    [InlineData("spec.color", "spec.selectableFields[0].jsonPath: Invalid value: \"spec.color\": is an invalid path: expected [ or . but got: spec")]
    [InlineData(".spec.", "is an invalid path: unexpected end of JSON path")]
    [InlineData(".spec..color", "is an invalid path: does not refer to a valid field")]
    [InlineData(".spec.parts[0]", "is an invalid path: array notation is not allowed")]
    [InlineData(".spec['color']", "is an invalid path: array notation is not allowed")]
    [InlineData(".spec.color]", "is an invalid path: expected [ or . but got: ]")]
    [InlineData(".spec.weight", "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.")]
    [InlineData(".spec.parts", "must point to a field of type string, boolean or integer.")]
    [InlineData(".metadata.name", "is an invalid path: does not refer to a valid field")]
    public async Task A_definition_names_only_fields_of_plain_values(string path, string problem)
    {
        var (_, refused) = await DefineAsync([path]);

        Assert.Equal((422, "Invalid"), (refused.Code, refused.Reason));
        Assert.Contains(problem, refused.Message);
    }

    [Fact]
    public async Task A_definition_names_each_field_once_and_at_most_eight()
    {
        var (_, twice) = await DefineAsync([".spec.color", ".spec.color"]);
        var (_, most) = await DefineAsync([.. Enumerable.Range(0, 8).Select(i => ".spec.tags.t" + i)]);
        var (_, many) = await DefineAsync([.. Enumerable.Range(0, 9).Select(i => ".spec.tags.t" + i)]);

        Assert.Contains("spec.selectableFields[1].jsonPath: Duplicate value: \".spec.color\"", twice.Message);
        Assert.Equal(201, most.Code);
        Assert.Contains("spec.selectableFields: Too many: 9: must have at most 8 items", many.Message);
    }

    private async Task<(string Group, Answer Made)> DefineAsync(IEnumerable<string> fields)
    {
        var group = server.Name("g") + ".example.com";
        var selectable = string.Join(',', fields.Select(f => $$"""{"jsonPath":"{{f}}"}"""));
        return (group, await server.PostAsync(Definitions, $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"shirts.{{{group}}}"},
             "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"shirts","kind":"Shirt"},
              "versions":[{"name":"v1","served":true,"storage":true,"selectableFields":[{{{selectable}}}],
               "schema":{"openAPIV3Schema":{"type":"object","properties":{ {{{Properties}}} } } } }] } }
            """));
    }

    private async Task<string> ShirtsAsync()
    {
        var (group, made) = await DefineAsync([".spec.color", ".spec.size", ".spec.wool", ".spec.tags.team"]);
        Assert.True(made.Code == 201, made.Text);
        var path = $"/apis/{group}/v1/namespaces/{await server.NamespaceAsync()}/shirts";
        (string Name, string Spec)[] shirts =
        [
            ("a", """{"color":"blue","size":1,"wool":false}"""), ("b", """{"color":"red","size":1,"wool":true}"""),
            ("c", """{"color":"blue","size":2,"tags":{"team":"x"}}"""), ("d", "{}"),
        ];
        foreach (var (name, spec) in shirts)
        {
            var shirt = await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Shirt","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}} }""");
            Assert.True(shirt.Code == 201, shirt.Text);
        }

        return path;
    }
}
