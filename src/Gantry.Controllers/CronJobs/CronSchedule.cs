using Gantry.Api;

namespace Gantry.Controllers.CronJobs;

/// <summary>
/// When something is due, in the wall-clock time of a zone. A time that a clock change skips does not happen that day; one that it repeats
/// happens twice.
/// </summary>
public sealed class CronSchedule
{
    /// <summary>A schedule that does not come true within this many years (30 February) never does.</summary>
    private const int Horizon = 5;
    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;
    private readonly TimeSpan? _every;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        _zone = zone;
        _minutes = CronField.Parse(fields[0], 0, 59);
        _hours = CronField.Parse(fields[1], 0, 23);
        _days = CronField.Parse(fields[2], 1, 31);
        _months = CronField.Parse(fields[3], 1, 12, CronField.Months);
        _weekdays = CronField.Parse(fields[4], 0, 6, CronField.Days);
    }

    private CronSchedule(TimeSpan every, TimeZoneInfo zone)
    {
        _every = every < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(Math.Floor(every.TotalSeconds));
        _zone = zone;
    }

    /// <param name="text">Five fields, or a descriptor such as <c>@daily</c> or <c>@every 1h30m</c>.</param>
    /// <param name="zone">The zone whose clock the fields are read on.</param>
    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static CronSchedule Parse(string text, TimeZoneInfo zone)
    {
        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            return new CronSchedule(GoDuration.Parse(text["@every ".Length..]), zone);
        }

        var plain = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };
        var fields = plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5 ? new CronSchedule(fields, zone)
            : throw new FormatException($"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]");
    }

    /// <summary>The first time after that one, or null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_every is { } every)
        {
            return Floor(after, TimeSpan.TicksPerSecond) + every;
        }

        var at = Floor(after, TimeSpan.TicksPerMinute).AddMinutes(1);
        var end = after.AddYears(Horizon);
        while (at <= end)
        {
            var local = TimeZoneInfo.ConvertTime(at, _zone);
            if (!_months.Matches(local.Month))
            {
                at = Midnight(new DateTime(local.Year, local.Month, 1).AddMonths(1), at);
            }
            else if (!IsDay(local))
            {
                at = Midnight(local.Date.AddDays(1), at);
            }
            else if (!_hours.Matches(local.Hour))
            {
                at = at.AddMinutes(60 - local.Minute);
            }
            else if (!_minutes.Matches(local.Minute))
            {
                at = at.AddMinutes(1);
            }
            else
            {
                return at;
            }
        }

        return null;
    }

    /// <summary>The last time after <paramref name="earliest"/> and not after <paramref name="now"/>.</summary>
    /// <param name="earliest">The time before.</param>
    /// <param name="now">The present.</param>
    /// <param name="most">More missed times than this are too many to be believed.</param>
    public (DateTimeOffset? At, bool TooMany) Latest(DateTimeOffset earliest, DateTimeOffset now, int most)
    {
        var (latest, count) = ((DateTimeOffset?)null, 0);
        for (var at = Next(earliest); at <= now; at = Next(at.Value))
        {
            latest = at;
            if (++count > most)
            {
                return (Closest(earliest, now, latest!.Value), true);
            }
        }

        return (latest, false);
    }

    /// <summary>Finds the last time from the present backwards, since the way from the past is long.</summary>
    private DateTimeOffset Closest(DateTimeOffset earliest, DateTimeOffset now, DateTimeOffset known)
    {
        for (var window = TimeSpan.FromMinutes(2); now - window > earliest; window *= 2)
        {
            if (Next(now - window) is { } first && first <= now)
            {
                var last = first;
                for (var at = Next(first); at <= now; at = Next(at.Value))
                {
                    last = at.Value;
                }

                return last;
            }
        }

        return known;
    }

    /// <summary>Days of the month and of the week: both must match when one says nothing, else either will do.</summary>
    private bool IsDay(DateTimeOffset local)
    {
        var (day, weekday) = (_days.Matches(local.Day), _weekdays.Matches((int)local.DayOfWeek));
        return _days.IsStar || _weekdays.IsStar ? day && weekday : day || weekday;
    }

    /// <summary>The first moment of the day, which a clock change may put later than midnight; always after <paramref name="before"/>.</summary>
    private DateTimeOffset Midnight(DateTime day, DateTimeOffset before)
    {
        var at = day;
        while (_zone.IsInvalidTime(at))
        {
            at = at.AddMinutes(15);
        }

        // Of a midnight that happens twice the first one begins the day.
        var offset = _zone.IsAmbiguousTime(at) ? _zone.GetAmbiguousTimeOffsets(at).Max() : _zone.GetUtcOffset(at);
        var utc = new DateTimeOffset(at, offset).ToUniversalTime();
        return utc > before ? utc : before.AddMinutes(1);
    }

    private static DateTimeOffset Floor(DateTimeOffset at, long unit) => new(at.UtcTicks / unit * unit, TimeSpan.Zero);
}
