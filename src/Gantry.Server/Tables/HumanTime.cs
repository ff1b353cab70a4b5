using System.Globalization;

namespace Gantry.Server.Tables;

/// <summary>Spans of time in the short form of tables: the two largest units while that says something, then one.</summary>
public static class HumanTime
{
    private const int HoursOfYear = 24 * 365;

    /// <summary>How long ago something was; <c>&lt;unknown&gt;</c> for a time that is not set.</summary>
    public static string Since(DateTimeOffset? time, DateTimeOffset now) => time is { } at ? Span(now - at) : "<unknown>";

    /// <summary>Such as <c>45s</c>, <c>3m20s</c>, <c>2h</c>, <c>5d3h</c>, <c>2y17d</c>. A little less than nothing is <c>0s</c>, as clocks differ.</summary>
    public static string Span(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }

        var (minutes, hours) = (seconds / 60, seconds / 3600);
        return seconds < 0 ? "0s"
            : seconds < 120 ? Text(seconds, "s")
            : minutes < 10 ? Two(minutes, "m", seconds % 60, "s")
            : minutes < 180 ? Text(minutes, "m")
            : hours < 8 ? Two(hours, "h", minutes % 60, "m")
            : hours < 48 ? Text(hours, "h")
            : hours < 24 * 8 ? Two(hours / 24, "d", hours % 24, "h")
            : hours < HoursOfYear * 2 ? Text(hours / 24, "d")
            : hours < HoursOfYear * 8 ? Two(hours / HoursOfYear, "y", hours / 24 % 365, "d")
            : Text(hours / HoursOfYear, "y");
    }

    private static string Text(long number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;

    private static string Two(long number, string unit, long rest, string restUnit) => rest == 0 ? Text(number, unit) : Text(number, unit) + Text(rest, restUnit);
}
