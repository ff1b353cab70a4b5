using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Api.OpenApi;

/// <summary>A served resource, as the documents describe it.</summary>
/// <param name="Type">The resource.</param>
/// <param name="Schema">
/// Reads the OpenAPI v3 schema of a custom resource, which is not kept: documents are made seldom. Null for built-in resources, whose types are described.
/// </param>
public sealed record OpenApiResource(ResourceType Type, Func<TreeMap>? Schema = null)
{
    /// <summary>The fields that selectors of a custom resource may name, such as <c>spec.color</c>.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    /// <summary>What tells the schema from any other that the resource may have had.</summary>
    public string Fingerprint { get; init; } = "";

    public bool IsCustom => Schema is not null;

    /// <summary>The name of the kind's definition.</summary>
    public string Definition => !IsCustom
        ? Type.Schema.OpenApiName
        : $"{string.Join('.', Type.Group.Split('.').Reverse())}.{Type.Version}.{Type.Kind}";

    public string ListDefinition => Definition + "List";

    /// <summary>Where the document of its group and version is: <c>api/v1</c>, <c>apis/apps/v1</c>.</summary>
    public string DocumentPath => Type.Group.Length == 0 ? "api/" + Type.Version : $"apis/{Type.Group}/{Type.Version}";
}
