using System.Text.Json.Nodes;
using Gantry.Testing;

namespace Gantry.Conformance.Tests.Exchanges;

/// <summary>Conversations with a Kubernetes 1.32 server, as they were recorded: scenarios of steps, each a request and its normalised answer.</summary>
internal static class Recording
{
    private static readonly Lazy<IReadOnlyList<JsonObject>> Read = new(() =>
        [.. JsonNode.Parse(System.IO.File.ReadAllBytes(File!))!["scenarios"]!.AsArray().Select(s => s!.AsObject())]);

    /// <summary>Where they are; null where they are not.</summary>
    public static string? File { get; } = Reference.Folder is { } folder && System.IO.File.Exists(Path.Combine(folder, "exchanges", "api.json"))
        ? Path.Combine(folder, "exchanges", "api.json")
        : null;

    public static IReadOnlyList<JsonObject> Scenarios => Read.Value;

    public static string NameOf(JsonObject scenario) => (string)scenario["name"]!;
}
