using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Api.Cel;

/// <summary>Makes values of trees that a schema describes, with Kubernetes' words where the two do not go together.</summary>
internal static class CelTreeValues
{
    public static CelValue Of(Tree tree, CelType type)
    {
        if (type.IsDyn)
        {
            return CelValue.Of(tree);
        }
        if (tree is TreeNull)
        {
            return type.Nullable ? CelValue.Null : CelValue.Error("invalid data, got null for schema with nullable=false");
        }
        return type.Kind switch
        {
            CelTypeKind.Struct or CelTypeKind.Map => tree is TreeMap ? CelValue.Of(new CelTypedTree(tree, type))
                : CelValue.Error("invalid data, expected a map for the provided schema with type=object"),
            CelTypeKind.List => tree is TreeList ? CelValue.Of(new CelTypedTree(tree, type))
                : CelValue.Error("invalid data, expected an array for the provided schema with type=array"),
            CelTypeKind.Double => tree switch
            {
                TreeInteger whole => CelValue.Of((double)whole.Value),
                TreeFloat real => CelValue.Of(real.Value),
                _ => CelValue.Error($"invalid data, expected float, got {GoType(tree)}"),
            },
            CelTypeKind.Int => tree is TreeInteger integer ? CelValue.Of(integer.Value) : CelValue.Error($"invalid data, expected int, got {GoType(tree)}"),
            CelTypeKind.Bool => tree is TreeBool flag ? CelValue.Of(flag.Value) : CelValue.Error($"invalid data, expected bool, got {GoType(tree)}"),
            _ => tree is TreeString text ? Text(text.Value, type) : CelValue.Error($"invalid data, expected string, got {GoType(tree)}"),
        };
    }

    private static CelValue Text(string text, CelType type)
    {
        switch (type.Kind)
        {
            case CelTypeKind.Duration:
                return GoDuration.TryParse(text, out var nanoseconds, out var error) ? CelValue.Duration(nanoseconds) : CelValue.Error($"Invalid duration {text}: {error}");
            case CelTypeKind.Timestamp when type.DateOnly:
                return DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                    ? CelValue.Timestamp((date.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond, 0)
                    : CelValue.Error($"Invalid date formatted string {text}: parsing time \"{text}\" as \"2006-01-02\": cannot parse");
            case CelTypeKind.Timestamp:
                return CelTime.Parse(text) ?? CelValue.Error($"Invalid date-time formatted string {text}: parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse");
            case CelTypeKind.Bytes:
                return Base64(text) is { } bytes ? CelValue.Of(bytes) : CelValue.Error($"Invalid byte formatted string {text}: illegal base64 data");
            default:
                return CelValue.Of(text);
        }
    }

    private static byte[]? Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static string GoType(Tree tree) => tree switch
    {
        TreeMap => "map[string]interface {}",
        TreeList => "[]interface {}",
        TreeString => "string",
        TreeBool => "bool",
        TreeInteger => "int64",
        TreeFloat => "float64",
        _ => "<nil>",
    };
}
