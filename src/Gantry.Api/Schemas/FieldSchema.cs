using Gantry.Api.Apply;
using Gantry.Api.Trees;

namespace Gantry.Api.Schemas;

/// <summary>The JSON shape of one value of a field.</summary>
public enum ValueKind
{
    String,
    Int32,
    Int64,
    Double,
    Bool,
    /// <summary>base64 text in JSON, bytes in protobuf.</summary>
    Bytes,
    /// <summary>RFC 3339 with seconds, UTC; <c>null</c> when unset and always written.</summary>
    Time,
    /// <summary>RFC 3339 with six fractional digits, UTC.</summary>
    MicroTime,
    /// <summary>A Go duration text such as <c>1h0m0s</c>.</summary>
    Duration,
    Quantity,
    IntOrString,
    /// <summary>An object with its own <see cref="TypeSchema"/>.</summary>
    Object,
    /// <summary>Any JSON value, kept as it came (RawExtension, JSON, FieldsV1).</summary>
    Any,
}

/// <summary>How many values a field holds.</summary>
public enum Cardinality
{
    One,
    List,
    /// <summary>A JSON object whose keys are free text.</summary>
    Map,
}

/// <summary>When a field is written (the Go server's <c>omitempty</c> and pointer rules, which clients see).</summary>
public enum Presence
{
    /// <summary>Left out when it holds the zero value of its kind (empty text, 0, false, no items).</summary>
    OmitEmpty,
    /// <summary>Always written: the zero value where nothing is set; <c>null</c> for lists and maps.</summary>
    Always,
    /// <summary>Written whenever it was set, whatever the value.</summary>
    Optional,
}

/// <summary>How server-side apply merges a list or a map (the API convention's <c>x-kubernetes-list-type</c> and <c>-map-type</c>).</summary>
public enum MergeType
{
    /// <summary>Objects and maps merge by key; lists are replaced whole.</summary>
    Default,
    Atomic,
    Set,
    /// <summary>An object that merges by member although its type does not.</summary>
    Granular,
    /// <summary>A list of objects identified by <see cref="FieldSchema.MergeKeys"/>.</summary>
    Keyed,
}

/// <summary>One field of an API type.</summary>
public sealed class FieldSchema
{
    private readonly Func<TypeSchema>? _type;

    public FieldSchema(string name, ValueKind kind, Func<TypeSchema>? type = null)
    {
        Name = name;
        Kind = kind;
        _type = type;
    }

    /// <summary>The name in JSON.</summary>
    public string Name { get; }

    public ValueKind Kind { get; }

    public Cardinality Cardinality { get; init; }

    public Presence Presence { get; init; }

    /// <summary>The protobuf field number; 0 where the field has none.</summary>
    public int Number { get; init; }

    /// <summary>The protobuf numbers within the messages that protobuf has at <see cref="Number"/> and JSON inlines, the outermost first.</summary>
    public IReadOnlyList<int> InnerNumbers { get; init; } = [];

    /// <summary>What kind of free value it is. Only where <see cref="Kind"/> is <see cref="ValueKind.Any"/>.</summary>
    public AnyForm Any { get; init; }

    /// <summary>Whether the API refuses objects without it.</summary>
    public bool Required { get; init; }

    /// <summary>The constant default as JSON text, or null.</summary>
    public string? Default { get; init; }

    /// <summary>The parsed <see cref="Default"/>; shared, so not to be changed.</summary>
    public Tree? DefaultTree => Default is null ? null : field ??= TreeJson.Parse(Default);

    public MergeType MergeType { get; init; }

    /// <summary>The fields that identify an item of a <see cref="MergeType.Keyed"/> list.</summary>
    public IReadOnlyList<string> MergeKeys { get; init; } = [];

    /// <summary>Whether a strategic merge patch merges this list (or map) instead of replacing it.</summary>
    public bool PatchMerges { get; init; }

    /// <summary>Whether a strategic merge patch drops the keys of this object that the patch does not name (<c>retainKeys</c>).</summary>
    public bool PatchRetainsKeys { get; init; }

    /// <summary>Whether a strategic merge patch replaces this object instead of merging it.</summary>
    public bool PatchReplaces { get; init; }

    /// <summary>The key a strategic merge patch matches items by; empty for lists of scalars.</summary>
    public string PatchMergeKey { get; init; } = "";

    /// <summary>The values the API accepts; empty where any value of the kind is.</summary>
    public IReadOnlyList<string> Enum { get; init; } = [];

    public string Description { get; init; } = "";

    /// <summary>Whether an object that is always written may be absent: it is then written as <c>null</c>.</summary>
    public bool Pointer { get; init; }

    /// <summary>The schema of the value, of each item, or of each map value. Only where <see cref="Kind"/> is <see cref="ValueKind.Object"/>.</summary>
    public TypeSchema Type => _type?.Invoke() ?? throw new InvalidOperationException($"field {Name} holds no object");

    public bool HasType => _type is not null;

    /// <summary>The field as server-side apply sees it.</summary>
    internal MapField ApplyField => field ??= SchemaShapes.Of(this);
}
