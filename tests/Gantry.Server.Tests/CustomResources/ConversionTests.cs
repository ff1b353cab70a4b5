using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

/// <summary>Two versions of a kind: v1, in which objects are kept, has host and port; v2 has an address.</summary>
[Collection(SharedServer.Name)]
public sealed class ConversionTests(RunningServer server) : IAsyncLifetime
{
    private ConverterServer _converter = null!;
    private string _group = "";
    private string _ns = "";

    public async Task InitializeAsync()
    {
        _converter = await ConverterServer.StartAsync(server.Server.Pki);
        _converter.Convert1 = Swap;
        _ns = await server.NamespaceAsync();
        _group = server.Name("g") + ".example.com";
        var made = await server.PostAsync(Definition.Path, $$$"""
            {"metadata":{"name":"doors.{{{_group}}}"},"spec":{"group":"{{{_group}}}","scope":"Namespaced","names":{"plural":"doors","kind":"Door"},
             "conversion":{"strategy":"Webhook","webhook":{"clientConfig":{"url":"{{{_converter.Url}}}","caBundle":"{{{_converter.CaBundle}}}"},"conversionReviewVersions":["v1"]} },
             "versions":[
              {"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"} },
               "schema":{"openAPIV3Schema":{"type":"object","properties":{
               "spec":{"type":"object","properties":{"host":{"type":"string"},"port":{"type":"string"},"replicas":{"type":"integer"} } },
               "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } } } },
              {"name":"v2","served":true,"storage":false,"selectableFields":[{"jsonPath":".spec.address"}],
               "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"} },
               "schema":{"openAPIV3Schema":{"type":"object","properties":{
               "spec":{"type":"object","properties":{"address":{"type":"string"},"replicas":{"type":"integer"} } },
               "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } } } }]} }
            """);
        Assert.True(made.Code == 201, made.Text);
    }

    public Task DisposeAsync() => _converter.DisposeAsync().AsTask();

    [Fact]
    public async Task An_object_is_kept_in_one_version_and_seen_in_all()
    {
        var made = await server.PostAsync(At("v2"), Door("v2", "a", """{"address":"x:1"}"""));

        Assert.Equal((201, "x:1", _group + "/v2"), (made.Code, made.Body.Map("spec")!.Text("address"), made.Body.Text("apiVersion")));
        var old = await server.GetAsync(At("v1") + "/a");
        Assert.Equal(("x", "1", _group + "/v1"), (old.Body.Map("spec")!.Text("host"), old.Body.Map("spec")!.Text("port"), old.Body.Text("apiVersion")));
        Assert.Equal(made.Text, (await server.GetAsync(At("v2") + "/a")).Text);
        Assert.Equal(made.ResourceVersion, old.ResourceVersion);
    }

    [Fact]
    public async Task A_list_asks_once_about_all_and_never_again_about_what_has_not_changed()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            Assert.Equal(201, (await server.PostAsync(At("v1"), Door("v1", name, """{"host":"h","port":"1"}"""))).Code);
        }

        Assert.Empty(_converter.Questions);
        var list = await server.GetAsync(At("v2"));
        Assert.Equal(["a", "b", "c"], list.ItemNames);
        Assert.All(list.Body.List("items")!, i => Assert.Equal("h:1", ((TreeMap)i).Map("spec")!.Text("address")));
        Assert.Equal(["v2 a,b,c"], _converter.Questions);

        Assert.Equal(list.Body.List("items"), (await server.GetAsync(At("v2"))).Body.List("items"));
        await server.GetAsync(At("v2") + "/b");
        Assert.Single(_converter.Questions);
        await server.MergeAsync(At("v1") + "/b", """{"spec":{"port":"2"}}""");
        var again = await server.GetAsync(At("v2"));
        Assert.Equal("v2 b", _converter.Questions.Last());
        Assert.Equal(2, _converter.Questions.Count);
        Assert.Equal(["b"], (await server.GetAsync(At("v2") + "?fieldSelector=spec.address%3Dh:2")).ItemNames);
        Assert.Contains("h:2", again.Text);
    }

    [Fact]
    public async Task A_watch_sees_its_version_and_ends_when_it_cannot()
    {
        await server.PostAsync(At("v1"), Door("v1", "a", """{"host":"h","port":"1"}"""));
        using var response = await server.Http.GetAsync($"{At("v2")}?watch=1&timeoutSeconds=20", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        async Task<TreeMap> NextAsync() => (TreeMap)TreeJson.Parse((await lines.ReadLineAsync())!);

        Assert.Equal("h:1", (await NextAsync()).Map("object")!.Map("spec")!.Text("address"));
        await server.MergeAsync(At("v1") + "/a", """{"spec":{"port":"2"}}""");
        var change = await NextAsync();
        Assert.Equal(("MODIFIED", "h:2"), (change.Text("type"), change.Map("object")!.Map("spec")!.Text("address")));

        _converter.Finish = static a => a.Map("response")!["result"] = new TreeMap { ["status"] = "Failure", ["message"] = "no" };
        await server.MergeAsync(At("v1") + "/a", """{"spec":{"port":"3"}}""");
        var last = await NextAsync();
        Assert.Equal(("ERROR", $"conversion webhook for {_group}/v1, Kind=Door failed: no"), (last.Text("type"), last.Map("object")!.Text("message")));
        Assert.Null(await lines.ReadLineAsync());
    }

    [Fact]
    public async Task Writes_of_every_kind_go_through_both_versions()
    {
        await server.PostAsync(At("v1"), Door("v1", "a", """{"host":"h","port":"1"}"""));

        var patched = await server.MergeAsync(At("v2") + "/a", """{"spec":{"address":"h:2"}}""");
        Assert.Equal((200, "h:2", "2"), (patched.Code, patched.Body.Map("spec")!.Text("address"), patched.Metadata["generation"]!.ToString()));
        patched.Body.Map("spec")!["address"] = "h:3";
        Assert.Equal(200, (await server.PutAsync(At("v2") + "/a", TreeJson.WriteText(patched.Body))).Code);
        var status = await server.MergeAsync(At("v2") + "/a/status", """{"status":{"replicas":1}}""");
        Assert.Equal("1", status.Body.Map("status")!["replicas"]!.ToString());
        var scaled = await server.MergeAsync(At("v2") + "/a/scale", """{"spec":{"replicas":4}}""");
        Assert.Equal("4", scaled.Body.Map("spec")!["replicas"]!.ToString());
        var kept = await server.GetAsync(At("v1") + "/a");
        Assert.Equal(("h", "3", "4"), (kept.Body.Map("spec")!.Text("host"), kept.Body.Map("spec")!.Text("port"), kept.Body.Map("spec")!["replicas"]!.ToString()));
        Assert.Equal(200, (await server.DeleteAsync(At("v2") + "/a")).Code);
        Assert.Equal(404, (await server.GetAsync(At("v1") + "/a")).Code);
    }

    [Fact]
    public async Task An_apply_in_one_version_respects_what_was_applied_in_the_other()
    {
        var first = await ApplyAsync("v1", "one", """{"host":"h","port":"1"}""");
        Assert.True(first.Code == 201, first.Text);

        var conflict = await ApplyAsync("v2", "two", """{"address":"h:2"}""");
        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"one\": .spec.port", conflict.Message);
        var forced = await ApplyAsync("v2", "two", """{"address":"h:2"}""", "&force=true");
        Assert.True(forced.Code == 200, forced.Text);
        var managers = forced.Metadata.List("managedFields")!.OfType<TreeMap>().ToDictionary(m => m.Text("manager")!, TreeJson.WriteText);
        Assert.Contains("f:host", managers["one"]);
        Assert.DoesNotContain("f:port", managers["one"]);
        Assert.Contains("f:address", managers["two"]);
    }

    [Theory]
    [InlineData("name", "returned invalid object: must have the same name: a != b")]
    [InlineData("uid", "returned invalid object: must have the same UID:")]
    [InlineData("kind", "returned invalid object: invalid kind (expected Door, received Window)")]
    [InlineData("version", "returned invalid object: invalid groupVersion (expected")]
    [InlineData("none", "returned 0 objects, expected 1")]
    [InlineData("label", "returned invalid metadata: metadata.labels: Invalid value: \"-\": name part must consist of")]
    [InlineData("type", "returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object")]
    [InlineData("failure", "failed: response.result.status was 'Failure', not 'Success'")]
    [InlineData("answer", "failed: expected response.uid=")]
    [InlineData("review", "failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got v1, Kind=ConversionReview")]
    public async Task A_webhook_may_not_make_another_object(string fault, string words)
    {
        await server.PostAsync(At("v1"), Door("v1", "a", """{"host":"h","port":"1"}"""));
        _converter.Finish = answer => Break(answer, fault);

        var got = await server.GetAsync(At("v2") + "/a");
        var list = await server.GetAsync(At("v2"));

        Assert.Equal((500, 500), (got.Code, list.Code));
        Assert.StartsWith($"conversion webhook for {_group}/v1, Kind=Door {words}", got.Message);
        Assert.Equal(200, (await server.GetAsync(At("v1") + "/a")).Code);
    }

    [Fact]
    public async Task Labels_and_annotations_may_change_and_other_metadata_is_put_back()
    {
        await server.PostAsync(At("v1"), Door("v1", "a", """{"host":"h","port":"1"}"""));
        _converter.Convert1 = static (value, version) =>
        {
            var metadata = value.Map("metadata")!;
            metadata["labels"] = new TreeMap { ["seen"] = "yes" };
            metadata["finalizers"] = new TreeList(["example.com/x"]);
            return Swap(value, version);
        };

        var got = await server.GetAsync(At("v2") + "/a");

        Assert.Equal("yes", got.Metadata.Map("labels")!.Text("seen"));
        Assert.Null(got.Metadata["finalizers"]);
    }

    [Fact]
    public async Task When_nobody_answers_only_the_other_version_is_refused()
    {
        await server.PostAsync(At("v1"), Door("v1", "a", """{"host":"h","port":"1"}"""));
        await server.MergeAsync($"{Definition.Path}/doors.{_group}", """{"spec":{"conversion":{"webhook":{"clientConfig":{"url":"https://127.0.0.1:1/convert"}}}}}""");

        var got = await server.GetAsync(At("v2") + "/a");

        Assert.Equal(500, got.Code);
        Assert.StartsWith($"conversion webhook for {_group}/v1, Kind=Door failed: Post \"https://127.0.0.1:1/convert?timeout=30s\": ", got.Message);
        Assert.Equal(500, (await server.PostAsync(At("v2"), Door("v2", "b", """{"address":"x:1"}"""))).Code);
        Assert.Equal(404, (await server.GetAsync(At("v1") + "/b")).Code);
        Assert.Equal(200, (await server.DeleteAsync($"{Definition.Path}/doors.{_group}")).Code);
        await Definition.UntilAsync(async () => (await server.GetAsync($"{Definition.Path}/doors.{_group}")).Code == 404);
    }

    [Fact]
    public async Task When_the_storage_version_changes_objects_of_both_are_kept()
    {
        await server.PostAsync(At("v1"), Door("v1", "a", """{"host":"h","port":"1"}"""));
        var changed = await server.SendAsync(HttpMethod.Patch, $"{Definition.Path}/doors.{_group}", """
            [{"op":"replace","path":"/spec/versions/0/storage","value":false},{"op":"replace","path":"/spec/versions/1/storage","value":true}]
            """, "application/json-patch+json");
        Assert.Equal(["\"v1\"", "\"v2\""], changed.Body.Map("status")!.List("storedVersions")!.Select(v => v.ToString()));
        await server.PostAsync(At("v1"), Door("v1", "b", """{"host":"h","port":"2"}"""));
        _converter.Questions.Clear();

        var second = await server.GetAsync(At("v2"));
        Assert.Equal(["h:1", "h:2"], second.Body.List("items")!.Select(i => ((TreeMap)i).Map("spec")!.Text("address")!));
        Assert.Equal(["v2 a"], _converter.Questions);
        var first = await server.GetAsync(At("v1"));
        Assert.Equal(["1", "2"], first.Body.List("items")!.Select(i => ((TreeMap)i).Map("spec")!.Text("port")!));
    }

    private static TreeMap Swap(TreeMap value, string version)
    {
        var spec = value.Map("spec") ?? new TreeMap();
        if (version.EndsWith("v2", StringComparison.Ordinal) && spec.Contains("host"))
        {
            spec["address"] = spec.Text("host") + ":" + spec.Text("port");
            spec.Remove("host");
            spec.Remove("port");
        }
        else if (spec.Text("address") is { } address)
        {
            spec["host"] = address.Split(':')[0];
            spec["port"] = address.Split(':')[1];
            spec.Remove("address");
        }

        return value;
    }

    private static void Break(TreeMap answer, string fault)
    {
        var response = answer.Map("response")!;
        var value = (TreeMap)response.List("convertedObjects")![0];
        switch (fault)
        {
            case "name" or "uid":
                value.Map("metadata")![fault] = "b";
                break;
            case "kind":
                value["kind"] = "Window";
                break;
            case "version":
                value["apiVersion"] = "v9";
                break;
            case "none":
                response["convertedObjects"] = new TreeList();
                break;
            case "label":
                value.Map("metadata")!["labels"] = new TreeMap { ["-"] = "x" };
                break;
            case "type":
                value.Map("metadata")!["labels"] = new TreeMap { ["a"] = 1 };
                break;
            case "failure":
                response["result"] = new TreeMap { ["status"] = "Failure" };
                break;
            case "answer":
                response["uid"] = "other";
                break;
            default:
                answer["apiVersion"] = "v1";
                break;
        }
    }

    private Task<Answer> ApplyAsync(string version, string manager, string spec, string more = "") => server.SendAsync(
        HttpMethod.Patch, $"{At(version)}/a?fieldManager={manager}{more}", Door(version, "a", spec), "application/apply-patch+yaml");

    private string At(string version) => $"/apis/{_group}/{version}/namespaces/{_ns}/doors";

    private string Door(string version, string name, string spec) =>
        $$$"""{"apiVersion":"{{{_group}}}/{{{version}}}","kind":"Door","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}} }""";
}
