using System.Globalization;
using System.Numerics;
using System.Text;
using Gantry.Api.Cel.Checking;

namespace Gantry.Api.Cel.Libraries;

/// <summary>The <c>format</c> function of the strings extension: <c>%s %d %f %e %b %x %X %o</c> and <c>%%</c>.</summary>
internal static class CelFormatting
{
    private const int MostDigits = 1000;

    public static CelValue Format(string text, CelValue arguments)
    {
        var output = new StringBuilder();
        var next = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                output.Append(text[i]);
                continue;
            }
            if (++i >= text.Length)
            {
                return Fault("unexpected end of string");
            }
            if (text[i] == '%')
            {
                output.Append('%');
                continue;
            }
            if (!Precision(text, ref i, out var precision))
            {
                return Fault("could not parse precision: unable to find end of precision specifier");
            }
            if (next >= arguments.Count)
            {
                return Fault(string.Create(CultureInfo.InvariantCulture, $"index {next} out of range"));
            }
            var argument = arguments.ItemAt(next++);
            if (argument.IsError)
            {
                return argument;
            }
            var (written, fault) = One(text[i], argument, precision);
            if (fault is not null)
            {
                return Fault(fault);
            }
            output.Append(written);
            if (output.Length > CelStringLibrary.LongestText)
            {
                return CelStringLibrary.TooLong;
            }
        }
        return CelValue.Of(output.ToString());
    }

    private static CelValue Fault(string message) => CelValue.Error("error during formatting: " + message);

    private static bool Precision(string text, ref int i, out int? precision)
    {
        precision = null;
        if (text[i] != '.')
        {
            return true;
        }
        var digits = 0;
        for (i++; i < text.Length && char.IsAsciiDigit(text[i]); i++)
        {
            digits = Math.Min(MostDigits, (digits * 10) + (text[i] - '0'));
        }
        precision = digits;
        return i < text.Length;
    }

    private static (string? Text, string? Fault) One(char verb, CelValue value, int? precision)
    {
        switch (verb)
        {
            case 's':
                return (Plain(value), null);
            case 'd':
                return value.Kind switch
                {
                    CelKind.Int => (value.Int.ToString(CultureInfo.InvariantCulture), null),
                    CelKind.Uint => (value.Uint.ToString(CultureInfo.InvariantCulture), null),
                    CelKind.Double when !double.IsFinite(value.Double) => (Special(value.Double), null),
                    _ => (null, $"decimal clause can only be used on integers, was given {CelTypes.NameOf(value)}"),
                };
            case 'f' or 'e':
                return Real(value) is { } real ? (Fixed(real, verb, precision ?? 6), null)
                    : (null, $"{(verb == 'f' ? "fixed-point" : "scientific")} clause can only be used on doubles, was given {CelTypes.NameOf(value)}");
            case 'b':
                return value.Kind switch
                {
                    CelKind.Bool => (value.Bool ? "1" : "0", null),
                    CelKind.Int => (Radix(value.Int, 2), null),
                    CelKind.Uint => (Radix(value.Uint, 2), null),
                    _ => (null, $"only integers and bools can be formatted as binary, was given {CelTypes.NameOf(value)}"),
                };
            case 'o':
                return value.Kind switch
                {
                    CelKind.Int => (Radix(value.Int, 8), null),
                    CelKind.Uint => (Radix(value.Uint, 8), null),
                    _ => (null, $"octal clause can only be used on integers, was given {CelTypes.NameOf(value)}"),
                };
            case 'x' or 'X':
                return Hex(value, verb == 'X');
            default:
                return (null, $"could not parse formatting clause: unrecognized formatting clause \"{verb}\"");
        }
    }

    private static double? Real(CelValue value) => value.Kind switch
    {
        CelKind.Double => value.Double,
        CelKind.Int => value.Int,
        CelKind.Uint => value.Uint,
        _ => null,
    };

    private static string Special(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static string Fixed(double value, char verb, int digits)
    {
        if (!double.IsFinite(value))
        {
            return Special(value);
        }
        return verb == 'f' ? value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : value.ToString("0" + (digits > 0 ? "." + new string('0', digits) : "") + "e+00", CultureInfo.InvariantCulture);
    }

    private static string Radix(BigInteger value, int radix)
    {
        var size = BigInteger.Abs(value);
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (char)('0' + (int)(size % radix)));
            size /= radix;
        }
        while (size > 0);
        return (value.Sign < 0 ? "-" : "") + digits;
    }

    private static (string? Text, string? Fault) Hex(CelValue value, bool upper)
    {
        var text = value.Kind switch
        {
            CelKind.Int => (value.Int < 0 ? "-" : "") + UInt128.CreateTruncating(Int128.Abs(value.Int)).ToString("x", CultureInfo.InvariantCulture),
            CelKind.Uint => value.Uint.ToString("x", CultureInfo.InvariantCulture),
            CelKind.String => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value.Text)),
            CelKind.Bytes => Convert.ToHexStringLower(value.Bytes.Span),
            _ => null,
        };
        return text is null ? (null, $"only integers, byte buffers, and strings can be formatted as hex, was given {CelTypes.NameOf(value)}")
            : (upper ? text.ToUpperInvariant() : text, null);
    }

    // Texts within lists and maps are not quoted, and maps are in the order of their keys.
    private static string Plain(CelValue value) => value.Kind switch
    {
        CelKind.String or CelKind.Type => value.Text,
        CelKind.Null => "null",
        CelKind.Bytes => Encoding.UTF8.GetString(value.Bytes.Span),
        CelKind.Double when !double.IsFinite(value.Double) => Special(value.Double),
        CelKind.List => "[" + string.Join(", ", value.Items().Select(Plain)) + "]",
        CelKind.Map => "{" + string.Join(", ", Enumerable.Range(0, value.Count).Select(i => (Key: Plain(value.KeyAt(i)), Value: Plain(value.ValueAt(i))))
            .OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}")) + "}",
        _ => CelConversions.Convert("string", value)?.Text ?? value.ToString(),
    };
}
