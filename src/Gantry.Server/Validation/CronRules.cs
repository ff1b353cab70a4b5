using System.Globalization;

namespace Gantry.Server.Validation;

/// <summary>The five fields of a cron schedule, or a descriptor such as <c>@daily</c>.</summary>
public static class CronRules
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>What is wrong with the schedule, or null.</summary>
    public static string? Check(string schedule)
    {
        if (schedule.StartsWith("TZ=", StringComparison.Ordinal) || schedule.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var (equals, blank) = (schedule.IndexOf('=', StringComparison.Ordinal), schedule.IndexOf(' ', StringComparison.Ordinal));
            if (blank < 0)
            {
                return "invalid schedule format: runtime error: slice bounds out of range [:-1]";
            }

            var zone = schedule[(equals + 1)..blank];
            if (zone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            {
                return $"provided bad location {zone}: unknown time zone {zone}";
            }

            schedule = schedule[blank..].Trim();
        }

        if (schedule.StartsWith('@'))
        {
            return schedule is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly"
                || schedule.StartsWith("@every ", StringComparison.Ordinal) ? null : "unrecognized descriptor: " + schedule;
        }

        var fields = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            return string.Create(CultureInfo.InvariantCulture, $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]");
        }

        return Field(fields[0], 0, 59, []) ?? Field(fields[1], 0, 23, []) ?? Field(fields[2], 1, 31, []) ?? Field(fields[3], 1, 12, Months) ?? Field(fields[4], 0, 6, Days);
    }

    private static string? Field(string field, int low, int high, string[] names) => field.Split(',').Select(part => Part(part, low, high, names)).FirstOrDefault(e => e is not null);

    private static string? Part(string part, int low, int high, string[] names)
    {
        var step = part.Split('/');
        if (step.Length > 2)
        {
            return "too many slashes: " + part;
        }

        var range = step[0].Split('-');
        if (range.Length > 2)
        {
            return "too many hyphens: " + part;
        }

        var (start, end) = (low, high);
        if (step[0] is not ("*" or "?"))
        {
            if (Number(range[0], low, names, out start) is { } e)
            {
                return e;
            }

            end = range.Length == 1 && step.Length == 1 ? start : high;
            if (range.Length == 2 && Number(range[1], low, names, out end) is { } e2)
            {
                return e2;
            }
        }

        if (step.Length == 2)
        {
            if (!int.TryParse(step[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n))
            {
                return $"failed to parse int from {step[1]}: strconv.Atoi: parsing \"{step[1]}\": invalid syntax";
            }

            if (n == 0)
            {
                return "step of range should be a positive number: " + part;
            }
        }

        return start < low ? string.Create(CultureInfo.InvariantCulture, $"beginning of range ({start}) below minimum ({low}): {part}")
            : end > high ? string.Create(CultureInfo.InvariantCulture, $"end of range ({end}) above maximum ({high}): {part}")
            : start > end ? string.Create(CultureInfo.InvariantCulture, $"beginning of range ({start}) beyond end of range ({end}): {part}")
            : null;
    }

    private static string? Number(string text, int low, string[] names, out int value)
    {
        var named = Array.IndexOf(names, text.ToLowerInvariant());
        if (named >= 0)
        {
            value = named + low;
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? null
            : $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax";
    }
}
