using System.Globalization;
using System.Text;
using Gantry.Api.Cel.Checking;

namespace Gantry.Api.Cel;

/// <summary>The functions that are named like types. Null where the function has no such overload.</summary>
internal static class CelConversions
{
    private const double Lowest = -9223372036854775808.0;

    private static readonly UTF8Encoding Strict = new(false, true);

    public static CelValue? Convert(string type, CelValue value) => type switch
    {
        "int" => Int(value),
        "uint" => Uint(value),
        "double" => Double(value),
        "bool" => Bool(value),
        "string" => String(value),
        "bytes" => value.Kind == CelKind.Bytes ? value : value.Kind == CelKind.String ? CelValue.Of(Encoding.UTF8.GetBytes(value.Text)) : null,
        "timestamp" => Timestamp(value),
        "duration" => Duration(value),
        _ => null,
    };

    private static CelValue? Int(CelValue value) => value.Kind switch
    {
        CelKind.Int => value,
        CelKind.Uint => value.Uint <= long.MaxValue ? CelValue.Of((long)value.Uint) : CelValue.Error("integer overflow"),
        CelKind.Double => value.Double is > Lowest and < -Lowest ? CelValue.Of((long)value.Double) : CelValue.Error("integer overflow"),
        CelKind.String => long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? CelValue.Of(number) : Unreadable(value, "int"),
        CelKind.Timestamp => CelValue.Of(value.Seconds),
        CelKind.Duration => CelValue.Of(value.Nanoseconds),
        _ => null,
    };

    private static CelValue? Uint(CelValue value) => value.Kind switch
    {
        CelKind.Uint => value,
        CelKind.Int => value.Int >= 0 ? CelValue.Of((ulong)value.Int) : CelValue.Error("unsigned integer overflow"),
        CelKind.Double => value.Double is >= 0 and < -2 * Lowest ? CelValue.Of((ulong)value.Double) : CelValue.Error("unsigned integer overflow"),
        CelKind.String => ulong.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? CelValue.Of(number) : Unreadable(value, "uint"),
        _ => null,
    };

    private static CelValue? Double(CelValue value) => value.Kind switch
    {
        CelKind.Double => value,
        CelKind.Int => CelValue.Of((double)value.Int),
        CelKind.Uint => CelValue.Of((double)value.Uint),
        CelKind.String => value.Text switch
        {
            "NaN" => CelValue.Of(double.NaN),
            "Inf" or "+Inf" or "Infinity" => CelValue.Of(double.PositiveInfinity),
            "-Inf" or "-Infinity" => CelValue.Of(double.NegativeInfinity),
            _ => double.TryParse(value.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
                out var number) && double.IsFinite(number) ? CelValue.Of(number) : Unreadable(value, "double"),
        },
        _ => null,
    };

    private static CelValue? Bool(CelValue value) => value.Kind switch
    {
        CelKind.Bool => value,
        CelKind.String => value.Text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => CelValue.Of(true),
            "0" or "f" or "F" or "false" or "FALSE" or "False" => CelValue.Of(false),
            _ => Unreadable(value, "bool"),
        },
        _ => null,
    };

    private static CelValue? String(CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.String:
                return value;
            case CelKind.Bool or CelKind.Int:
                return CelValue.Of(value.ToString());
            case CelKind.Uint:
                return CelValue.Of(value.Uint.ToString(CultureInfo.InvariantCulture));
            case CelKind.Double:
                return CelValue.Of(Real(value.Double));
            case CelKind.Timestamp:
                return CelValue.Of(CelTime.Format(value));
            case CelKind.Duration:
                var whole = (decimal)value.Nanoseconds / 1_000_000_000m;
                return CelValue.Of(whole.ToString("0.#########", CultureInfo.InvariantCulture) + "s");
            case CelKind.Bytes:
                try
                {
                    return CelValue.Of(Strict.GetString(value.Bytes.Span));
                }
                catch (DecoderFallbackException)
                {
                    return CelValue.Error("invalid UTF-8 in bytes, cannot convert to string");
                }
            default:
                return null;
        }
    }

    // The shortest digits that read back the same; with an exponent below 1e-4 and from 1e21 on.
    private static string Real(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }
        var size = Math.Abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e21))
        {
            return value.ToString("0.################E+00", CultureInfo.InvariantCulture).Replace('E', 'e');
        }
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('E', StringComparison.Ordinal)
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : text;
    }

    private static CelValue? Timestamp(CelValue value) => value.Kind switch
    {
        CelKind.Timestamp => value,
        CelKind.Int => CelTime.InRange(value.Int) ? CelValue.Timestamp(value.Int, 0) : CelValue.Error("timestamp overflow"),
        CelKind.String => CelTime.Parse(value.Text) ?? Unreadable(value, "timestamp"),
        _ => null,
    };

    private static CelValue? Duration(CelValue value) => value.Kind switch
    {
        CelKind.Duration => value,
        CelKind.Int => CelValue.Duration(value.Int),
        CelKind.String => GoDuration.TryParse(value.Text, out var nanoseconds, out _) ? CelValue.Duration(nanoseconds) : Unreadable(value, "duration"),
        _ => null,
    };

    private static CelValue Unreadable(CelValue value, string type) =>
        CelValue.Error($"type conversion error from '{CelTypes.NameOf(value)}' to '{(type is "timestamp" ? "google.protobuf.Timestamp" : type is "duration" ? "google.protobuf.Duration" : type)}'");
}
