using System.Text.Json.Nodes;
using Gantry.Testing;

namespace Gantry.Conformance.Tests;

/// <summary>A watch that is being read.</summary>
public sealed class OpenWatch(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    /// <summary>The next event; fails when none comes for long.</summary>
    public async Task<(string Type, JsonObject Object)> NextAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        var line = await lines.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("the watch has ended");
        var item = JsonNode.Parse(line)!.AsObject();
        return ((string)item["type"]!, item["object"]!.DeepClone().AsObject());
    }

    /// <summary>The next event of that type, whatever comes before it.</summary>
    public async Task<JsonObject> NextAsync(string type)
    {
        while (true)
        {
            var (got, item) = await NextAsync();
            if (got == type)
            {
                return item;
            }
        }
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
