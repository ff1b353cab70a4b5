using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests;

/// <summary>Reading answers in few words.</summary>
internal static class Json
{
    /// <summary>The value at a path of names and indices with dots between; null where there is none.</summary>
    public static JsonNode? At(this JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, part) =>
        at is JsonArray list && int.TryParse(part, out var index) ? (index < list.Count ? list[index] : null) : (at as JsonObject)?[part]);

    public static string? Text(this JsonNode? node, string path) => node.At(path) is { } found ? (string?)found : null;

    public static int? Number(this JsonNode? node, string path) => node.At(path) is { } found ? (int)found : null;

    public static string Name(this JsonNode? node) => node.Text("metadata.name")!;

    public static string Uid(this JsonNode? node) => node.Text("metadata.uid")!;

    public static string Version(this JsonNode? node) => node.Text("metadata.resourceVersion")!;

    public static IEnumerable<string> Names(this JsonNode? list) => list.At("items")!.AsArray().Select(i => i.Name());
}
