using System.Collections.Frozen;

namespace Gantry.Api.Schemas;

/// <summary>An object type of the API: its fields in the order in which they are written.</summary>
public sealed class TypeSchema
{
    private readonly FrozenDictionary<string, FieldSchema> _byName;

    public TypeSchema(string name, string openApiName, IReadOnlyList<FieldSchema> fields)
    {
        Name = name;
        OpenApiName = openApiName;
        Fields = fields;
        _byName = fields.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
    }

    /// <summary>The Go-style name errors use, such as <c>v1.PodSpec</c>.</summary>
    public string Name { get; }

    /// <summary>The definition's name in OpenAPI, such as <c>io.k8s.api.core.v1.PodSpec</c>.</summary>
    public string OpenApiName { get; }

    public IReadOnlyList<FieldSchema> Fields { get; }

    public string Description { get; init; } = "";

    /// <summary>Whether server-side apply treats the whole object as one value.</summary>
    public bool Atomic { get; init; }

    /// <summary>Whether fields that are not described here are kept (custom resources with preserve-unknown-fields).</summary>
    public bool PreservesUnknown { get; init; }

    /// <summary>The field with that JSON name, or null.</summary>
    public FieldSchema? Find(string name) => _byName.GetValueOrDefault(name);
}
