using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.CustomResources;

[Collection(SharedServer.Name)]
public sealed class CustomFormsTests(RunningServer server)
{
    [Fact]
    public async Task More_kinds_than_are_kept_ready_are_all_checked_by_their_schemas()
    {
        const int Kinds = 150;
        var group = server.Name("g") + ".example.com";
        await Parallel.ForEachAsync(Enumerable.Range(0, Kinds), async (i, _) => Assert.Equal(201, (await server.PostAsync(Definition.Path, Text(group, i))).Code));

        for (var turn = 0; turn < 2; turn++)
        {
            for (var i = 0; i < Kinds; i++)
            {
                var refused = await server.PostAsync($"/apis/{group}/v1/k{i}s", $$$"""{"apiVersion":"{{{group}}}/v1","kind":"K{{{i}}}","metadata":{"name":"a"},"size":{{{i + 1}}} }""");
                Assert.Equal((422, $"K{i}.{group} \"a\" is invalid: size: Invalid value: {i + 1}: size in body should be less than or equal to {i}"), (refused.Code, refused.Message));
            }
        }
    }

    [Fact]
    public async Task Documents_are_sent_as_they_are_kept_to_those_who_take_gzip_and_whole_to_others()
    {
        var plain = await server.Http.GetAsync("/openapi/v2");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.Add("Accept-Encoding", "gzip");
        var packed = await server.Http.SendAsync(request);

        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Equal(plain.Headers.ETag, packed.Headers.ETag);
        Assert.Equal(["Accept", "Accept-Encoding"], packed.Headers.Vary);
        await using var unpacked = new System.IO.Compression.GZipStream(await packed.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        using var content = new MemoryStream();
        await unpacked.CopyToAsync(content);
        var expected = await plain.Content.ReadAsByteArrayAsync();
        Assert.Equal(expected.LongLength, plain.Content.Headers.ContentLength);
        Assert.True(expected.AsSpan().SequenceEqual(content.ToArray()));
        Assert.Equal("2.0", ((TreeMap)TreeJson.Parse(expected)).Text("swagger"));
    }

    private static string Text(string group, int i) => $$$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"k{{{i}}}s.{{{group}}}"},
         "spec":{"group":"{{{group}}}","scope":"Cluster","names":{"plural":"k{{{i}}}s","kind":"K{{{i}}}"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"size":{"type":"integer","maximum":{{{i}}} } } } } }] } }
        """;
}
