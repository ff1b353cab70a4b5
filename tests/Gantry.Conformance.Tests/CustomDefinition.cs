using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests;

/// <summary>A custom resource definition of a test's own, and where it is served.</summary>
public sealed record CustomDefinition(string Group, string Plural, string Kind, string Namespace)
{
    public string Name => $"{Plural}.{Group}";

    public string Definition => $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{Name}";

    public string List(string version = "v1") => $"/apis/{Group}/{version}/namespaces/{Namespace}/{Plural}";

    public string ApiVersion(string version = "v1") => $"{Group}/{version}";

    /// <summary>An object of it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="members">More members of the root, as JSON without braces.</param>
    /// <param name="version">The version it is written in.</param>
    public string Object(string name, string members = "", string version = "v1") =>
        $$$"""{"apiVersion":"{{{ApiVersion(version)}}}","kind":"{{{Kind}}}","metadata":{"name":"{{{name}}}"}{{{(members.Length > 0 ? "," + members : "")}}}}""";

    /// <summary>Creates one with a version v1, and waits until it is served.</summary>
    public static Task<CustomDefinition> CreateAsync(SimulatedCluster cluster, string schema, string more = "") =>
        CreateVersionsAsync(cluster, $$$"""[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{schema}}}}{{{more}}}}]""");

    /// <summary>Creates one with these versions.</summary>
    /// <param name="cluster">Where.</param>
    /// <param name="versions">The list of versions as JSON.</param>
    /// <param name="spec">More members of the spec, as JSON beginning with a comma.</param>
    /// <param name="group">A group; one of its own without.</param>
    public static async Task<CustomDefinition> CreateVersionsAsync(SimulatedCluster cluster, string versions, string spec = "", string? group = null)
    {
        var number = cluster.Name("thing").Replace("-", "", StringComparison.Ordinal);
        var made = new CustomDefinition(group ?? $"{number}.example.com", number + "s", char.ToUpperInvariant(number[0]) + number[1..], await cluster.NamespaceAsync());
        await cluster.DoAsync("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", made.Body(versions, spec));
        await cluster.UntilAsync(made.Definition, d => Condition(d, "Established") == "True");
        return made;
    }

    public string Body(string versions, string spec = "") =>
        $$$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{Name}}}"},"spec":{"group":"{{{Group}}}","scope":"Namespaced",
        "names":{"plural":"{{{Plural}}}","singular":"{{{Plural[..^1]}}}","kind":"{{{Kind}}}"},"versions":{{{versions}}}{{{spec}}}}}
        """;

    public static string? Condition(JsonNode? item, string type) =>
        item.At("status.conditions")?.AsArray().FirstOrDefault(c => c.Text("type") == type).Text("status");
}
