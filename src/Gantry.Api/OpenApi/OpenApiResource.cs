using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>A served resource, as the documents describe it.</summary>
/// <param name="Type">The resource.</param>
/// <param name="Schema">
/// The OpenAPI v3 schema of a custom resource with apiVersion, kind and metadata; null for built-in resources, whose types are described.
/// </param>
public sealed record OpenApiResource(ResourceType Type, TreeMap? Schema = null)
{
    /// <summary>The fields that selectors of a custom resource may name, such as <c>spec.color</c>.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>The name of the kind's definition.</summary>
    public string Definition => Schema is null
        ? Type.Schema.OpenApiName
        : $"{string.Join('.', Type.Group.Split('.').Reverse())}.{Type.Version}.{Type.Kind}";

    public string ListDefinition => Definition + "List";
}
