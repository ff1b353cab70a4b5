using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Gantry.Client;
using Gantry.Server.Tests.Subresources;

namespace Gantry.Server.Tests.Aggregation;

public sealed class ExtensionTests : IAsyncLifetime
{
    private const string Registration = "/apis/apiregistration.k8s.io/v1/apiservices";
    private const string Widgets = "/apis/widgets.example.com/v1/namespaces/default/widgets";

    private ExtensionServer _extension = null!;
    private SubresourceServer _server = null!;

    public async Task InitializeAsync()
    {
        _extension = await ExtensionServer.StartAsync("m.default.svc");
        _server = await SubresourceServer.StartAsync(_extension);
        await _server.DoAsync("POST", "/api/v1/namespaces/default/services", """{"metadata":{"name":"m"},"spec":{"clusterIP":"10.96.3.4","ports":[{"name":"https","port":443}]}}""");
        await _server.DoAsync("POST", "/api/v1/namespaces/default/endpoints",
            """{"metadata":{"name":"m"},"subsets":[{"addresses":[{"ip":"10.42.0.5"}],"ports":[{"name":"https","port":6443}]}]}""");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _extension.DisposeAsync();
    }

    [Fact]
    public async Task TheV2DocumentHoldsWhatTheExtensionDescribes()
    {
        var before = await _server.DoAsync("GET", "/openapi/v2");
        await ReadyAsync();
        await _server.UntilAsync("/openapi/v2", d => d["paths"]!["/apis/widgets.example.com/v1/widgets"] is not null);
        var merged = await _server.DoAsync("GET", "/openapi/v2");
        Assert.Null(merged["paths"]!["/apis/other.example.com/v1/things"]);
        Assert.Null(merged["definitions"]!["com.example.Unused"]);
        var widget = merged["definitions"]!["com.example.Widget"]!;
        Assert.Equal("#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta_v2", (string)widget["properties"]!["metadata"]!["$ref"]!);
        Assert.NotNull(merged["definitions"]!["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta_v2"]!["properties"]!["older"]);
        Assert.Equal(
            before["definitions"]!["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]!.ToJsonString(), merged["definitions"]!["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]!.ToJsonString());
        var (code, _) = await _server.SendAsync("GET", "/openapi/v2", accept: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        Assert.Equal(200, code);
    }

    [Fact]
    public async Task TheV3IndexNamesTheExtensionsDocumentByItsHash()
    {
        await ReadyAsync();
        await _server.UntilAsync("/openapi/v3", d => d["paths"]!["apis/widgets.example.com/v1"] is not null);
        var index = await _server.DoAsync("GET", "/openapi/v3");
        Assert.Equal("/openapi/v3/apis/widgets.example.com/v1?hash=ABC", (string)index["paths"]!["apis/widgets.example.com/v1"]!["serverRelativeURL"]!);
        Assert.Equal(index["paths"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal), index["paths"]!.AsObject().Select(p => p.Key));
        Assert.Equal("widgets", (string)(await _server.DoAsync("GET", "/openapi/v3/apis/widgets.example.com/v1?hash=ABC"))["info"]!["title"]!);
    }

    [Fact]
    public async Task OfAnExtensionWithoutV3TheV2DocumentIsConverted()
    {
        _extension.IsOld = true;
        await ReadyAsync();
        await _server.UntilAsync("/openapi/v3", d => d["paths"]!["apis/widgets.example.com/v1"] is not null);
        var url = (string)(await _server.DoAsync("GET", "/openapi/v3"))["paths"]!["apis/widgets.example.com/v1"]!["serverRelativeURL"]!;
        Assert.StartsWith("/openapi/v3/apis/widgets.example.com/v1?hash=", url, StringComparison.Ordinal);
        var document = await _server.DoAsync("GET", url);

        Assert.Equal("3.0.0", (string)document["openapi"]!);
        Assert.Equal("x", (string)document["info"]!["title"]!);
        var path = document["paths"]!["/apis/widgets.example.com/v1/widgets"]!;
        Assert.Equal("""{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/com.example.Widget"}}}}""", path["get"]!["responses"]!["200"]!.ToJsonString());
        Assert.Equal(
            """{"operationId":"make","requestBody":{"content":{"*/*":{"schema":{"$ref":"#/components/schemas/com.example.Widget"}}}},"parameters":[{"name":"pretty","in":"query","schema":{"type":"string","uniqueItems":true}}],"responses":{},"x-kubernetes-action":"post"}""",
            path["post"]!.ToJsonString());
        Assert.Equal("""[{"name":"limit","in":"query","schema":{"type":"integer"}}]""", path["parameters"]!.ToJsonString());
        Assert.Equal(
            """{"description":"more","allOf":[{"$ref":"#/components/schemas/com.example.Widget"}]}""", document["components"]!["schemas"]!["com.example.Widget"]!["properties"]!["other"]!.ToJsonString());
        Assert.Null(document["components"]!["schemas"]!["com.example.Unused"]);
    }

    [Fact]
    public async Task GroupsAreListedByThePriorityOfTheirRegistrations()
    {
        await ReadyAsync();
        async Task<List<string>> GroupsAsync() => [.. (await _server.DoAsync("GET", "/apis"))["groups"]!.AsArray().Select(g => (string)g!["name"]!)];
        Assert.Equal("widgets.example.com", (await GroupsAsync())[^1]);
        await _server.DoAsync("PATCH", Registration + "/v1.widgets.example.com", """{"spec":{"groupPriorityMinimum":17790}}""", "application/merge-patch+json");
        Assert.Equal(["apiregistration.k8s.io", "apps", "widgets.example.com", "events.k8s.io"], (await GroupsAsync()).Take(4));
    }

    [Fact]
    public async Task TheFrontProxyHasAnAuthorityOfItsOwn()
    {
        await ReadyAsync();
        await _server.DoAsync("GET", Widgets);
        var published = await _server.DoAsync("GET", "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication");
        using var authority = X509Certificate2.CreateFromPem((string)published["data"]!["requestheader-client-ca-file"]!);
        using var shown = X509CertificateLoader.LoadCertificate(_extension.Client!);
        Assert.Equal("CN=front-proxy-client", shown.Subject);
        Assert.Equal(authority.Subject, shown.Issuer);
        Assert.NotEqual((string)published["data"]!["client-ca-file"]!, (string)published["data"]!["requestheader-client-ca-file"]!);
        Assert.Equal("""["front-proxy-client"]""", (string)published["data"]!["requestheader-allowed-names"]!);
    }

    [Fact]
    public async Task AConnectionIsUpgradedThroughTheServer()
    {
        await ReadyAsync();
        Assert.Equal("hello", await _server.EchoAsync(Widgets + "/a/connect", "hello"));
        Assert.Equal("admin", _extension.Headers!["X-Remote-User"]);
        Assert.False(_extension.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task ObjectsOfTheExtensionAreSeenByTheServersOwnLoops()
    {
        await ReadyAsync();
        _extension.Widgets["a"] = "4dbb1b5c-1a66-4e0c-9c4c-7f2f1e6a3b11";
        var metadata = _server.Server.MetadataOf("kube-controller-manager");
        var resource = (await metadata.ResourcesAsync()).Single(r => r.Group == "widgets.example.com");
        Assert.Equal(("widgets", "Widget", true, "delete,get,list,watch"), (resource.Plural, resource.Kind, resource.Namespaced, resource.Verbs));
        var listed = await metadata.ListAsync(resource, new ListQuery { Namespace = "default" });
        Assert.Equal("4dbb1b5c-1a66-4e0c-9c4c-7f2f1e6a3b11", listed.Items.Single().Metadata.Uid);
        Assert.Equal("system:kube-aggregator", _extension.Headers!["X-Remote-User"]);
        Assert.Equal("a", (await metadata.GetAsync(resource, "default", "a"))!.Metadata.Name);
        Assert.Null((await metadata.DeleteAsync(resource, "default", "a")).Error);
        Assert.Empty(_extension.Widgets);
        Assert.Null(await metadata.GetAsync(resource, "default", "a"));
    }

    [Fact]
    public async Task APathWithAnEmptySegmentLeadsToNoExtension()
    {
        await ReadyAsync();
        Assert.Equal(200, (await _server.SendAsync("GET", Widgets)).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", Widgets.Replace("/apis/", "/apis//", StringComparison.Ordinal))).Code);
    }

    [Fact]
    public async Task AnExtensionThatRefusesDiscoveryIsNotAvailable()
    {
        _extension.DiscoveryCode = 403;
        await RegisterAsync(s => s["caBundle"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(_extension.Authority)));
        await UntilAsync("FailedDiscoveryCheck");
        var service = await _server.DoAsync("GET", Registration + "/v1.widgets.example.com");
        Assert.Equal(
            "failing or missing response from https://10.96.3.4:443/apis/widgets.example.com/v1: bad status from https://10.96.3.4:443/apis/widgets.example.com/v1: 403",
            (string)service["status"]!["conditions"]![0]!["message"]!);
        var (code, body) = await _server.SendAsync("GET", Widgets);
        Assert.Equal(503, code);
        Assert.Equal("service unavailable\n", body!.GetValue<string>());
        Assert.Null((await _server.DoAsync("GET", "/openapi/v3"))["paths"]!["apis/widgets.example.com/v1"]);
    }

    [Fact]
    public async Task ACertificateIsNotLookedAtWhereTheRegistrationSaysSo()
    {
        await RegisterAsync(s => s["insecureSkipTLSVerify"] = true);
        await UntilAsync("Passed");
        Assert.Equal("WidgetList", (string)(await _server.DoAsync("GET", Widgets))["kind"]!);
    }

    private async Task ReadyAsync()
    {
        await RegisterAsync(s => s["caBundle"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(_extension.Authority)));
        await UntilAsync("Passed");
    }

    private async Task RegisterAsync(Action<JsonNode> trust)
    {
        var service = JsonNode.Parse("""{"metadata":{"name":"v1.widgets.example.com"},"spec":{"group":"widgets.example.com","version":"v1","groupPriorityMinimum":100,"versionPriority":100,"service":{"namespace":"default","name":"m"}}}""")!;
        trust(service["spec"]!);
        await _server.DoAsync("POST", Registration, service.ToJsonString());
    }

    private Task UntilAsync(string reason) =>
        _server.UntilAsync(Registration + "/v1.widgets.example.com", o => (string?)o["status"]?["conditions"]?[0]?["reason"] == reason);
}
