using Gantry.Api.Schemas;

namespace Gantry.Api.Trees;

/// <summary>How Go's texts name types and quote strings.</summary>
internal static class GoNames
{
    /// <summary>The Go type of one value of a field.</summary>
    public static string Of(FieldSchema field) => field.Kind switch
    {
        ValueKind.String => "string",
        ValueKind.Int32 => "int32",
        ValueKind.Int64 => "int64",
        ValueKind.Double => "float64",
        ValueKind.Bool => "bool",
        ValueKind.Bytes => "[]uint8",
        ValueKind.Time => "v1.Time",
        ValueKind.MicroTime => "v1.MicroTime",
        ValueKind.Duration => "v1.Duration",
        ValueKind.Quantity => "resource.Quantity",
        ValueKind.IntOrString => "intstr.IntOrString",
        ValueKind.Object => field.Type.Name,
        _ => "interface {}",
    };
}
