namespace Gantry.Api.Cel;

/// <summary>What sort of type a <see cref="CelType"/> is.</summary>
public enum CelTypeKind
{
    /// <summary>Of an expression that is wrong; no further fault is told because of it.</summary>
    Error,
    /// <summary>Checked while the expression runs.</summary>
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Duration,
    Timestamp,
    List,
    Map,
    /// <summary>An object with named fields.</summary>
    Struct,
    /// <summary>A type of a library without fields, such as an address or an optional value.</summary>
    Opaque,
    /// <summary>The type of types.</summary>
    Type,
    /// <summary>A type that a declaration leaves open.</summary>
    Parameter,
}
