using System.IO.Compression;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class GzipTests(RunningServer server)
{
    private const int Kilobyte = 1024;

    [Theory]
    [InlineData(null)]
    [InlineData("application/yaml")]
    [InlineData("application/vnd.kubernetes.protobuf")]
    public async Task A_long_list_is_compressed_for_those_who_take_gzip(string? accept)
    {
        var path = await FillAsync(5, 60 * Kilobyte);

        var plain = await GetAsync(path, accept, null);
        var compressed = await GetAsync(path, accept, "deflate, gzip;q=0.5, gzip");

        Assert.Equal(("", "", 200), (plain.Encoding, plain.Vary, plain.Code));
        Assert.Equal(("gzip", "Accept-Encoding", 200), (compressed.Encoding, compressed.Vary, compressed.Code));
        Assert.Equal(plain.ContentType, compressed.ContentType);
        Assert.True(compressed.Body.Length < plain.Body.Length / 2, $"{compressed.Body.Length} of {plain.Body.Length}");
        Assert.Equal(Items(plain.Body), Items(Decompress(compressed.Body)));
    }

    [Fact]
    public async Task Objects_longer_than_a_piece_come_whole()
    {
        var path = await FillAsync(3, 700 * Kilobyte);

        var plain = await GetAsync(path, null, null);
        var compressed = await GetAsync(path, null, "gzip");
        var one = await GetAsync(path + "/big-0", null, "gzip");

        Assert.Equal(Items(plain.Body), Items(Decompress(compressed.Body)));
        Assert.Equal("gzip", one.Encoding);
        Assert.Equal(700 * Kilobyte, ((TreeMap)TreeJson.Parse(Decompress(one.Body))).Map("data")!.Text("text")!.Length);
        Assert.Equal((byte)'\n', Decompress(one.Body)[^1]);
    }

    [Fact]
    public async Task What_is_short_is_sent_as_it_is()
    {
        var path = await FillAsync(2, 30 * Kilobyte);

        var list = await GetAsync(path, null, "gzip");
        var one = await GetAsync(path + "/big-1", null, "gzip");
        var table = await GetAsync(path, "application/json;as=Table;g=meta.k8s.io;v=v1", "gzip");

        Assert.All([list, one, table], a => Assert.Equal(("", ""), (a.Encoding, a.Vary)));
        Assert.Equal(2, ((TreeMap)TreeJson.Parse(list.Body)).List("items")!.Count);
        Assert.Equal(30 * Kilobyte, ((TreeMap)TreeJson.Parse(one.Body)).Map("data")!.Text("text")!.Length);
    }

    [Fact]
    public async Task The_last_length_that_is_not_compressed_is_128_KiB()
    {
        var path = await FillAsync(1, 100);
        var rest = (await GetAsync(path + "/big-0", null, null)).Body.Length - 100;

        // Revisions, times and the digits of counters make lengths differ by a few bytes between writes.
        var under = await ResizeAsync(path, (128 * Kilobyte) - rest - 200);
        var over = await ResizeAsync(path, (128 * Kilobyte) - rest + 200);

        Assert.Equal(("", "gzip"), (under.Encoding, over.Encoding));
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip;q=1")]
    [InlineData("br, x-gzip")]
    public async Task Who_does_not_name_gzip_gets_the_bytes(string acceptEncoding)
    {
        var path = await FillAsync(3, 60 * Kilobyte);

        Assert.Equal("", (await GetAsync(path, null, acceptEncoding)).Encoding);
    }

    [Fact]
    public async Task Watches_are_never_compressed()
    {
        var path = await FillAsync(3, 60 * Kilobyte);

        var watched = await GetAsync(path + "?watch=1&timeoutSeconds=1", null, "gzip");

        Assert.Equal(("", ""), (watched.Encoding, watched.Vary));
        Assert.True(watched.Body.Length > 180 * Kilobyte);
    }

    private async Task<Compressed> ResizeAsync(string path, int length)
    {
        await server.DeleteAsync(path + "/big-0");
        await server.PostAsync(path, $$$"""{"metadata":{"name":"big-0"},"data":{"text":"{{{new string('x', length)}}}"} }""");
        return await GetAsync(path + "/big-0", null, "gzip");
    }

    private async Task<string> FillAsync(int count, int length)
    {
        var path = $"/api/v1/namespaces/{await server.NamespaceAsync()}/configmaps";
        for (var i = 0; i < count; i++)
        {
            var made = await server.PostAsync(path, $$$"""{"metadata":{"name":"big-{{{i}}}"},"data":{"text":"{{{new string((char)('a' + i), length)}}}"} }""");
            Assert.Equal(201, made.Code);
        }

        return path;
    }

    private async Task<Compressed> GetAsync(string path, string? accept, string? acceptEncoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }

        using var response = await server.Http.SendAsync(request);
        var headers = response.Content.Headers;
        return new Compressed(
            (int)response.StatusCode, string.Join(",", headers.ContentEncoding), string.Join(",", response.Headers.Vary), headers.ContentType!.ToString(),
            await response.Content.ReadAsByteArrayAsync());
    }

    private static byte[] Decompress(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        gzip.CopyTo(whole);
        return whole.ToArray();
    }

    // The revision of a list moves with every write to the server, so only what follows it is compared.
    private static string Items(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        var at = text.IndexOf("big-0", StringComparison.Ordinal);
        Assert.True(at > 0, "the list has no items");
        return text[at..];
    }

    private sealed record Compressed(int Code, string Encoding, string Vary, string ContentType, byte[] Body);
}
