using System.Net.Http.Headers;
using Gantry.Api.Protobuf;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public class ProtobufTests(RunningServer server)
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    private static readonly TypeSchema ConfigMap = ApiCatalog.Find("", "v1", "configmaps")!.Schema;

    private readonly RunningServer _server = server;

    [Fact]
    public async Task Objects_are_created_and_answered_in_protobuf()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps";
        var sent = KubernetesProtobuf.Encode(ConfigMap, (TreeMap)TreeJson.Parse("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"c"},"data":{"k":"v"}}"""));
        var (code, type, body) = await SendAsync(HttpMethod.Post, path, sent);
        Assert.Equal((201, Protobuf), (code, type));
        var made = KubernetesProtobuf.Decode(ConfigMap, KubernetesProtobuf.Open(body));
        Assert.Equal("v", made.Map("data")!.Text("k"));
        Assert.NotEmpty(made.Map("metadata")!.Text("uid")!);

        var json = await _server.GetAsync(path + "/c");
        var (_, _, same) = await SendAsync(HttpMethod.Get, path + "/c");
        Assert.Equal(json.Body.ToString(), KubernetesProtobuf.Decode(ConfigMap, KubernetesProtobuf.Open(same)).ToString());
    }

    [Fact]
    public async Task Lists_and_refusals_have_the_same_form()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps";
        await _server.PostAsync(path, """{"metadata":{"name":"a"}}""");
        var (_, _, list) = await SendAsync(HttpMethod.Get, path);
        Assert.Equal("ConfigMapList", KubernetesProtobuf.Open(list).Kind);

        var (code, _, missing) = await SendAsync(HttpMethod.Get, path + "/none");
        var envelope = KubernetesProtobuf.Open(missing);
        Assert.Equal((404, "Status"), (code, envelope.Kind));
        Assert.Equal("NotFound", KubernetesProtobuf.Decode(ProtobufKinds.Find("v1", "Status")!, envelope).Text("reason"));

        var (_, _, partial) = await SendAsync(HttpMethod.Get, path, accept: Protobuf + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        Assert.Equal("PartialObjectMetadataList", KubernetesProtobuf.Open(partial).Kind);
    }

    [Fact]
    public async Task Watches_send_frames_with_their_length_in_front()
    {
        var path = $"/api/v1/namespaces/{await _server.NamespaceAsync()}/configmaps";
        await _server.PostAsync(path, """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "?watch=true&timeoutSeconds=20");
        request.Headers.TryAddWithoutValidation("Accept", Protobuf + ";stream=watch");
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(Protobuf + ";stream=watch", response.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));
        await using var stream = await response.Content.ReadAsStreamAsync();
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var frame = new byte[(length[0] << 24) | (length[1] << 16) | (length[2] << 8) | length[3]];
        await stream.ReadExactlyAsync(frame);
        Assert.Equal([0x0a, 5, .. "ADDED"u8], frame[..7]);
        var at = frame.AsSpan().IndexOf(KubernetesProtobuf.Magic);
        Assert.Equal("v", KubernetesProtobuf.Decode(ConfigMap, KubernetesProtobuf.Open(frame.AsMemory(at))).Map("data")!.Text("k"));
    }

    [Fact]
    public async Task Bodies_that_are_no_protobuf_are_refused()
    {
        var (code, _, body) = await SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", "{}"u8.ToArray());
        Assert.Equal(400, code);
        Assert.NotEmpty(body);
    }

    private async Task<(int Code, string Type, byte[] Body)> SendAsync(HttpMethod method, string path, byte[]? body = null, string accept = Protobuf)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Protobuf);
        }

        using var response = await _server.Http.SendAsync(request);
        return ((int)response.StatusCode, response.Content.Headers.ContentType!.ToString(), await response.Content.ReadAsByteArrayAsync());
    }
}
