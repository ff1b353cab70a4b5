namespace Gantry.Api.Cel.Checking;

/// <summary>Types and the names they have while an expression runs.</summary>
internal static class CelTypes
{
    /// <summary>The type of a constant.</summary>
    public static CelType Of(CelValue value) => value.Kind switch
    {
        CelKind.Null => CelType.Null,
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        _ => CelType.Dyn,
    };

    /// <summary>What <c>type()</c> says of a value.</summary>
    public static string NameOf(CelValue value) => value.Kind switch
    {
        CelKind.Null => "null_type",
        CelKind.Timestamp => "google.protobuf.Timestamp",
        CelKind.Duration => "google.protobuf.Duration",
        CelKind.Optional => "optional_type",
        CelKind.Object => value.Object!.Type.Name,
        _ => value.Kind.ToString().ToLowerInvariant(),
    };
}
