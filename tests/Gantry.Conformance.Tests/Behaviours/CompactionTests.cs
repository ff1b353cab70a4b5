using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Pages whose revision is gone.</summary>
public sealed class CompactionTests(ApiAlone api) : IClassFixture<ApiAlone>
{
    [Fact]
    [Trait("Conformance", "Servers with support for API chunking should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Slow]")]
    public async Task A_list_goes_on_from_its_last_key_although_its_revision_is_gone()
    {
        const string List = "/api/v1/namespaces/default/podtemplates";
        for (var i = 0; i < 40; i++)
        {
            await MakeAsync(List, $"template-{i:00}");
        }

        var first = await GetAsync(List + "?limit=10", 200);
        var token = first.Text("metadata.continue")!;
        await MakeAsync(List, "template-15-new");
        await MakeAsync(List, "later");
        await api.CompactAsync();
        var expired = await GetAsync($"{List}?limit=10&continue={Uri.EscapeDataString(token)}", 410);
        Assert.Equal("Expired", expired.Text("reason"));
        Assert.StartsWith("The provided continue parameter is too old to display a consistent list result.", expired.Text("message"), StringComparison.Ordinal);
        var names = first.Names().ToList();
        token = expired.Text("metadata.continue");
        while (!string.IsNullOrEmpty(token))
        {
            var page = await GetAsync($"{List}?limit=10&continue={Uri.EscapeDataString(token)}", 200);
            names.AddRange(page.Names());
            token = page.Text("metadata.continue");
        }

        // What came after the first page began and before its last key is not seen; the rest is.
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"template-{i:00}").Append("template-15-new").Order(StringComparer.Ordinal), names);
    }

    private async Task MakeAsync(string list, string name)
    {
        using var answer = await api.Http.PostAsJsonAsync(new Uri(list, UriKind.Relative), JsonNode.Parse(
            $$$"""{"metadata":{"name":"{{{name}}}"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"none"}]} } }"""));
        Assert.Equal(201, (int)answer.StatusCode);
    }

    private async Task<JsonNode> GetAsync(string path, int code)
    {
        using var answer = await api.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(code, (int)answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
