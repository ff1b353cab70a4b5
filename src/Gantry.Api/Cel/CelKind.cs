namespace Gantry.Api.Cel;

public enum CelKind
{
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    List,
    Map,
    Timestamp,
    Duration,
    Type,
    Optional,
    /// <summary>A value of the host or of a library: <see cref="CelObject"/>.</summary>
    Object,
    Error,
}
