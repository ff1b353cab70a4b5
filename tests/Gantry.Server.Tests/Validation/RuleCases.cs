using System.Text.Json.Nodes;
using Gantry.Api.Schemas;

namespace Gantry.Server.Tests.Validation;

/// <summary>A table of bad objects and what is told of each; the first of the files says how they are written.</summary>
internal sealed class RuleCases
{
    public Dictionary<string, (ResourceType Type, JsonObject Object)> Bases { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, RuleCase> Cases { get; } = new(StringComparer.Ordinal);

    public static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Validation", "GroupCases"), "*.txt").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public static RuleCases Read(string file)
    {
        var read = new RuleCases();
        RuleCase? last = null;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Validation", "GroupCases", file)))
        {
            switch (line.Split(' ', 2))
            {
                case ["base", var rest] when rest.Split(' ', 3) is [var kind, var version, var json]:
                    read.Bases.Add(kind, (Type(version, kind), Json(json)));
                    break;
                case ["case", var name]:
                    last = new RuleCase { Kind = name.Split(' ')[0] };
                    read.Cases.Add(name, last);
                    break;
                case ["was", var json]:
                    last!.Was = Json(json);
                    break;
                case ["through", var subresource]:
                    last!.Subresource = subresource;
                    break;
                case ["-", var finding]:
                    last!.Findings.Add(finding);
                    break;
                case ["#", ..] or [""]:
                    break;
                default:
                    last!.Patch = Json(line);
                    break;
            }
        }

        return read;
    }

    private static ResourceType Type(string version, string kind)
    {
        var slash = version.IndexOf('/', StringComparison.Ordinal);
        return ApiCatalog.FindKind(version[..slash], version[(slash + 1)..], kind) ?? throw new InvalidDataException($"no kind {kind}");
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
