using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gantry.Api;

/// <summary>Go's duration texts: <c>1h0m0s</c>, <c>1.5s</c>, <c>250ms</c>. In nanoseconds.</summary>
public static class GoDuration
{
    private const long Second = 1_000_000_000;

    private static readonly SearchValues<char> NumberParts = SearchValues.Create("0123456789.");

    /// <param name="text">Numbers with units (ns, us, µs, ms, s, m, h), or 0.</param>
    /// <param name="nanoseconds">The duration.</param>
    /// <param name="error">Go's words for what is wrong, or null.</param>
    public static bool TryParse(string text, out long nanoseconds, out string? error)
    {
        error = Read(text, out nanoseconds);
        return error is null;
    }

    /// <exception cref="FormatException">With Go's words, when the text is no duration.</exception>
    public static TimeSpan Parse(string text) => TryParse(text, out var nanoseconds, out var error)
        ? TimeSpan.FromTicks(nanoseconds / 100)
        : throw new FormatException(error);

    public static string Format(TimeSpan duration) => Format(duration.Ticks * 100);

    /// <summary>The form Go prints: hours, minutes and seconds from one second on, else the largest of ms, µs and ns that gives a whole part.</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return "0s";
        }
        var text = new StringBuilder();
        var rest = (ulong)nanoseconds;
        if (nanoseconds < 0)
        {
            text.Append('-');
            rest = (ulong)-nanoseconds;
        }
        if (rest < Second)
        {
            var (unit, name) = rest switch { < 1_000 => (1UL, "ns"), < 1_000_000 => (1_000UL, "µs"), _ => (1_000_000UL, "ms") };
            return Number(text, rest, unit).Append(name).ToString();
        }
        var minutes = rest / Second / 60;
        if (minutes >= 60)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes / 60}h");
        }
        if (minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes % 60}m");
        }
        return Number(text, rest % (60UL * Second), Second).Append('s').ToString();
    }

    private static StringBuilder Number(StringBuilder text, ulong value, ulong unit)
    {
        text.Append(CultureInfo.InvariantCulture, $"{value / unit}");
        var fraction = value % unit;
        if (fraction == 0)
        {
            return text;
        }
        var digits = fraction.ToString(CultureInfo.InvariantCulture).PadLeft((int)Math.Log10(unit), '0');
        return text.Append('.').Append(digits.TrimEnd('0'));
    }

    private static string? Read(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var invalid = $"time: invalid duration \"{text}\"";
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-", StringComparison.Ordinal);
        if (negative || rest.StartsWith("+", StringComparison.Ordinal))
        {
            rest = rest[1..];
        }
        if (rest is "0")
        {
            return null;
        }
        if (rest.IsEmpty)
        {
            return invalid;
        }
        decimal total = 0;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAnyExcept(NumberParts);
            var number = end < 0 ? rest : rest[..end];
            if (number.IsEmpty || number.Count('.') > 1 || number is "." || number.Length > 25)
            {
                return invalid;
            }
            rest = end < 0 ? default : rest[end..];
            end = rest.IndexOfAny(NumberParts);
            var unit = end < 0 ? rest : rest[..end];
            if (unit.IsEmpty)
            {
                return $"time: missing unit in duration \"{text}\"";
            }
            rest = end < 0 ? default : rest[end..];
            var scale = Unit(unit);
            if (scale == 0)
            {
                return $"time: unknown unit \"{unit}\" in duration \"{text}\"";
            }
            total += decimal.Truncate(decimal.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * scale);
            if (total > long.MaxValue)
            {
                return invalid;
            }
        }
        nanoseconds = (long)(negative ? -total : total);
        return null;
    }

    private static long Unit(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => Second,
        "m" => 60 * Second,
        "h" => 3_600 * Second,
        _ => 0,
    };
}
