using System.Globalization;
using Gantry.Controllers.CronJobs;

namespace Gantry.Controllers.Tests.CronJobs;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z")]
    [InlineData("*/15 * * * *", "2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z")]
    [InlineData("0 0 * * *", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("30 8-10/2 * * *", "2026-01-01T08:30:00Z", "2026-01-01T10:30:00Z")]
    [InlineData("0 9 * * MON-FRI", "2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z")]
    [InlineData("0 0 1 jan,jul *", "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("0 0 */1 * 5", "2026-01-03T00:00:00Z", "2026-01-09T00:00:00Z")]
    [InlineData("5/20 * * * *", "2026-01-01T00:05:00Z", "2026-01-01T00:25:00Z")]
    [InlineData("@hourly", "2026-01-01T00:59:59Z", "2026-01-01T01:00:00Z")]
    [InlineData("@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z")]
    [InlineData("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z")]
    public void The_next_time_is_the_first_that_matches(string schedule, string after, string next) => Assert.Equal(At(next), Next(schedule, "UTC", after));

    [Fact]
    public void A_day_that_never_comes_is_never_due() => Assert.Null(Next("0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z"));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 7")]
    [InlineData("5-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("a * * * *")]
    [InlineData("@never")]
    public void What_is_no_schedule_is_refused(string schedule) => Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule, TimeZoneInfo.Utc));

    [Theory]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-01-01T08:00:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-07-01T00:00:00Z", "2026-07-01T07:00:00Z")]
    [InlineData("0 0 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T18:30:00Z")]
    public void Hours_are_those_of_the_zone(string schedule, string zone, string after, string next) => Assert.Equal(At(next), Next(schedule, zone, after));

    [Fact]
    public void An_hour_that_summer_time_skips_does_not_happen_that_day()
    {
        // On 29 March 2026 Berlin's clocks go from 02:00 to 03:00.
        Assert.Equal(At("2026-03-30T00:30:00Z"), Next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z"));
        Assert.Equal(At("2026-03-29T01:00:00Z"), Next("0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z"));
    }

    [Fact]
    public void An_hour_that_winter_time_repeats_happens_twice()
    {
        // On 25 October 2026 Berlin's clocks go from 03:00 back to 02:00.
        Assert.Equal(At("2026-10-25T00:30:00Z"), Next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z"));
        Assert.Equal(At("2026-10-25T01:30:00Z"), Next("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z"));
        Assert.Equal(At("2026-10-26T01:30:00Z"), Next("30 2 * * *", "Europe/Berlin", "2026-10-25T01:30:00Z"));
    }

    [Fact]
    public void A_midnight_that_does_not_exist_does_not_stop_the_search() =>
        // In Beirut the clocks went from 00:00 to 01:00 on 31 March 2024.
        Assert.Equal(At("2024-03-31T21:00:00Z"), Next("0 0 * * *", "Asia/Beirut", "2024-03-30T22:00:00Z"));

    [Fact]
    public void The_latest_missed_time_is_found_however_long_ago_the_last_run_was()
    {
        var schedule = CronSchedule.Parse("*/5 * * * *", TimeZoneInfo.Utc);
        Assert.Equal((At("2026-01-01T00:55:00Z"), false), schedule.Latest(At("2026-01-01T00:00:00Z"), At("2026-01-01T00:59:00Z"), 100));
        Assert.Equal((At("2026-06-01T11:55:00Z"), true), schedule.Latest(At("2026-01-01T00:00:00Z"), At("2026-06-01T11:58:00Z"), 100));
        Assert.Equal((null, false), schedule.Latest(At("2026-01-01T00:00:00Z"), At("2026-01-01T00:04:00Z"), 100));
    }

    [Fact]
    public void Every_next_time_matches_and_none_between_is_left_out()
    {
        foreach (var zone in new[] { "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe" })
        {
            for (var seed = 0; seed < 30; seed++)
            {
                var dice = new Random(seed);
                var (minute, hour, weekday) = (dice.Next(60), dice.Next(24), dice.Next(7));
                var found = TimeZoneInfo.FindSystemTimeZoneById(zone);
                var schedule = CronSchedule.Parse($"{minute} {hour} * * {weekday}", found);
                var from = At("2026-01-01T00:00:00Z").AddDays(dice.Next(365)).AddMinutes(dice.Next(1440));
                var expected = Enumerable.Range(1, 15 * 24 * 60).Select(m => from.AddMinutes(m)).First(t =>
                {
                    var local = TimeZoneInfo.ConvertTime(t, found);
                    return local.Minute == minute && local.Hour == hour && (int)local.DayOfWeek == weekday;
                });
                Assert.Equal(expected, schedule.Next(from));
            }
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Next(string schedule, string zone, string after) => CronSchedule.Parse(schedule, TimeZoneInfo.FindSystemTimeZoneById(zone)).Next(At(after));
}
