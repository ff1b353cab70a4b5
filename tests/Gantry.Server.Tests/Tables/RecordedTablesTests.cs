using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;
using Gantry.Server.Tables;
using Gantry.Testing;

namespace Gantry.Server.Tests.Tables;

/// <summary>Compares columns and cells with Table answers of a real server.</summary>
public sealed class RecordedTablesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 5, TimeSpan.Zero);

    [Fact]
    public void Columns_are_those_of_other_servers()
    {
        if (Reference.Folder is null)
        {
            return;
        }

        using var all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Reference.Folder, "table-columns.json")));
        foreach (var path in all.RootElement.EnumerateObject())
        {
            var parts = path.Name.Split('/');
            var type = parts[1] == "api" ? ApiCatalog.Find("", parts[2], parts[3]) : ApiCatalog.Find(parts[2], parts[3], parts[4]);
            var expected = path.Value.EnumerateArray().Select(c => string.Join(' ', c.EnumerateArray().Select(v => v.ToString())));
            Assert.Equal(expected, TableRenderer.Columns(type!).Select(c => $"{c.Name} {c.Type} {c.Format} {c.Priority}"));
        }
    }

    [Fact]
    public void Cells_are_those_of_other_servers()
    {
        if (Reference.Folder is null)
        {
            return;
        }

        using var all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Reference.Folder, "exchanges", "api.json")));
        var compared = 0;
        foreach (var scenario in all.RootElement.GetProperty("scenarios").EnumerateArray())
        {
            JsonElement? seen = null;
            foreach (var step in scenario.GetProperty("steps").EnumerateArray())
            {
                if (!step.TryGetProperty("answer", out var answer) || answer.GetProperty("status").GetInt32() >= 300
                    || !answer.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("kind", out var kind))
                {
                    continue;
                }

                if (kind.GetString() != "Table")
                {
                    seen = body.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("uid", out _) ? body : seen;
                    continue;
                }

                if (seen is { } last && body.GetProperty("rows").GetArrayLength() == 1)
                {
                    Compare(scenario.GetProperty("name").GetString()!, last, body.GetProperty("rows")[0].GetProperty("cells"));
                    compared++;
                }
            }
        }

        Assert.True(compared > 40, $"only {compared} tables were found");
    }

    private static void Compare(string scenario, JsonElement stored, JsonElement cells)
    {
        var text = stored.GetRawText()
            .Replace("\"<time>\"", "\"2026-01-01T00:00:00Z\"", StringComparison.Ordinal)
            .Replace("\"<ip>\"", "\"10.0.0.1\"", StringComparison.Ordinal)
            .Replace("\"<port>\"", "30001", StringComparison.Ordinal);
        var apiVersion = stored.GetProperty("apiVersion").GetString()!;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var type = ApiCatalog.FindKind(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], stored.GetProperty("kind").GetString()!);
        var made = TableRenderer.Cells((IApiObject)ApiModels.Decode(type!, Encoding.UTF8.GetBytes(text))!, Now).Select(c => Text(c is TreeString t ? t.Value : c.ToString()));
        Assert.Equal([scenario, .. cells.EnumerateArray().Select(c => Text(c.ValueKind == JsonValueKind.String ? c.GetString()! : c.GetRawText()))], [scenario, .. made]);
    }

    private static string Text(string cell) =>
        Regex.IsMatch(cell, "^(<cell>|[0-9]+[smhd]|<unknown>|<invalid>|<time>|10\\.[0-9.]+|20[0-9T:-]+Z)$", RegexOptions.None, TimeSpan.FromSeconds(1)) ? "*" : cell;
}
