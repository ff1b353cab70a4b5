using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public class OpenApiPathTests(RunningServer server)
{
    private readonly RunningServer _server = server;

    [Fact]
    public async Task A_document_is_kept_for_good_under_the_hash_that_the_index_names()
    {
        var index = await _server.GetAsync("/openapi/v3");
        var address = index.Body.Map("paths")!.Map("apis/apps/v1")!.Text("serverRelativeURL")!;
        using var document = await _server.Http.GetAsync(address);
        Assert.Equal("public, immutable", document.Headers.CacheControl!.ToString());
        Assert.NotNull(document.Content.Headers.Expires);
        var schemas = ((TreeMap)TreeJson.Parse(await document.Content.ReadAsByteArrayAsync())).Map("components")!.Map("schemas")!;
        Assert.True(schemas.Contains("io.k8s.api.apps.v1.Deployment"));
    }

    [Fact]
    public async Task Another_hash_leads_to_the_current_document()
    {
        using var handler = _server.Trusting();
        handler.AllowAutoRedirect = false;
        using var http = new HttpClient(handler) { BaseAddress = _server.Server.Address };
        http.DefaultRequestHeaders.Authorization = _server.Http.DefaultRequestHeaders.Authorization;
        using var moved = await http.GetAsync("/openapi/v3/apis/apps/v1?hash=OLD");
        Assert.Equal(301, (int)moved.StatusCode);
        Assert.Matches("^/openapi/v3/apis/apps/v1\\?hash=[0-9A-F]{128}$", moved.Headers.Location!.ToString());
    }

    [Fact]
    public async Task What_a_client_has_is_not_sent_again()
    {
        using var first = await _server.Http.GetAsync("/openapi/v2");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _server.Http.SendAsync(request);
        Assert.Equal((200, 304), ((int)first.StatusCode, (int)second.StatusCode));
    }

    [Fact]
    public async Task Older_clients_get_protobuf_by_its_name()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.TryAddWithoutValidation("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", response.Content.Headers.ContentType!.ToString());
        Assert.Equal([0x0a, 3, .. "2.0"u8], (await response.Content.ReadAsByteArrayAsync())[..5]);
    }

    [Fact]
    public async Task Documents_of_nothing_do_not_exist() => Assert.Equal(404, (await _server.GetAsync("/openapi/v3/apis/none.example.com/v1")).Code);
}
