using System.Globalization;
using Gantry.Api;

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
            if (!IsZone(zone))
            {
                return $"provided bad location {zone}: unknown time zone {zone}";
            }

            schedule = schedule[blank..].Trim();
        }

        if (schedule.StartsWith('@'))
        {
            return Descriptor(schedule);
        }

        var fields = schedule.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            return string.Create(CultureInfo.InvariantCulture, $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]");
        }

        return Field(fields[0], 0, 59, []) ?? Field(fields[1], 0, 23, []) ?? Field(fields[2], 1, 31, []) ?? Field(fields[3], 1, 12, Months) ?? Field(fields[4], 0, 6, Days);
    }

    /// <summary>Whether Go knows a time zone of this name: the system's files, told apart by case, UTC under an empty name and Local.</summary>
    public static bool IsZone(string name) => name is "" or "UTC" or "Local"
        || !name.Equals("utc", StringComparison.OrdinalIgnoreCase) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    private static string? Descriptor(string schedule)
    {
        const string every = "@every ";
        if (schedule is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
        {
            return null;
        }

        return !schedule.StartsWith(every, StringComparison.Ordinal) ? "unrecognized descriptor: " + schedule
            : GoDuration.TryParse(schedule[every.Length..], out _, out var error) ? null
            : $"failed to parse duration {schedule}: {error}";
    }

    private static string? Field(string field, int low, int high, string[] names) =>
        field.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => Part(part, low, high, names)).FirstOrDefault(e => e is not null);

    private static string? Part(string part, int low, int high, string[] names)
    {
        var step = part.Split('/');
        var range = step[0].Split('-');
        var (start, end, every) = ((long)low, (long)high, 1L);
        if (range[0] is not ("*" or "?"))
        {
            if ((Number(range[0], low, names, out start) ?? (range.Length == 2 ? Number(range[1], low, names, out end) : null)) is { } wrong)
            {
                return wrong;
            }

            if (range.Length > 2)
            {
                return "too many hyphens: " + part;
            }

            // One number with a step goes on to the end.
            end = range.Length == 2 ? end : step.Length == 2 ? high : start;
        }

        if (step.Length > 2)
        {
            return "too many slashes: " + part;
        }

        if (step.Length == 2 && Number(step[1], low, [], out every) is { } wrongStep)
        {
            return wrongStep;
        }

        return start < low ? string.Create(CultureInfo.InvariantCulture, $"beginning of range ({start}) below minimum ({low}): {part}")
            : end > high ? string.Create(CultureInfo.InvariantCulture, $"end of range ({end}) above maximum ({high}): {part}")
            : start > end ? string.Create(CultureInfo.InvariantCulture, $"beginning of range ({start}) beyond end of range ({end}): {part}")
            : every == 0 ? "step of range should be a positive number: " + part
            : null;
    }

    private static string? Number(string text, int low, string[] names, out long value)
    {
        var named = Array.IndexOf(names, text.ToLowerInvariant());
        if (named >= 0)
        {
            value = named + low;
            return null;
        }

        return !GoInteger.TryParse(text, "Atoi", out value, out var error) ? $"failed to parse int from {text}: {error}"
            : value < 0 ? string.Create(CultureInfo.InvariantCulture, $"negative number ({value}) not allowed: {text}")
            : null;
    }
}
