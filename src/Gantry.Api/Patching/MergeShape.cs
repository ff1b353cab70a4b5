using Gantry.Api.Schemas;

namespace Gantry.Api.Patching;

/// <summary>What a strategic merge knows about the object it stands in: a type, the values of a free map, or nothing.</summary>
internal readonly struct MergeShape
{
    private readonly TypeSchema? _type;
    private readonly bool _isMap;

    private MergeShape(TypeSchema? type, bool isMap)
    {
        _type = type;
        _isMap = isMap;
    }

    public static MergeShape Of(TypeSchema type) => new(type, false);

    /// <summary>What is known about the objects in a field.</summary>
    public static MergeShape Below(FieldSchema field) =>
        field.Cardinality == Cardinality.Map ? new(null, true) : field.HasType ? Of(field.Type) : default;

    /// <summary>The field behind a key whose object or list is to be merged.</summary>
    /// <exception cref="PatchException">The type has no such field.</exception>
    public FieldSchema Field(string key) => _type?.Find(key) ?? throw Directives.Unmergeable(_isMap
        ? "merging an object in json but data type is not struct, instead is: map"
        : $"unable to find api field in struct {Name} for the json field {Trees.GoSyntax.Quoted(key)}");

    private string Name => _type is null ? "RawExtension" : _type.Name[(_type.Name.LastIndexOf('.') + 1)..];
}
