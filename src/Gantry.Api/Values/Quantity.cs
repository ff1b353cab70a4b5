using System.Globalization;
using System.Text.Json;

namespace Gantry.Api;

/// <summary>
/// An amount of a resource as the Kubernetes API writes it: <c>100m</c>, <c>1.5Gi</c>, <c>2e3</c>. Exact to 10^-9; smaller parts are rounded away from zero.
/// The text it was read from is kept where it looks canonical and as long as nothing is computed with it, as the Go server does. Equality and order are by amount.
/// </summary>
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    public const string WrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    public const string WrongSuffix = "unable to parse quantity's suffix";

    internal const long NanosPerUnit = 1_000_000_000;

    private readonly Int128 _nanos;
    private readonly string? _text;

    internal Quantity(Int128 nanos, QuantityFormat format, string? text)
    {
        _nanos = nanos;
        Format = format;
        _text = text;
    }

    public static Quantity Zero => default;

    public QuantityFormat Format { get; }

    public bool IsZero => _nanos == 0;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Int128.Sign(_nanos);

    /// <summary>Whole units, rounded away from zero and held within the range of a long.</summary>
    public long Value => Scaled(NanosPerUnit);

    /// <summary>Thousandths, rounded away from zero and held within the range of a long.</summary>
    public long MilliValue => Scaled(1_000_000);

    /// <summary>The text the Go server prints after computing with the amount: no fraction, the largest suffix that keeps it exact.</summary>
    public string Canonical => Format == QuantityFormat.BinarySI && IsWhole && Int128.Abs(_nanos) >= 1024 * (Int128)NanosPerUnit
        ? Binary(_nanos / NanosPerUnit)
        : Decimal(_nanos, Format == QuantityFormat.DecimalExponent);

    private bool IsWhole => _nanos % NanosPerUnit == 0;

    /// <exception cref="FormatException">With Kubernetes' words, when the text is no quantity.</exception>
    public static Quantity Parse(string text) => QuantityParser.Read(text, out var quantity) is { } error ? throw new FormatException(error) : quantity;

    public static bool TryParse(string? text, out Quantity quantity) => TryParse(text, out quantity, out _);

    /// <param name="text">A quantity; surrounding white space is not allowed.</param>
    /// <param name="quantity">The amount.</param>
    /// <param name="error">Kubernetes' words for what is wrong, or null.</param>
    public static bool TryParse(string? text, out Quantity quantity, out string? error)
    {
        error = QuantityParser.Read(text ?? "", out quantity);
        return error is null;
    }

    public static Quantity FromValue(long value, QuantityFormat format = QuantityFormat.DecimalSI) => new((Int128)value * NanosPerUnit, format, null);

    public static Quantity FromMilli(long thousandths, QuantityFormat format = QuantityFormat.DecimalSI) => new((Int128)thousandths * 1_000_000, format, null);

    /// <summary>A string or a number; null is zero.</summary>
    /// <exception cref="FormatException">When the token is no quantity.</exception>
    public static Quantity Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => default,
        JsonTokenType.String => Parse(reader.GetString()!.Trim()),
        JsonTokenType.Number => Parse(JsonText.Raw(ref reader)),
        _ => throw new FormatException(WrongFormat),
    };

    public void Write(Utf8JsonWriter writer) => writer.WriteStringValue(ToString());

    /// <summary>Rounded away from zero to a multiple of 10^<paramref name="scale"/>; the text stays where there is nothing to round. Resource lists of the core API are rounded to -3.</summary>
    /// <param name="scale">From -9 to 9.</param>
    public Quantity RoundUp(int scale)
    {
        Int128 unit = 1;
        for (var i = -9; i < scale; i++)
        {
            unit *= 10;
        }
        var rest = _nanos % unit;
        return rest == 0 ? this : new Quantity(_nanos - rest + (rest > 0 ? unit : -unit), Format, null);
    }

    public decimal ToDecimal() => (decimal)_nanos / NanosPerUnit;

    public double ToDouble() => (double)_nanos / NanosPerUnit;

    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    public bool Equals(Quantity other) => _nanos == other._nanos;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => _nanos.GetHashCode();

    /// <summary>The text it was read from, where that is kept.</summary>
    public string? Written => _text;

    /// <summary>The text it was read from where that is kept, else the canonical form.</summary>
    public override string ToString() => _text ?? Canonical;

    public static Quantity operator +(Quantity left, Quantity right) => new(left._nanos + right._nanos, left.IsZero ? right.Format : left.Format, null);

    public static Quantity operator -(Quantity left, Quantity right) => new(left._nanos - right._nanos, left.IsZero ? right.Format : left.Format, null);

    public static Quantity operator -(Quantity value) => new(-value._nanos, value.Format, null);

    public static Quantity operator *(Quantity left, long right) => new(left._nanos * right, left.Format, null);

    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    private static string Binary(Int128 units)
    {
        var step = 0;
        for (; step < 6 && units % 1024 == 0; step++)
        {
            units /= 1024;
        }
        var number = units.ToString(CultureInfo.InvariantCulture);
        return step == 0 ? number : number + "KMGTPE"[step - 1] + "i";
    }

    private static string Decimal(Int128 nanos, bool exponent)
    {
        if (nanos == 0)
        {
            return "0";
        }
        var step = 0;
        for (; step < 9 && nanos % 1000 == 0; step++)
        {
            nanos /= 1000;
        }
        var number = nanos.ToString(CultureInfo.InvariantCulture);
        if (step == 3)
        {
            return number;
        }
        return exponent ? string.Create(CultureInfo.InvariantCulture, $"{number}e{(step - 3) * 3}") : number + "num kMGTPE"[step];
    }

    private long Scaled(long unit)
    {
        var whole = _nanos / unit;
        var rest = _nanos % unit;
        whole += rest == 0 ? 0 : Int128.Sign(rest);
        return whole > long.MaxValue ? long.MaxValue : whole < long.MinValue ? long.MinValue : (long)whole;
    }
}
