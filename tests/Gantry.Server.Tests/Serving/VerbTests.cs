using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class VerbTests(RunningServer server)
{
    [Fact]
    public async Task What_is_created_can_be_read_and_carries_what_the_server_sets()
    {
        var ns = await server.NamespaceAsync();
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a","uid":"mine","generation":5,"labels":{"k":"v"}},"data":{"x":"y"}}""");

        Assert.Equal(201, made.Code);
        Assert.Equal(5L, Generation(made));
        Assert.Equal(ns, made.Metadata.Text("namespace"));
        Assert.NotEqual("mine", made.Metadata.Text("uid"));
        Assert.True(long.Parse(made.ResourceVersion) > 0);
        Assert.EndsWith("Z", made.Metadata.Text("creationTimestamp"));
        var read = await server.GetAsync($"/api/v1/namespaces/{ns}/configmaps/a");
        Assert.Equal(made.Text, read.Text);
    }

    [Fact]
    public async Task A_name_is_made_from_its_prefix()
    {
        var ns = await server.NamespaceAsync();
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"generateName":"made-"}}""");

        Assert.Equal(201, made.Code);
        Assert.Matches("^made-[a-z0-9]{5}$", made.Metadata.Text("name")!);
    }

    [Fact]
    public async Task An_update_from_an_older_revision_is_a_conflict()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps/a";
        var first = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");
        var second = await server.PutAsync(path, $$$"""{"metadata":{"name":"a","resourceVersion":"{{{first.ResourceVersion}}}"},"data":{"n":"2"}}""");
        Assert.Equal(200, second.Code);

        var late = await server.PutAsync(path, $$$"""{"metadata":{"name":"a","resourceVersion":"{{{first.ResourceVersion}}}"},"data":{"n":"3"}}""");

        Assert.Equal((409, "Conflict"), (late.Code, late.Reason));
        Assert.Contains("the object has been modified; please apply your changes to the latest version and try again", late.Message);
        Assert.Equal(second.Text, (await server.GetAsync(path)).Text);
    }

    [Fact]
    public async Task Patches_of_many_at_once_all_take_effect()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps/a";
        await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"}}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => server.MergeAsync(path, $$$"""{"data":{"k{{{i}}}":"v"}}""")));

        Assert.All(answers, a => Assert.Equal(200, a.Code));
        Assert.Equal(6, (await server.GetAsync(path)).Body.Map("data")!.Count);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_keeps_the_revision()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps/a";
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"},"data":{"x":"y"}}""");

        Assert.Equal(made.ResourceVersion, (await server.MergeAsync(path, """{"data":{"x":"y"}}""")).ResourceVersion);
        Assert.Equal(made.ResourceVersion, (await server.PutAsync(path, """{"metadata":{"name":"a"},"data":{"x":"y"}}""")).ResourceVersion);
    }

    [Fact]
    public async Task Generation_counts_changes_of_the_spec_and_the_status_is_written_by_its_subresource_only()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/apis/apps/v1/namespaces/{ns}/deployments";
        var made = await server.PostAsync(path, Deployment("d", ",\"status\":{\"replicas\":7}"));
        Assert.Equal(201, made.Code);
        Assert.Equal(1L, Generation(made));
        Assert.Empty(made.Body.Map("status")!);

        var scaled = await server.MergeAsync(path + "/d", """{"spec":{"replicas":3},"status":{"replicas":9}}""");
        Assert.Equal(2L, Generation(scaled));
        Assert.Empty(scaled.Body.Map("status")!);

        var status = await server.MergeAsync(path + "/d/status", """{"spec":{"replicas":8},"status":{"replicas":3,"observedGeneration":2}}""");
        Assert.Equal(2L, Generation(status));
        Assert.Equal("3", status.Body.Map("status")!["replicas"]!.ToString());
        Assert.Equal("3", status.Body.Map("spec")!["replicas"]!.ToString());
    }

    [Fact]
    public async Task A_dry_run_answers_as_if_and_stores_nothing()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        var made = await server.PostAsync(path + "?dryRun=All", """{"metadata":{"name":"a"}}""");

        Assert.Equal(201, made.Code);
        Assert.NotNull(made.Metadata.Text("uid"));
        Assert.Equal(404, (await server.GetAsync(path + "/a")).Code);
    }

    [Fact]
    public async Task Server_side_apply_creates_owns_and_conflicts()
    {
        var ns = await server.NamespaceAsync();
        var path = $"/api/v1/namespaces/{ns}/configmaps/a";
        Task<Answer> Apply(string manager, string value, string more = "") => server.SendAsync(
            HttpMethod.Patch, $"{path}?fieldManager={manager}{more}", $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: \"{value}\"\n", "application/apply-patch+yaml");

        Assert.Equal(201, (await Apply("one", "1")).Code);
        var conflict = await Apply("two", "2");
        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
        Assert.Equal("FieldManagerConflict", conflict.Cause(".data.k"));
        var forced = await Apply("two", "2", "&force=true");
        Assert.Equal((200, "2"), (forced.Code, forced.Body.Map("data")!.Text("k")));
    }

    [Fact]
    public async Task A_yaml_body_is_as_good_as_json_and_answers_come_as_yaml_where_asked()
    {
        var ns = await server.NamespaceAsync();
        var made = await server.SendAsync(
            HttpMethod.Post, $"/api/v1/namespaces/{ns}/configmaps", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {k: \"no\"}\n", "application/yaml", "application/yaml");

        Assert.Equal(201, made.Code);
        Assert.Contains("kind: ConfigMap", made.Text);
        var tree = (TreeMap)TreeYaml.Parse(made.Text);
        Assert.Equal("no", tree.Map("data")!.Text("k"));
    }

    [Fact]
    public async Task Only_the_metadata_or_a_table_is_answered_where_asked()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"a"},"data":{"x":"y"}}""");
        var path = $"/api/v1/namespaces/{ns}/configmaps";

        var metadata = await server.SendAsync(HttpMethod.Get, path, accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        Assert.Equal("PartialObjectMetadataList", metadata.Body.Text("kind"));
        Assert.DoesNotContain("\"data\":{\"x\"", metadata.Text);
        var table = await server.SendAsync(HttpMethod.Get, path, accept: "application/json;as=Table;g=meta.k8s.io;v=v1,application/json");
        Assert.Equal("Table", table.Body.Text("kind"));
        Assert.Equal(406, (await server.SendAsync(HttpMethod.Get, path, accept: "image/png")).Code);
    }

    private static long Generation(Answer answer) => ((TreeInteger)answer.Metadata["generation"]!).Value;

    private static string Deployment(string name, string more = "") => $$$"""
        {"metadata":{"name":"{{{name}}}"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},
         "spec":{"containers":[{"name":"c","image":"i"}]} } } {{{more}}} }
        """;
}
