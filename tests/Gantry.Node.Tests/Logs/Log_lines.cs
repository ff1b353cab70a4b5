using System.Buffers;
using System.Text;
using Gantry.Node.Logs;

namespace Gantry.Node.Tests.Logs;

public sealed class Log_lines
{
    [Theory]
    [InlineData("2026-01-02T03:04:05.123456789Z stdout F hello world", "hello world", false, false)]
    [InlineData("2026-01-02T03:04:05.1Z stderr P half", "half", true, true)]
    [InlineData("2026-01-02T03:04:05+02:00 stdout F ", "", false, false)]
    [InlineData("2026-01-02T03:04:05Z stdout F", "", false, false)]
    [InlineData("2026-01-02T03:04:05Z stdout P:more:tags  two spaces", " two spaces", true, false)]
    public void A_line_has_a_time_a_stream_a_tag_and_text(string line, string text, bool partial, bool error)
    {
        Assert.True(LogLine.TryParse(Encoding.UTF8.GetBytes(line), out var parsed));
        Assert.Equal((text, partial, error), (Encoding.UTF8.GetString(parsed.Text), parsed.Partial, parsed.IsError));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("2026-01-02T03:04:05Z stdout")]
    [InlineData("2026-01-02T03:04:05Z elsewhere F text")]
    [InlineData("2026-13-02T03:04:05Z stdout F text")]
    [InlineData("2026-01-02T03:04:05.Z stdout F text")]
    [InlineData("0000-01-02T03:04:05Z stdout F text")]
    [InlineData("{\"log\":\"x\"} stdout F text")]
    public void What_is_not_in_the_format_is_no_line(string line) => Assert.False(LogLine.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000000Z")]
    [InlineData("2026-01-02T03:04:05.12Z", "2026-01-02T03:04:05.120000000Z")]
    [InlineData("2026-01-02T03:04:05.123456789+05:30", "2026-01-02T03:04:05.123456789+05:30")]
    public void Times_are_shown_with_nine_digits(string written, string shown)
    {
        var output = new ArrayBufferWriter<byte>();
        LogTime.WriteFixed(Encoding.ASCII.GetBytes(written), output);
        Assert.Equal(shown, Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.True(LogTime.TryParse(Encoding.ASCII.GetBytes(written), out var time));
        Assert.Equal(DateTimeOffset.Parse(written, System.Globalization.CultureInfo.InvariantCulture).AddTicks(0), time, TimeSpan.FromTicks(1));
    }

    [Fact]
    public void Parts_of_a_line_are_joined_and_dated_once()
    {
        var shown = Select(new LogOptions { Timestamps = true },
            "2026-01-02T03:04:05Z stdout P one, ",
            "2026-01-02T03:04:06Z stdout P two, ",
            "2026-01-02T03:04:07Z stdout F three",
            "no log line at all",
            "2026-01-02T03:04:08Z stdout F next");
        Assert.Equal("2026-01-02T03:04:05.000000000Z one, two, three\n2026-01-02T03:04:08.000000000Z next\n", shown);
    }

    [Fact]
    public void Lines_before_the_given_time_are_left_out()
    {
        var since = new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero);
        Assert.Equal("at\nafter\n", Select(new LogOptions { Since = since },
            "2026-01-02T03:04:05.999999999Z stdout F before",
            "2026-01-02T03:04:06Z stdout F at",
            "2026-01-02T05:04:07+02:00 stdout F after"));
    }

    [Theory]
    [InlineData(3, "abc")]
    [InlineData(7, "abcdef\n")]
    [InlineData(8, "abcdef\ng")]
    [InlineData(100, "abcdef\nghi\n")]
    public void The_limit_counts_bytes_of_output(int limit, string shown) =>
        Assert.Equal(shown, Select(new LogOptions { LimitBytes = limit }, "2026-01-02T03:04:05Z stdout F abcdef", "2026-01-02T03:04:05Z stderr F ghi"));

    private static string Select(LogOptions options, params string[] lines)
    {
        var selection = new LogSelection(options);
        var output = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
        {
            selection.Write(Encoding.UTF8.GetBytes(line), output);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
