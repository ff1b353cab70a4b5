using Gantry.Api.Schemas;

namespace Gantry.Api.Patching;

/// <summary>What a strategic merge knows about the object it stands in: a type, the values of a free map, or nothing.</summary>
internal readonly struct MergeShape
{
    private readonly TypeSchema? _type;
    private readonly FieldSchema? _mapOf;

    private MergeShape(TypeSchema? type, FieldSchema? mapOf)
    {
        _type = type;
        _mapOf = mapOf;
    }

    public string Name => _type?.Name ?? "";

    public static MergeShape Of(TypeSchema type) => new(type, null);

    /// <summary>The field behind a key; null for free keys and for what is not described.</summary>
    public FieldSchema? Field(string key) => _type?.Find(key);

    /// <summary>What is known about the object under a key.</summary>
    public MergeShape Below(string key)
    {
        if (_mapOf is not null)
        {
            return _mapOf.HasType ? Of(_mapOf.Type) : default;
        }
        return Field(key) is { } field ? Items(field) : default;
    }

    private static MergeShape Items(FieldSchema field) => field.Cardinality == Cardinality.Map ? new(null, field) : field.HasType ? Of(field.Type) : default;
}
