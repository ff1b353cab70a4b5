using System.Collections.Frozen;
using System.Text;
using Gantry.Api.Apply;
using Gantry.Api.Protobuf;

namespace Gantry.Api.Schemas;

/// <summary>An object type of the API: its fields in the order in which they are written.</summary>
public sealed class TypeSchema
{
    private const int LongestName = 128;

    private readonly FrozenDictionary<string, int> _byName;

    public TypeSchema(string name, string openApiName, IReadOnlyList<FieldSchema> fields)
    {
        Name = name;
        OpenApiName = openApiName;
        Fields = fields;
        _byName = fields.Select((f, i) => (f.Name, Index: i)).ToFrozenDictionary(f => f.Name, f => f.Index, StringComparer.Ordinal);
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

    /// <summary>The type as server-side apply sees it.</summary>
    internal MapShape ApplyShape => field ??= SchemaShapes.Of(this, Atomic);

    /// <summary>The type's fields as protobuf orders them.</summary>
    internal ProtoPlan ProtoPlan => field ??= ProtoPlan.Of(this);

    /// <summary>The field with that JSON name, or null.</summary>
    public FieldSchema? Find(string name) => _byName.TryGetValue(name, out var index) ? Fields[index] : null;

    /// <summary>The place in <see cref="Fields"/> of the field with that name in UTF-8, or -1; makes no string.</summary>
    public int IndexOf(ReadOnlySpan<byte> utf8Name)
    {
        Span<char> name = stackalloc char[LongestName];
        return utf8Name.Length <= LongestName && Encoding.UTF8.TryGetChars(utf8Name, name, out var length)
            && _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var index) ? index : -1;
    }
}
