using System.Globalization;

namespace Gantry.Api.Cel;

/// <summary>Timestamps: years 1 to 9999, in nanoseconds.</summary>
internal static class CelTime
{
    public const long FirstSecond = -62135596800;
    public const long LastSecond = 253402300799;

    private const int Billion = 1_000_000_000;

    /// <summary>RFC 3339 in UTC, with as many digits of a second as there are.</summary>
    public static string Format(CelValue time)
    {
        var text = DateTime.UnixEpoch.AddSeconds(time.Seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return time.SecondNanos == 0 ? text + "Z" : text + "." + time.SecondNanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0') + "Z";
    }

    /// <summary>Reads RFC 3339, or gives null.</summary>
    public static CelValue? Parse(string text)
    {
        if (text.Length < 20 || text[10] != 'T' || !DateTime.TryParseExact(text[..19], "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return null;
        }
        var at = 19;
        var nanos = 0;
        if (text[at] == '.')
        {
            var digits = 0;
            for (at++; at < text.Length && char.IsAsciiDigit(text[at]); at++, digits++)
            {
                nanos = digits < 9 ? (nanos * 10) + (text[at] - '0') : nanos;
            }
            if (digits == 0)
            {
                return null;
            }
            for (; digits < 9; digits++)
            {
                nanos *= 10;
            }
        }
        if ((text[at..] is "Z" ? 0 : Offset(text[at..])) is not { } offset)
        {
            return null;
        }
        var seconds = ((local.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond) - offset;
        return InRange(seconds) ? CelValue.Timestamp(seconds, nanos) : null;
    }

    /// <summary>The time on the clocks of a zone: <c>+02:00</c>, <c>-08:00</c>, <c>02:00</c>, a name of the time zone database, or none for UTC.</summary>
    /// <returns>Null where there is no such zone.</returns>
    public static DateTime? In(CelValue time, string zone)
    {
        var utc = DateTime.UnixEpoch.AddSeconds(time.Seconds);
        if (zone is "" or "UTC")
        {
            return utc;
        }
        if (zone.Contains(':', StringComparison.Ordinal))
        {
            return Offset(char.IsAsciiDigit(zone[0]) ? "+" + zone : zone) is { } seconds ? utc.AddSeconds(seconds) : null;
        }
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? utc + found.GetUtcOffset(utc) : null;
    }

    public static bool InRange(long seconds) => seconds is >= FirstSecond and <= LastSecond;

    /// <summary>The time some nanoseconds later, or null outside the years 1 to 9999.</summary>
    public static CelValue? Add(CelValue time, Int128 nanoseconds)
    {
        var total = Total(time) + nanoseconds;
        var seconds = total / Billion;
        var nanos = (int)(total % Billion);
        if (nanos < 0)
        {
            nanos += Billion;
            seconds--;
        }
        return seconds >= FirstSecond && seconds <= LastSecond ? CelValue.Timestamp((long)seconds, nanos) : null;
    }

    public static Int128 Total(CelValue time) => ((Int128)time.Seconds * Billion) + time.SecondNanos;

    private static long? Offset(string text)
    {
        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !int.TryParse(text.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(text.AsSpan(4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || hours > 23 || minutes > 59)
        {
            return null;
        }
        var seconds = (hours * 3600L) + (minutes * 60L);
        return text[0] == '-' ? -seconds : seconds;
    }
}
