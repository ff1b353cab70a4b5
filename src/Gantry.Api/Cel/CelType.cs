using System.Text;

namespace Gantry.Api.Cel;

/// <summary>
/// A type as expressions are checked with. Types made from a schema also know how their values stand in a tree (a date is a text there) and how large they can
/// get. Struct types are the same when their names are.
/// </summary>
public sealed class CelType
{
    private readonly Lazy<IReadOnlyDictionary<string, CelField>>? _fields;

    private CelType(CelTypeKind kind, string name, params CelType[] parameters)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters;
    }

    private CelType(string name, Func<IReadOnlyDictionary<string, CelField>> fields)
        : this(CelTypeKind.Struct, name) => _fields = new(fields);

    public static CelType Dyn { get; } = new(CelTypeKind.Dyn, "dyn");

    public static CelType Null { get; } = new(CelTypeKind.Null, "null_type");

    public static CelType Bool { get; } = new(CelTypeKind.Bool, "bool");

    public static CelType Int { get; } = new(CelTypeKind.Int, "int");

    public static CelType Uint { get; } = new(CelTypeKind.Uint, "uint");

    public static CelType Double { get; } = new(CelTypeKind.Double, "double");

    public static CelType String { get; } = new(CelTypeKind.String, "string");

    public static CelType Bytes { get; } = new(CelTypeKind.Bytes, "bytes");

    public static CelType Duration { get; } = new(CelTypeKind.Duration, "google.protobuf.Duration");

    public static CelType Timestamp { get; } = new(CelTypeKind.Timestamp, "google.protobuf.Timestamp");

    public static CelType Type { get; } = new(CelTypeKind.Type, "type");

    internal static CelType Error { get; } = new(CelTypeKind.Error, "!error!");

    internal static CelType AnyList { get; } = List(Dyn);

    public CelTypeKind Kind { get; }

    /// <summary>The name that <c>type()</c> has for it.</summary>
    public string Name { get; }

    /// <summary>The type of a list's items; of a map's keys and values; of what an optional holds.</summary>
    public IReadOnlyList<CelType> Parameters { get; }

    /// <summary>The fields by the names that expressions use; null for all but structs.</summary>
    public IReadOnlyDictionary<string, CelField>? Fields => _fields?.Value;

    /// <summary>The most characters, bytes, items or entries a value can have; null where nothing is known about it.</summary>
    public long? MaxElements { get; init; }

    /// <summary>The fewest bytes a value takes in JSON.</summary>
    public long MinSerializedSize { get; init; } = 1;

    /// <summary>Whether null stands for a value of the type.</summary>
    public bool Nullable { get; init; }

    /// <summary>Whether a timestamp is written as a date alone.</summary>
    public bool DateOnly { get; init; }

    /// <summary>How equality and <c>+</c> treat a list: <c>set</c>, <c>map</c>, or in order.</summary>
    public string ListType { get; init; } = "";

    /// <summary>The fields that identify an item of a list of type <c>map</c>.</summary>
    public IReadOnlyList<string> ListKeys { get; init; } = [];

    internal bool IsDyn => Kind == CelTypeKind.Dyn;

    internal bool IsDynOrError => Kind is CelTypeKind.Dyn or CelTypeKind.Error;

    internal bool IsOptional => Kind == CelTypeKind.Opaque && Name == "optional_type";

    public static CelType List(CelType item) => new(CelTypeKind.List, "list", item);

    public static CelType Map(CelType key, CelType value) => new(CelTypeKind.Map, "map", key, value);

    public static CelType Optional(CelType value) => new(CelTypeKind.Opaque, "optional_type", value);

    /// <summary>An object type.</summary>
    /// <param name="name">Its name in error texts.</param>
    /// <param name="fields">Makes the fields when they are first needed, so that types may contain themselves.</param>
    public static CelType Struct(string name, Func<IReadOnlyDictionary<string, CelField>> fields) => new(name, fields);

    internal static CelType Opaque(string name) => new(CelTypeKind.Opaque, name);

    internal static CelType TypeOf(CelType type) => new(CelTypeKind.Type, "type", type);

    internal static CelType Parameter(string name) => new(CelTypeKind.Parameter, name);

    internal static CelType ListOf(CelType item, CelTypeBounds bounds) => new(CelTypeKind.List, "list", item)
    {
        MaxElements = bounds.MaxElements, MinSerializedSize = bounds.MinSerializedSize, Nullable = bounds.Nullable, ListType = bounds.ListType, ListKeys = bounds.ListKeys,
    };

    internal static CelType MapOf(CelType value, CelTypeBounds bounds) => new(CelTypeKind.Map, "map", String, value)
    {
        MaxElements = bounds.MaxElements, MinSerializedSize = bounds.MinSerializedSize, Nullable = bounds.Nullable,
    };

    internal static CelType Simple(CelTypeKind kind, CelTypeBounds bounds)
    {
        var plain = kind switch
        {
            CelTypeKind.Bool => Bool,
            CelTypeKind.Int => Int,
            CelTypeKind.Double => Double,
            CelTypeKind.String => String,
            CelTypeKind.Bytes => Bytes,
            CelTypeKind.Duration => Duration,
            CelTypeKind.Timestamp => Timestamp,
            _ => Dyn,
        };
        return new(plain.Kind, plain.Name)
        {
            MaxElements = bounds.MaxElements, MinSerializedSize = bounds.MinSerializedSize, Nullable = bounds.Nullable, DateOnly = bounds.DateOnly,
        };
    }

    internal static CelType StructOf(string name, Func<IReadOnlyDictionary<string, CelField>> fields, CelTypeBounds bounds) => new(name, fields)
    {
        MaxElements = bounds.MaxElements, MinSerializedSize = bounds.MinSerializedSize, Nullable = bounds.Nullable,
    };

    internal CelType WithParameters(params CelType[] parameters) => new(Kind, Name, parameters)
    {
        MaxElements = MaxElements, MinSerializedSize = MinSerializedSize, Nullable = Nullable, ListType = ListType, ListKeys = ListKeys,
    };

    /// <summary>Whether both are the same type; bounds do not count.</summary>
    public bool Same(CelType other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }
        if (Kind != other.Kind || Name != other.Name || Parameters.Count != other.Parameters.Count)
        {
            return false;
        }
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (!Parameters[i].Same(other.Parameters[i]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The type as error texts of the checker write it: <c>map(string, list(int))</c>.</summary>
    public override string ToString()
    {
        switch (Kind)
        {
            case CelTypeKind.Null:
                return "null";
            case CelTypeKind.Duration:
                return "duration";
            case CelTypeKind.Timestamp:
                return "timestamp";
        }
        if (Parameters.Count == 0)
        {
            return Name;
        }
        var text = new StringBuilder(Name).Append('(');
        for (var i = 0; i < Parameters.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(Parameters[i]);
        }
        return text.Append(')').ToString();
    }
}
