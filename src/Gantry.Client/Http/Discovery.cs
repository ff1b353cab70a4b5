using System.Text.Json;

namespace Gantry.Client.Http;

/// <summary>Reads the aggregated discovery documents (APIGroupDiscoveryList).</summary>
internal static class Discovery
{
    public const string MediaType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>Each resource in the version its group prefers, which is the first that has it.</summary>
    public static IEnumerable<ResourceId> Decode(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var found = new List<ResourceId>();
        foreach (var group in Items(document.RootElement, "items"))
        {
            var groupName = group.TryGetProperty("metadata", out var metadata) ? Text(metadata, "name") : "";
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var version in Items(group, "versions"))
            {
                foreach (var resource in Items(version, "resources"))
                {
                    if (known.Add(Text(resource, "resource")))
                    {
                        found.Add(Read(groupName, Text(version, "version"), resource));
                    }
                }
            }
        }

        return found;
    }

    private static ResourceId Read(string group, string version, JsonElement resource) => new(
        group,
        version,
        Text(resource, "resource"),
        resource.TryGetProperty("responseKind", out var kind) ? Text(kind, "kind") : "",
        Text(resource, "scope") == "Namespaced",
        string.Join(',', Items(resource, "verbs").Select(v => v.GetString()).Order(StringComparer.Ordinal)));

    private static List<JsonElement> Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
