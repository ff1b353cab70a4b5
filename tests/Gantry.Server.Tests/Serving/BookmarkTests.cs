using System.Text;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

/// <summary>What a watch sends to say how far it is.</summary>
[Collection(SharedServer.Name)]
public sealed class BookmarkTests(RunningServer server)
{
    private const string Query = "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name=absent";

    [Theory]
    [InlineData("/api/v1/pods", """{"kind":"Pod","apiVersion":"v1","metadata":@,"spec":{"containers":null},"status":{}}""")]
    [InlineData("/api/v1/configmaps", """{"kind":"ConfigMap","apiVersion":"v1","metadata":@}""")]
    [InlineData("/api/v1/services", """{"kind":"Service","apiVersion":"v1","metadata":@,"spec":{},"status":{"loadBalancer":{}}}""")]
    [InlineData("/apis/apps/v1/deployments",
        """{"kind":"Deployment","apiVersion":"apps/v1","metadata":@,"spec":{"replicas":0,"selector":null,"template":{"metadata":{"creationTimestamp":null},"spec":{"containers":null}},"strategy":{}},"status":{}}""")]
    [InlineData("/apis/batch/v1/cronjobs",
        """{"kind":"CronJob","apiVersion":"batch/v1","metadata":@,"spec":{"schedule":"","jobTemplate":{"metadata":{"creationTimestamp":null},"spec":{"template":{"metadata":{"creationTimestamp":null},"spec":{"containers":null}}}}},"status":{}}""")]
    [InlineData("/apis/autoscaling/v1/horizontalpodautoscalers",
        """{"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v1","metadata":@,"spec":{"scaleTargetRef":{"kind":"","name":""},"maxReplicas":0},"status":{"currentReplicas":0,"desiredReplicas":0}}""")]
    [InlineData("/apis/rbac.authorization.k8s.io/v1/roles", """{"kind":"Role","apiVersion":"rbac.authorization.k8s.io/v1","metadata":@,"rules":null}""")]
    public async Task A_bookmark_is_an_empty_object_of_the_kind(string path, string json)
    {
        var mark = await NextAsync(path, "application/json");

        var metadata = mark.Map("object")!.Map("metadata")!;
        Assert.Equal("BOOKMARK", mark.Text("type"));
        var list = Convert.ToBase64String(Encoding.UTF8.GetBytes($$$"""{"kind":"{{{mark.Map("object")!.Text("kind")}}}List","apiVersion":"{{{mark.Map("object")!.Text("apiVersion")}}}","metadata":{},"items":null}{{{"\n"}}}"""));
        var expected = $$$"""
            {"resourceVersion":"{{{metadata.Text("resourceVersion")}}}","creationTimestamp":null,"annotations":{"k8s.io/initial-events-end":"true","kubernetes.io/initial-events-list-blueprint":"{{{list}}}"}}
            """;
        Assert.Equal(json.Replace("@", expected, StringComparison.Ordinal), TreeJson.WriteText(mark["object"]!));
    }

    [Fact]
    public async Task Daemon_sets_carry_what_stands_for_their_template_generation()
    {
        var mark = await NextAsync("/apis/apps/v1/daemonsets", "application/json");
        Assert.Equal("0", mark.Map("object")!.Map("metadata")!.Map("annotations")!.Text("deprecated.daemonset.template.generation"));
    }

    [Fact]
    public async Task Every_kind_has_a_bookmark_in_every_form()
    {
        foreach (var type in ApiCatalog.Resources.Where(r => r.Allows("watch")))
        {
            var path = $"/{(type.Group.Length == 0 ? "api" : "apis/" + type.Group)}/{type.Version}/{type.Plural}";
            var partial = (await NextAsync(path, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")).Map("object")!;
            var annotations = partial.Map("metadata")!.Map("annotations")!;
            Assert.Equal(("PartialObjectMetadata", "true"), (partial.Text("kind"), annotations.Text("k8s.io/initial-events-end")));
            Assert.Contains("PartialObjectMetadataList", Encoding.UTF8.GetString(Convert.FromBase64String(annotations.Text("kubernetes.io/initial-events-list-blueprint")!)));

            using var response = await OpenAsync(path + Query, "application/vnd.kubernetes.protobuf");
            await using var stream = await response.Content.ReadAsStreamAsync();
            var head = new byte[4];
            await stream.ReadExactlyAsync(head);
            var frame = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head)];
            await stream.ReadExactlyAsync(frame);
            Assert.Contains(type.Kind, Encoding.Latin1.GetString(frame), StringComparison.Ordinal);
            Assert.Contains("BOOKMARK", Encoding.Latin1.GetString(frame), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_kind_has_a_bookmark_as_a_table()
    {
        await Task.WhenAll(ApiCatalog.Resources.Where(r => r.Allows("watch")).Select(async type =>
        {
            var path = $"/{(type.Group.Length == 0 ? "api" : "apis/" + type.Group)}/{type.Version}/{type.Plural}";
            var from = (await server.GetAsync(path + "?limit=1")).ResourceVersion;
            using var response = await OpenAsync(
                $"{path}?watch=1&allowWatchBookmarks=1&timeoutSeconds=3&resourceVersion={from}&fieldSelector=metadata.name=absent", "application/json;as=Table;v=v1;g=meta.k8s.io");
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            var table = ((TreeMap)TreeJson.Parse((await reader.ReadLineAsync())!)).Map("object")!;
            Assert.Equal("Table", table.Text("kind"));
            Assert.Equal(table.List("columnDefinitions")!.Count, ((TreeMap)table.List("rows")![0]).List("cells")!.Count);
        }));
    }

    [Fact]
    public async Task A_list_that_comes_as_a_watch_is_no_table()
    {
        var refused = await server.SendAsync(HttpMethod.Get, "/api/v1/pods" + Query, accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal((406, "NotAcceptable"), (refused.Code, refused.Reason));
        var mark = await NextAsync("/api/v1/pods", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        Assert.Equal("Pod", mark.Map("object")!.Text("kind"));
    }

    [Fact]
    public async Task Bookmarks_of_custom_resources_have_metadata_alone()
    {
        var group = server.Name("b") + ".example.com";
        await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$$$$"""
            {"metadata":{"name":"foos.{{{{{{group}}}}}}"},"spec":{"group":"{{{{{{group}}}}}}","scope":"Cluster","names":{"plural":"foos","kind":"Foo"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object"}}}}}]}}
            """);
        var mark = (await NextAsync($"/apis/{group}/v1/foos", "application/json")).Map("object")!;

        Assert.Equal(["annotations", "resourceVersion"], mark.Map("metadata")!.Keys);
        var blueprint = mark.Map("metadata")!.Map("annotations")!.Text("kubernetes.io/initial-events-list-blueprint")!;
        Assert.Equal($$"""{"apiVersion":"{{group}}/v1","items":[],"kind":"FooList"}{{"\n"}}""", Encoding.UTF8.GetString(Convert.FromBase64String(blueprint)));
        Assert.Equal(["kind", "apiVersion", "metadata"], mark.Keys);
    }

    [Fact]
    public async Task The_old_paths_of_watches_take_nothing_but_a_get()
    {
        Assert.Equal(405, (await server.PostAsync("/api/v1/watch/configmaps", "{}")).Code);
        Assert.Equal(405, (await server.DeleteAsync("/api/v1/watch/namespaces/default/configmaps")).Code);
    }

    private async Task<TreeMap> NextAsync(string path, string accept)
    {
        using var response = await OpenAsync(path + Query, accept);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        return (TreeMap)TreeJson.Parse((await reader.ReadLineAsync())!);
    }

    private async Task<HttpResponseMessage> OpenAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
