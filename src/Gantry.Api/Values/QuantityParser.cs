using System.Globalization;
using System.Numerics;

namespace Gantry.Api;

/// <summary>Reads quantity texts the way the Kubernetes API server does, oddities included (<c>1.G</c> and <c>-</c> are numbers).</summary>
internal static class QuantityParser
{
    private const string Units = "eEinumkKMGTP";

    // What the Go implementation keeps exactly in an int64.
    private const int ExactDigits = 18;

    /// <summary>The error text, or null when <paramref name="quantity"/> was read.</summary>
    public static string? Read(string text, out Quantity quantity)
    {
        quantity = default;
        if (text.Length == 0)
        {
            return Quantity.WrongFormat;
        }
        if (!Split(text, out var negative, out var whole, out var fraction, out var suffix))
        {
            return Quantity.WrongFormat;
        }
        if (!Suffix(suffix, out var binary, out var exponent, out var format))
        {
            return Quantity.WrongSuffix;
        }
        var exact = binary
            ? fraction.Length == 0 && 14 - whole.Length - (exponent * 3 / 10) >= 0
            : ExactDigits - whole.Length - fraction.Length >= 0 && exponent - fraction.Length >= -9;
        var nanos = Nanos(whole, fraction, binary, exponent);
        if (!exact && format == QuantityFormat.BinarySI)
        {
            if (nanos > (Int128)long.MaxValue * Quantity.NanosPerUnit)
            {
                nanos = (Int128)long.MaxValue * Quantity.NanosPerUnit;
            }
            if (nanos > 0 && nanos < Quantity.NanosPerUnit)
            {
                format = QuantityFormat.DecimalSI;
            }
        }
        quantity = new Quantity(negative ? -nanos : nanos, format, exact && IsKept(text, whole, fraction, binary, exponent) ? text : null);
        return null;
    }

    // Whether the text is printed as it was written, and not in canonical form: a quick look of the Go implementation takes it for canonical.
    private static bool IsKept(string text, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, bool binary, int exponent)
    {
        if (text == "0")
        {
            return true;
        }
        if (binary)
        {
            return (long.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) & 7) != 0;
        }
        var (digits, zeros) = (whole.Length + fraction.Length, 0);
        while (zeros < digits && (zeros < fraction.Length ? fraction[^(zeros + 1)] : whole[^(zeros - fraction.Length + 1)]) == '0')
        {
            zeros++;
        }
        return (exponent - fraction.Length) % 3 == 0 && zeros < 3 && whole[0] != '0';
    }

    private static bool Split(string text, out bool negative, out ReadOnlySpan<char> whole, out ReadOnlySpan<char> fraction, out ReadOnlySpan<char> suffix)
    {
        fraction = default;
        suffix = default;
        negative = text[0] == '-';
        var at = text[0] is '-' or '+' ? 1 : 0;
        while (at < text.Length && text[at] == '0')
        {
            at++;
        }
        var start = at;
        at = SkipDigits(text, at);
        whole = at == start ? "0" : text.AsSpan(start, at - start);
        if (at < text.Length && text[at] == '.')
        {
            start = at + 1;
            at = SkipDigits(text, start);
            fraction = text.AsSpan(start, at - start);
        }
        start = at;
        while (at < text.Length && Units.Contains(text[at]))
        {
            at++;
        }
        if (at < text.Length && text[at] is '-' or '+')
        {
            at++;
        }
        at = SkipDigits(text, at);
        suffix = text.AsSpan(start);
        return at == text.Length;
    }

    private static int SkipDigits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }
        return at;
    }

    private static bool Suffix(ReadOnlySpan<char> suffix, out bool binary, out int exponent, out QuantityFormat format)
    {
        binary = suffix.Length == 2 && suffix[1] == 'i';
        format = binary ? QuantityFormat.BinarySI : QuantityFormat.DecimalSI;
        if (binary)
        {
            exponent = 10 * (1 + "KMGTPE".IndexOf(suffix[0]));
            return exponent > 0;
        }
        exponent = 0;
        if (suffix.Length < 2)
        {
            exponent = suffix.Length == 0 ? 0 : suffix[0] switch
            {
                'n' => -9, 'u' => -6, 'm' => -3, 'k' => 3, 'M' => 6, 'G' => 9, 'T' => 12, 'P' => 15, 'E' => 18,
                _ => int.MinValue,
            };
            return exponent != int.MinValue;
        }
        format = QuantityFormat.DecimalExponent;
        return suffix[0] is 'e' or 'E' && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
    }

    // Rounds away from zero at 10^-9, so that whoever asks for a little gets a little; saturates far beyond what any cluster holds.
    private static Int128 Nanos(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, bool binary, int exponent)
    {
        var power = (binary ? 0 : exponent) - fraction.Length + 9;
        if (whole.Length + fraction.Length <= ExactDigits && power is >= 0 and <= 18)
        {
            var small = long.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture);
            foreach (var digit in fraction)
            {
                small = (small * 10) + (digit - '0');
            }
            if (!binary)
            {
                return (Int128)small * Power(power);
            }
            if (Int128.LeadingZeroCount(small) > exponent + 32)
            {
                return ((Int128)small << exponent) * Power(power);
            }
        }
        return Large(whole, fraction, binary, exponent, power);
    }

    private static Int128 Large(ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, bool binary, int exponent, int power)
    {
        var value = BigInteger.Parse(string.Concat(whole, fraction), NumberStyles.None, CultureInfo.InvariantCulture);
        if (value.IsZero)
        {
            return 0;
        }
        if (binary)
        {
            value <<= exponent;
        }
        if (power > 60)
        {
            return Int128.MaxValue;
        }
        if (power >= 0)
        {
            value *= BigInteger.Pow(10, power);
        }
        else if (-power > whole.Length + fraction.Length + 20)
        {
            value = BigInteger.One;
        }
        else
        {
            value = BigInteger.DivRem(value, BigInteger.Pow(10, -power), out var rest);
            value += rest.IsZero ? 0 : 1;
        }
        return value > (BigInteger)Int128.MaxValue ? Int128.MaxValue : (Int128)value;
    }

    private static Int128 Power(int power)
    {
        Int128 result = 1;
        for (var i = 0; i < power; i++)
        {
            result *= 10;
        }
        return result;
    }
}
