using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class CustomResourceTests(RunningServer server)
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    [Fact]
    public async Task A_defined_kind_is_served_as_soon_as_it_is_written()
    {
        var (group, path) = await DefineAsync();
        var made = await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"* * *"} }""");

        Assert.Equal(201, made.Code);
        Assert.Equal("1", made.Body.Map("spec")!["replicas"]!.ToString());
        Assert.Equal("1", made.Metadata["generation"]!.ToString());
        Assert.Equal(made.Text, (await server.GetAsync(path + "/a")).Text);
        var list = await server.GetAsync(path);
        Assert.Equal("TabList", list.Body.Text("kind"));
        Assert.Equal("Tab", ((TreeMap)list.Body.List("items")![0]).Text("kind"));
        Assert.Contains("tabs", (await server.GetAsync($"/apis/{group}/v1")).Text);
        Assert.Contains(group, (await server.GetAsync("/apis")).Text);
    }

    [Fact]
    public async Task Objects_are_held_to_the_schema()
    {
        var (group, path) = await DefineAsync();
        var bad = await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"replicas":99,"schedule":5,"mode":"odd"} }""");

        Assert.Equal((422, "Invalid"), (bad.Code, bad.Reason));
        Assert.Equal("FieldValueInvalid", bad.Cause("spec.replicas"));
        Assert.Contains("spec.replicas in body should be less than or equal to 10", bad.Message);
        Assert.Equal("FieldValueTypeInvalid", bad.Cause("spec.schedule"));
        Assert.Equal("FieldValueNotSupported", bad.Cause("spec.mode"));
        var missing = await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{} }""");
        Assert.Equal("FieldValueRequired", missing.Cause("spec.schedule"));
    }

    [Fact]
    public async Task Unknown_fields_are_dropped_with_a_warning_or_refused()
    {
        var (group, path) = await DefineAsync();
        var body = $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x","nope":1,"free":{"any":"thing"} } }""";

        var strict = await server.PostAsync(path + "?fieldValidation=Strict", body);
        Assert.Equal(400, strict.Code);
        Assert.Contains("strict decoding error: unknown field \"spec.nope\"", strict.Message);
        var made = await server.PostAsync(path, body);
        Assert.Equal(201, made.Code);
        Assert.Contains("spec.nope", Assert.Single(made.Warnings));
        Assert.Null(made.Body.Map("spec")!["nope"]);
        Assert.Equal("thing", made.Body.Map("spec")!.Map("free")!.Text("any"));
    }

    [Fact]
    public async Task Status_patches_applies_tables_and_watches_work_as_for_built_in_kinds()
    {
        var (group, path) = await DefineAsync();
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x"},"status":{"phase":"no"} }""");

        var status = await server.MergeAsync(path + "/a/status", """{"spec":{"schedule":"y"},"status":{"phase":"Ready"}}""");
        Assert.Equal(("x", "Ready"), (status.Body.Map("spec")!.Text("schedule"), status.Body.Map("status")!.Text("phase")));
        var spec = await server.MergeAsync(path + "/a", """{"spec":{"schedule":"z"}}""");
        Assert.Equal("2", spec.Metadata["generation"]!.ToString());
        Assert.Equal(415, (await server.SendAsync(HttpMethod.Patch, path + "/a", "{}", "application/strategic-merge-patch+json")).Code);
        var applied = await server.SendAsync(
            HttpMethod.Patch, path + "/b?fieldManager=me", $"apiVersion: {group}/v1\nkind: Tab\nmetadata:\n  name: b\nspec:\n  schedule: q\n", "application/apply-patch+yaml");
        Assert.Equal(201, applied.Code);
        var table = await server.SendAsync(HttpMethod.Get, path, accept: "application/json;as=Table;g=meta.k8s.io;v=v1");
        var row = (TreeMap)table.Body.List("rows")![0];
        Assert.Equal(["\"a\"", "\"z\"", "1"], row.List("cells")!.Select(c => c.ToString()));
    }

    [Fact]
    public async Task Applies_state_only_what_the_schema_knows()
    {
        var (group, path) = await DefineAsync();
        foreach (var (stated, place) in new[] { ("nope: 1", ".nope"), ("spec: {nope: 1}", ".spec.nope") })
        {
            var refused = await server.SendAsync(
                HttpMethod.Patch, path + "/b?fieldManager=me", $"apiVersion: {group}/v1\nkind: Tab\nmetadata:\n  name: b\n{stated}\n", "application/apply-patch+yaml");
            Assert.Equal((500, $"failed to create typed patch object (/b; {group}/v1, Kind=Tab): {place}: field not declared in schema"), (refused.Code, refused.Message));
        }
    }

    [Fact]
    public async Task Free_parts_of_custom_resources_can_hold_anything()
    {
        var (group, path) = await DefineAsync();
        var made = await server.SendAsync(
            HttpMethod.Patch, path + "/b?fieldManager=me", $$$"""
            {"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"b"},"spec":{"schedule":"x","free":{"a":{"b":[{"c":[1]}]}},"open":{"x":1},"port":"http"} }
            """, "application/apply-patch+yaml");
        Assert.True(made.Code == 201, made.Text);
        Assert.Equal(
            """{"f:spec":{"f:free":{"f:a":{".":{},"f:b":{}}},"f:open":{"f:x":{}},"f:port":{},"f:schedule":{}}}""",
            ((TreeMap)made.Metadata.List("managedFields")![0])["fieldsV1"]!.ToString());
    }

    [Theory]
    [InlineData("""{"kind":"Other"}""", "kind: Invalid value: \"Other\": must be Tab")]
    [InlineData("""{"kind":"Other","apiVersion":null}""", "[kind: Invalid value: \"Other\": must be Tab, apiVersion: Invalid value: \"\": must be GROUP/v1]")]
    [InlineData("""{"apiVersion":"v1"}""", "apiVersion: Invalid value: \"v1\": must be GROUP/v1")]
    [InlineData("""{"kind":null}""", "Object 'Kind' is missing in '{")]
    public async Task A_patch_leaves_a_custom_resource_what_it_is(string patch, string message)
    {
        var (group, path) = await DefineAsync();
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x"} }""");
        var refused = await server.SendAsync(HttpMethod.Patch, path + "/a", patch, "application/merge-patch+json");
        Assert.Equal(422, refused.Code);
        Assert.Contains(message.Replace("GROUP", group, StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_resource_scales_where_its_definition_says()
    {
        var (group, path) = await DefineAsync();
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x"} }""");

        var scaled = await server.MergeAsync(path + "/a/scale", """{"spec":{"replicas":4}}""");

        Assert.Equal(("Scale", "4"), (scaled.Body.Text("kind"), scaled.Body.Map("spec")!["replicas"]!.ToString()));
        Assert.Equal("4", (await server.GetAsync(path + "/a")).Body.Map("spec")!["replicas"]!.ToString());
        Assert.Equal(422, (await server.MergeAsync(path + "/a/scale", """{"spec":{"replicas":40}}""")).Code);
        Assert.Equal((200, 409), (await PutAsync(""), await PutAsync(",\"resourceVersion\":\"1\"")));

        async Task<int> PutAsync(string more) => (await server.PutAsync(
            path + "/a/scale", $$$"""{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"a"{{{more}}}},"spec":{"replicas":5} }""")).Code;
    }

    [Fact]
    public async Task What_is_wrong_with_the_scale_of_a_custom_resource_is_said_of_the_resource()
    {
        var (group, path) = await DefineAsync();
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x"} }""");

        var refused = await server.MergeAsync(path + "/a/scale", """{"metadata":{"finalizers":["nonsense"],"labels":{"a b":"c"}},"spec":{"replicas":-3}}""");

        Assert.Equal(422, refused.Code);
        Assert.Equal(
            $"Tab.{group} \"a\" is invalid: [spec.replicas: Invalid value: -3: spec.replicas in body should be greater than or equal to 1, .spec.replicas: Invalid value: -3: should be a non-negative integer]",
            refused.Message);
    }

    [Fact]
    public async Task A_custom_resource_without_a_number_has_no_scale_until_it_is_given_one()
    {
        var group = server.Name("g") + ".example.com";
        var made = await server.PostAsync(Definitions, $$$"""
            {"metadata":{"name":"tabs.{{{group}}}"},"spec":{"group":"{{{group}}}","scope":"Cluster","names":{"plural":"tabs","kind":"Tab"},
             "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"scale":{"specReplicasPath":".spec.count","statusReplicasPath":".status.count"} },
             "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }] } }
            """);
        Assert.True(made.Code == 201, made.Text);
        var path = $"/apis/{group}/v1/tabs/a";
        await server.PostAsync($"/apis/{group}/v1/tabs", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"} }""");

        var (missing, untouched) = (await server.GetAsync(path + "/scale"), await server.MergeAsync(path + "/scale", "{}"));
        var given = await server.MergeAsync(path + "/scale", """{"spec":{"replicas":2}}""");

        Assert.Equal((500, "Internal error occurred: the spec replicas field \".spec.count\" does not exist"), (missing.Code, missing.Message));
        Assert.Equal((400, "the spec replicas field \".spec.count\" cannot be empty"), (untouched.Code, untouched.Message));
        Assert.Equal((200, "2"), (given.Code, (await server.GetAsync(path)).Body.Map("spec")!["count"]!.ToString()));
    }

    [Fact]
    public async Task The_status_of_a_custom_resource_takes_no_metadata_and_notes_who_wanted_it_there()
    {
        var (group, path) = await DefineAsync();
        await server.PostAsync(path + "?fieldManager=m", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x"} }""");

        var changed = await server.MergeAsync(path + "/a/status?fieldManager=s", """{"metadata":{"labels":{"l":"1"}},"spec":{"schedule":"y"}}""");

        Assert.Equal((200, false, "x"), (changed.Code, changed.Metadata.Contains("labels"), changed.Body.Map("spec")!.Text("schedule")));
        var noted = Assert.Single(changed.Metadata.List("managedFields")!.OfType<TreeMap>(), m => m.Text("subresource") == "status");
        Assert.Equal("""{"f:metadata":{"f:labels":{".":{},"f:l":{}}}}""", noted["fieldsV1"]!.ToString());
    }

    [Fact]
    public async Task A_definition_becomes_established_and_takes_its_objects_with_it()
    {
        var (group, path) = await DefineAsync();
        var name = "tabs." + group;
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a"},"spec":{"schedule":"x"} }""");
        await UntilAsync(async () => (await server.GetAsync($"{Definitions}/{name}")).Text.Contains("\"type\":\"Established\",\"status\":\"True\"", StringComparison.Ordinal));

        Assert.Equal(200, (await server.DeleteAsync($"{Definitions}/{name}")).Code);

        await UntilAsync(async () => (await server.GetAsync($"{Definitions}/{name}")).Code == 404);
        Assert.Equal(404, (await server.GetAsync(path)).Code);
    }

    [Fact]
    public async Task An_object_with_a_finalizer_holds_its_definition_and_no_other()
    {
        var (group, path) = await DefineAsync();
        await server.PostAsync(path, $$$"""{"apiVersion":"{{{group}}}/v1","kind":"Tab","metadata":{"name":"a","finalizers":["example.com/f"]},"spec":{"schedule":"x"} }""");
        Assert.Equal(200, (await server.DeleteAsync($"{Definitions}/tabs.{group}")).Code);
        await UntilAsync(async () => (await server.GetAsync(path + "/a")).Metadata.Text("deletionTimestamp") is not null);

        var (other, _) = await DefineAsync();
        await UntilAsync(async () => (await server.GetAsync($"{Definitions}/tabs.{other}")).Text.Contains("\"type\":\"Established\",\"status\":\"True\"", StringComparison.Ordinal));
        Assert.Equal(200, (await server.GetAsync($"{Definitions}/tabs.{group}")).Code);
        await server.MergeAsync(path + "/a", """{"metadata":{"finalizers":null}}""");
        await UntilAsync(async () => (await server.GetAsync($"{Definitions}/tabs.{group}")).Code == 404);
    }

    [Fact]
    public async Task A_definition_that_contradicts_itself_is_invalid()
    {
        var wrong = await server.PostAsync(Definitions, """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"wrong"},
             "spec":{"group":"x.example.com","scope":"Somewhere","names":{"plural":"foos","kind":"Foo"},"versions":[]}}
            """);

        Assert.Equal(422, wrong.Code);
        Assert.Equal("FieldValueInvalid", wrong.Cause("metadata.name"));
        Assert.Equal("FieldValueNotSupported", wrong.Cause("spec.scope"));
        Assert.Equal("FieldValueInvalid", wrong.Cause("spec.versions"));
    }

    private async Task<(string Group, string Path)> DefineAsync()
    {
        var group = server.Name("g") + ".example.com";
        var made = await server.PostAsync(Definitions, $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"tabs.{{{group}}}"},
             "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"tabs","kind":"Tab"},
              "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"} },
               "additionalPrinterColumns":[{"name":"Schedule","type":"string","jsonPath":".spec.schedule"},{"name":"Replicas","type":"integer","jsonPath":".spec.replicas"}],
               "schema":{"openAPIV3Schema":{"type":"object","properties":{
                "spec":{"type":"object","required":["schedule"],"properties":{
                 "schedule":{"type":"string"},"mode":{"type":"string","enum":["a","b"]},
                 "replicas":{"type":"integer","minimum":1,"maximum":10,"default":1},
                 "open":{"type":"object"},"port":{"x-kubernetes-int-or-string":true},
                 "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } },
                "status":{"type":"object","properties":{"phase":{"type":"string"} } } } } } }] } }
            """);
        Assert.True(made.Code == 201, made.Text);
        var ns = await server.NamespaceAsync();
        return (group, $"/apis/{group}/v1/namespaces/{ns}/tabs");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
