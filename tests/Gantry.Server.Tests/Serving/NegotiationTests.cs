using System.Net.Http.Headers;
using Gantry.Api.Protobuf;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class NegotiationTests(RunningServer server)
{
    private const string OnlyThese = "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf";
    private const string Unrouted = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf";
    private const string Discovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    [Theory]
    [InlineData("/api/v1/namespaces/default", "application/cbor", Unrouted)]
    [InlineData("/api/v1/namespaces/default", "application/xml, text/html;q=0.9", Unrouted)]
    [InlineData("/api/v1/namespaces", "application/xml", Unrouted + ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch")]
    [InlineData("/api/v1/namespaces/default", "application/json;as=Bogus;g=meta.k8s.io;v=v1", OnlyThese)]
    [InlineData("/api/v1/namespaces/default", "application/*", Unrouted)]
    [InlineData("/api/v1/namespaces/default", "application/*, text/html", Unrouted)]
    [InlineData("/api", "foo/bar", Unrouted)]
    [InlineData("/api", "application/*", Unrouted)]
    [InlineData("/api/v1", "foo/bar", Unrouted)]
    [InlineData("/apis/apps/v1", "application/*", Unrouted)]
    [InlineData("/apis", "foo/bar", OnlyThese)]
    [InlineData("/apis/apps", "foo/bar", OnlyThese)]
    [InlineData("/version", "foo/bar", "406: Not Acceptable\n\nAvailable representations: application/json")]
    public async Task What_cannot_be_answered_is_refused_with_what_can(string path, string accept, string words)
    {
        var answer = await server.SendAsync(HttpMethod.Get, path, accept: accept);
        Assert.Equal((406, "NotAcceptable", words), (answer.Code, answer.Reason, answer.Message));
    }

    [Theory]
    [InlineData("application/xml, application/json;q=0.1", "application/json")]
    [InlineData("application/json;q=0.5, application/yaml", "application/yaml")]
    [InlineData("application/cbor, application/vnd.kubernetes.protobuf;q=0.9, application/json;q=0.8", "application/vnd.kubernetes.protobuf")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*, */*;q=0.1", "application/json")]
    [InlineData("*/*, application/yaml;q=0.1", "application/yaml")]
    [InlineData("application/json;q=0", "application/json")]
    [InlineData("application/yaml;sv=v2, application/json;q=0.1", "application/json")]
    [InlineData("application/yaml;stream=watch, application/json;q=0.1", "application/json")]
    [InlineData("application/yaml;v=v1, application/json;q=0.1", "application/json")]
    public async Task The_best_that_both_know_is_chosen(string accept, string type)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/namespaces/default", accept);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Discovery_is_negotiated_like_everything_else()
    {
        Assert.StartsWith("groups:\n", (await server.SendAsync(HttpMethod.Get, "/apis", accept: "application/yaml")).Text.Replace("apiVersion: v1\n", "", StringComparison.Ordinal));
        Assert.Equal(406, (await server.SendAsync(HttpMethod.Get, "/apis/apps/v1", accept: "text/html")).Code);
        using var indented = await SendAsync(HttpMethod.Get, "/api", "*/*", "curl/8.0");
        Assert.StartsWith("{\n  \"kind\": \"APIVersions\"", await indented.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Who_is_no_route_to_media_types_takes_any_of_an_application()
    {
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/apis", accept: "application/*")).Code);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "/apis/apps", accept: "application/*")).Code);
    }

    [Theory]
    [InlineData("/api/v1/namespaces", "PartialObjectMetadata", "you requested PartialObjectMetadata, but the requested object is a list (*core.NamespaceList)")]
    [InlineData("/apis/apps/v1/deployments", "PartialObjectMetadata", "you requested PartialObjectMetadata, but the requested object is a list (*apps.DeploymentList)")]
    [InlineData("/api/v1/namespaces/default", "PartialObjectMetadataList", "you requested PartialObjectMetadataList, but the requested object is not a list (*core.Namespace)")]
    public async Task Metadata_is_wanted_of_one_or_of_a_list(string path, string form, string words)
    {
        var answer = await server.SendAsync(HttpMethod.Get, path, accept: $"application/json;as={form};v=v1;g=meta.k8s.io");
        Assert.Equal((406, "NotAcceptable", words), (answer.Code, answer.Reason, answer.Message));
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothings", 404)]
    [InlineData("GET", "/apis/nothing.example.com/v1/nothings", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/configmaps/x/more", 404)]
    [InlineData("DELETE", "/api/v1/namespaces", 405)]
    [InlineData("PUT", "/api/v1/namespaces/default/configmaps", 405)]
    [InlineData("POST", "/api/v1/namespaces/default/pods/x/status", 405)]
    [InlineData("POST", "/api/v1/namespaces/default/pods/x/scale", 404)]
    [InlineData("PATCH", "/api/v1/namespaces/default", 415)]
    [InlineData("PATCH", "/apis/apps/v1/namespaces/default/deployments/x/scale", 415)]
    [InlineData("GET", "/api/v1/namespaces/default", 406)]
    public async Task What_is_not_served_is_told_before_what_it_cannot_be_served_in(string method, string path, int code) =>
        Assert.Equal(code, (await server.SendAsync(new HttpMethod(method), path, accept: "text/html")).Code);

    [Fact]
    public async Task A_watch_does_not_come_in_yaml()
    {
        var answer = await server.SendAsync(HttpMethod.Get, "/api/v1/namespaces?watch=1&timeoutSeconds=1", accept: "application/yaml");
        Assert.Equal(406, answer.Code);
        Assert.Contains("application/json;stream=watch,", answer.Text);
    }

    [Fact]
    public async Task What_is_not_served_is_told_before_its_body_is_read()
    {
        var large = new string(' ', 4 << 20);
        Assert.Equal(405, (await server.SendAsync(HttpMethod.Put, "/api/v1/namespaces/default/configmaps", large)).Code);
        Assert.Equal(415, (await server.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/default", large)).Code);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Metadata_of_a_list_says_of_each_item_what_it_is(string version)
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        var accept = $"application/json;as=PartialObjectMetadataList;v={version};g=meta.k8s.io";
        var none = await server.SendAsync(HttpMethod.Get, path, accept: accept);
        Assert.Equal(($"meta.k8s.io/{version}", TreeNull.Instance), (none.Body.Text("apiVersion"), none.Body["items"]));
        await server.PostAsync(path, """{"metadata":{"name":"x"}}""");
        var one = (TreeMap)Assert.Single((await server.SendAsync(HttpMethod.Get, path, accept: accept)).Body.List("items")!);
        Assert.Equal(("PartialObjectMetadata", $"meta.k8s.io/{version}", "x"), (one.Text("kind"), one.Text("apiVersion"), one.Map("metadata")!.Text("name")));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/@/limitranges", true)]
    [InlineData("/apis/rbac.authorization.k8s.io/v1/namespaces/@/roles", true)]
    [InlineData("/apis/storage.k8s.io/v1/csistoragecapacities", true)]
    [InlineData("/api/v1/namespaces/@/pods", false)]
    public async Task Kinds_without_cells_of_their_own_have_no_rows_where_there_is_nothing(string path, bool isNull)
    {
        var ns = path.Contains('@', StringComparison.Ordinal) ? await server.NamespaceAsync() : "";
        var table = await server.SendAsync(
            HttpMethod.Get, path.Replace("@", ns, StringComparison.Ordinal), accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(isNull ? TreeNull.Instance : new TreeList(), table.Body["rows"]);
    }

    [Fact]
    public async Task What_cannot_be_answered_as_wanted_is_done_all_the_same()
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        var refused = await server.SendAsync(
            HttpMethod.Post, path, """{"metadata":{"name":"x"}}""", accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
        Assert.Equal((406, "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)"), (refused.Code, refused.Message));
        Assert.Equal(200, (await server.GetAsync(path + "/x")).Code);
        var deleted = await server.SendAsync(HttpMethod.Delete, path + "/x?includeObject=no", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal((400, "Unable to convert to Table as requested: includeObject: Invalid value: \"no\": must be 'Metadata', 'Object', 'None', or empty"), (deleted.Code, deleted.Message));
        Assert.Equal(404, (await server.GetAsync(path + "/x")).Code);
    }

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json", "application/json")]
    [InlineData("application/yaml;as=Table;v=v1;g=meta.k8s.io", "application/json")]
    [InlineData("application/yaml;as=Table;v=v1;g=meta.k8s.io, application/yaml", "application/yaml")]
    public async Task Refusals_come_in_what_is_taken_as_it_is(string accept, string type)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/namespaces/none", accept);
        Assert.Equal((404, type), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task What_a_body_comes_in_is_looked_at_before_the_options_of_a_create()
    {
        Assert.Equal(415, (await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces?dryRun=no", "x", "text/plain")).Code);
        Assert.Equal(415, (await server.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews?dryRun=no", "x", "text/plain")).Code);
        Assert.Equal(422, (await server.SendAsync(HttpMethod.Put, "/api/v1/namespaces/x?dryRun=no", "x", "text/plain")).Code);
    }

    [Theory]
    [InlineData("/api/v1/watch")]
    [InlineData("/apis/apps/v1/proxy")]
    [InlineData("/api/v1/watch/?a=%3C&b")]
    public async Task A_path_that_does_not_say_what_it_is_about_is_a_fault(string path)
    {
        var shown = path.Replace("&", "&amp;", StringComparison.Ordinal);
        var answer = await server.GetAsync(path);
        Assert.Equal(
            (500, $"Internal Server Error: \"{shown}\": failed to create RequestInfo: unable to determine kind and namespace from url, {shown}\n"), (answer.Code, answer.Text));
    }

    [Theory]
    [InlineData("/api/v1/namespaces//configmaps", 200)]
    [InlineData("/api//v1/configmaps", 404)]
    [InlineData("/api/v1/namespaces/default/pods/x/status/more", 404)]
    [InlineData("/api/v1/namespaces/default/pods/x/log/more", 404)]
    [InlineData("/api/v1/watch/namespaces/default/pods/x/status", 404)]
    public async Task Paths_are_taken_as_they_are(string path, int code)
    {
        var answer = await server.GetAsync(path);
        Assert.Equal((code, code == 404 && path.StartsWith("/api/v1", StringComparison.Ordinal) ? "the server could not find the requested resource" : ""), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_token_is_no_table()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var path = $"/api/v1/namespaces/{ns}/serviceaccounts/robot/token";
        var table = await server.SendAsync(HttpMethod.Post, path, """{"spec":{}}""", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal((406, OnlyThese), (table.Code, table.Message));
        var either = await server.SendAsync(HttpMethod.Post, path, """{"spec":{}}""", accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        Assert.Equal((201, "TokenRequest"), (either.Code, either.Body.Text("kind")));
    }

    [Fact]
    public async Task Bodies_in_other_forms_are_refused()
    {
        var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces", "x", "application/cbor");
        Assert.Equal(
            (415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf"),
            (answer.Code, answer.Reason, answer.Message));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/default?pretty=true", "", true)]
    [InlineData("/api/v1/namespaces/default?pretty=0", "curl/8.0", false)]
    [InlineData("/api/v1/namespaces/default", "curl/8.0", true)]
    [InlineData("/api/v1/namespaces", "Mozilla/5.0 (X11)", true)]
    [InlineData("/api/v1/namespaces/none", "Wget/1.21", true)]
    [InlineData("/api/v1/namespaces/default", "kubectl/v1.32.0", false)]
    public async Task People_get_indented_json(string path, string agent, bool pretty)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, "application/json", agent);
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal(pretty, text.StartsWith("{\n  \"kind\": \"", StringComparison.Ordinal));
        Assert.Equal(!pretty, text.EndsWith('\n'));
        Assert.Equal(answer.Content.Headers.ContentLength ?? text.Length, text.Length);
        Assert.NotEmpty(System.Text.Json.Nodes.JsonNode.Parse(text)!["kind"]!.ToString());
    }

    [Theory]
    [InlineData("HEAD", "/api/v1/namespaces/default", 405)]
    [InlineData("OPTIONS", "/api/v1/namespaces", 405)]
    [InlineData("DELETE", "/version", 405)]
    [InlineData("POST", "/apis/apps/v1", 405)]
    [InlineData("POST", "/apis/apps", 200)]
    [InlineData("DELETE", "/apis", 200)]
    [InlineData("HEAD", "/apis", 200)]
    [InlineData("POST", "/api", 405)]
    [InlineData("POST", "/apis/apiregistration.k8s.io", 405)]
    [InlineData("PUT", "/apis/none.example.com", 404)]
    [InlineData("GET", "/index.html", 200)]
    [InlineData("PUT", "/nothing", 404)]
    [InlineData("HEAD", "/healthz", 200)]
    [InlineData("GET", "/logs", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/", 200)]
    public async Task Methods_are_allowed_where_kubernetes_allows_them(string method, string path, int code)
    {
        using var answer = await SendAsync(new HttpMethod(method), path, "application/json");
        Assert.Equal(code, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Queries_that_are_not_written_as_they_should_be_are_left_out()
    {
        // As it is: a client library would put it right.
        var path = new Uri(
            server.Server.Address.GetLeftPart(UriPartial.Authority) + "/api/v1/namespaces?labelSelector=%zz&limit=1;x&fieldSelector=metadata.name%3Ddefault",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var list = System.Text.Json.Nodes.JsonNode.Parse(await server.Http.GetStringAsync(path))!;

        Assert.Equal("default", Assert.Single(list["items"]!.AsArray())!["metadata"]!["name"]!.ToString());
    }

    [Theory]
    [InlineData(Discovery, "apidiscovery.k8s.io/v2")]
    [InlineData("application/json;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2,application/json;q=0.5", "apidiscovery.k8s.io/v2")]
    [InlineData("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json;q=0.9", "apidiscovery.k8s.io/v2beta1")]
    public async Task Aggregated_discovery_comes_in_the_version_that_is_asked_for(string accept, string version)
    {
        foreach (var path in (string[])["/api", "/apis"])
        {
            var answer = await server.SendAsync(HttpMethod.Get, path, accept: accept);
            Assert.Equal(("APIGroupDiscoveryList", version), (answer.Body.Text("kind"), answer.Body.Text("apiVersion")));
        }
    }

    [Fact]
    public async Task Aggregated_discovery_that_has_not_changed_is_not_sent_again()
    {
        using var first = await SendAsync(HttpMethod.Get, "/apis", Discovery);
        Assert.Equal(Discovery, first.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("Accept", Assert.Single(first.Headers.Vary));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.TryAddWithoutValidation("Accept", Discovery);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await server.Http.SendAsync(request);

        Assert.Equal(304, (int)second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/api", "", "APIVersions")]
    [InlineData("/apis", "", "APIGroupList")]
    [InlineData("/apis/apps", "", "APIGroup")]
    [InlineData("/api/v1", "", "APIResourceList")]
    [InlineData("/apis/apps/v1", "", "APIResourceList")]
    [InlineData("/api", ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "APIGroupDiscoveryList")]
    [InlineData("/apis", ";g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", "APIGroupDiscoveryList")]
    public async Task Discovery_says_the_same_in_protobuf(string path, string form, string kind)
    {
        const string Protobuf = "application/vnd.kubernetes.protobuf";
        var json = (await server.SendAsync(HttpMethod.Get, path, accept: "application/json" + form)).Body;
        using var answer = await SendAsync(HttpMethod.Get, path, Protobuf + form + ",application/json");
        Assert.Equal(Protobuf + form, answer.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));

        var envelope = KubernetesProtobuf.Open(await answer.Content.ReadAsByteArrayAsync());

        Assert.Equal((json.Text("apiVersion") ?? "", kind), (envelope.ApiVersion, envelope.Kind));
        var decoded = KubernetesProtobuf.Decode(ProtobufKinds.Find(envelope.ApiVersion, envelope.Kind)!, envelope);
        Assert.Equal(Values(json), Values(decoded));
    }

    // What is set, by its place.
    private static List<string> Values(Tree tree, string at = "") => tree switch
    {
        TreeMap map => [.. map.Where(m => at.Length > 0 || m.Key is not ("kind" or "apiVersion")).OrderBy(m => m.Key, StringComparer.Ordinal).SelectMany(m => Values(m.Value, at + "." + m.Key))],
        TreeList list => [.. list.SelectMany((item, i) => Values(item, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{at}[{i}]")))],
        TreeNull or TreeString { Value: "" } or TreeBool { Value: false } => [],
        _ => [at + "=" + TreeJson.WriteText(tree)],
    };

    [Fact]
    public async Task Discovery_of_custom_resources_names_their_subresources_storage_and_verbs()
    {
        var group = server.Name("g") + ".example.com";
        var made = await server.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"tabs.{{{group}}}","finalizers":["example.com/wait"]},
             "spec":{"group":"{{{group}}}","scope":"Namespaced","names":{"plural":"tabs","kind":"Tab"},"versions":[
              {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} },"subresources":{"status":{},"scale":{"specReplicasPath":".spec.a","statusReplicasPath":".status.a"} } },
              {"name":"v2","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object"} } }] } }
            """);
        Assert.True(made.Code == 201, made.Text);

        var resources = (await server.GetAsync($"/apis/{group}/v1")).Body.List("resources")!.OfType<TreeMap>().ToList();
        Assert.Equal(["tabs", "tabs/status", "tabs/scale"], resources.Select(r => r.Text("name")));
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(group + "/v1/Tab")).AsSpan(0, 8));
        Assert.Equal(hash, resources[0].Text("storageVersionHash"));
        Assert.Equal(hash, ((TreeMap)(await server.GetAsync($"/apis/{group}/v2")).Body.List("resources")![0]).Text("storageVersionHash"));
        Assert.Contains("\"create\"", TreeJson.WriteText(resources[0].List("verbs")!));

        Assert.Equal(200, (await server.DeleteAsync($"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tabs.{group}")).Code);
        var last = (TreeMap)(await server.GetAsync($"/apis/{group}/v1")).Body.List("resources")![0];
        Assert.Equal("""["delete","deletecollection","get","list","watch"]""", TreeJson.WriteText(last.List("verbs")!));
    }

    [Fact]
    public async Task Checks_of_health_can_be_left_out_by_name()
    {
        var text = (await server.GetAsync("/livez?verbose&exclude=etcd&exclude=b&exclude=a")).Text;
        Assert.StartsWith("[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n[+]", text, StringComparison.Ordinal);
        Assert.EndsWith(" ok\nwarn: some health checks cannot be excluded: no matches for \"a\",\"b\"\nlivez check passed\n", text, StringComparison.Ordinal);
        Assert.Equal("ok", (await server.GetAsync("/readyz/etcd")).Text);
    }

    [Fact]
    public async Task Whoever_is_told_to_come_back_is_told_by_the_header_too()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/namespaces?resourceVersion=999999999", "application/json");
        Assert.Equal((504, TimeSpan.FromSeconds(1)), ((int)answer.StatusCode, answer.Headers.RetryAfter!.Delta));
    }

    [Fact]
    public async Task Refusals_come_in_the_encoding_of_the_client()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/namespaces", "application/vnd.kubernetes.protobuf", token: "nobody");
        Assert.Equal((403, "application/vnd.kubernetes.protobuf"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Long_paths_and_many_headers_are_taken()
    {
        var selector = string.Join(',', Enumerable.Range(0, 1500).Select(i => $"label-{i}!=value"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces?labelSelector=" + Uri.EscapeDataString(selector));
        for (var i = 0; i < 200; i++)
        {
            request.Headers.TryAddWithoutValidation("X-Remote-Something-" + i, "x");
        }

        using var answer = await server.Http.SendAsync(request);

        Assert.Equal(200, (int)answer.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string accept, string agent = "", string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (agent.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await server.Http.SendAsync(request);
    }
}
