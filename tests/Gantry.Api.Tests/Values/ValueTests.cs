using System.Text;
using System.Text.Json;

namespace Gantry.Api.Tests.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(1_100, "1.1µs")]
    [InlineData(2_200_000, "2.2ms")]
    [InlineData(3_300_000_000, "3.3s")]
    [InlineData(3_600_000_000_000, "1h0m0s")]
    [InlineData(301_000_000_000, "5m1s")]
    [InlineData(-90_000_000_000, "-1m30s")]
    public void Durations_print_and_read_as_Go_does(long nanoseconds, string text)
    {
        Assert.Equal(text, GoDuration.Format(nanoseconds));
        Assert.True(GoDuration.TryParse(text, out var read, out _));
        Assert.Equal(nanoseconds, read);
    }

    [Theory]
    [InlineData("1.5h", "1h30m0s")]
    [InlineData("90m", "1h30m0s")]
    [InlineData(".5s", "500ms")]
    public void Durations_are_read_in_any_units(string text, string printed)
    {
        Assert.True(GoDuration.TryParse(text, out var read, out _));
        Assert.Equal(printed, GoDuration.Format(read));
    }

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("x", "time: invalid duration \"x\"")]
    public void Wrong_durations_are_refused_in_Go_words(string text, string error)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var said));
        Assert.Equal(error, said);
    }

    [Theory]
    [InlineData("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z")]
    [InlineData("2024-05-01T10:00:00.999+02:00", "2024-05-01T08:00:00Z")]
    [InlineData("1999-12-31T23:30:00-01:00", "2000-01-01T00:30:00Z")]
    public void Times_are_printed_in_whole_seconds_of_UTC(string text, string printed)
    {
        Assert.True(ApiTimes.TryParse(text, ApiTimes.TimeLayout, out var time, out _));
        Assert.Equal(printed, ApiTimes.Format(time));
    }

    [Theory]
    [InlineData("x", "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\"")]
    [InlineData("2024-13-01T10:00:00Z", "parsing time \"2024-13-01T10:00:00Z\": month out of range")]
    [InlineData("2024-02-30T10:00:00Z", "parsing time \"2024-02-30T10:00:00Z\": day out of range")]
    [InlineData("2024-02-03", "parsing time \"2024-02-03\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\"")]
    [InlineData("2024-02-03T10:00:00", "parsing time \"2024-02-03T10:00:00\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"")]
    [InlineData("2024-02-03T10:00:00Zx", "parsing time \"2024-02-03T10:00:00Zx\": extra text: \"x\"")]
    public void Wrong_times_are_refused_in_Go_words(string text, string error)
    {
        Assert.False(ApiTimes.TryParse(text, ApiTimes.TimeLayout, out _, out var said));
        Assert.Equal(error, said);
    }

    [Fact]
    public void Values_survive_reading_and_writing()
    {
        var json = """["1Gi",2,"2024-05-01T10:00:00Z",null,"2024-05-01T10:00:00.123456Z",80,"http"]"""u8.ToArray();
        var reader = new Utf8JsonReader(json);
        using var output = new MemoryStream();
        using var writer = new Utf8JsonWriter(output);
        reader.Read();
        writer.WriteStartArray();
        Next(ref reader); Quantity.Read(ref reader).Write(writer);
        Next(ref reader); Quantity.Read(ref reader).Write(writer);
        Next(ref reader); ApiTimes.WriteTime(writer, ApiTimes.ReadTime(ref reader));
        Next(ref reader); ApiTimes.WriteTime(writer, ApiTimes.ReadTime(ref reader));
        Next(ref reader); ApiTimes.WriteMicroTime(writer, ApiTimes.ReadMicroTime(ref reader));
        Next(ref reader); IntOrString.Read(ref reader).Write(writer);
        Next(ref reader); IntOrString.Read(ref reader).Write(writer);
        writer.WriteEndArray();
        writer.Flush();
        Assert.Equal("""["1Gi","2","2024-05-01T10:00:00Z",null,"2024-05-01T10:00:00.123456Z",80,"http"]""", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Percentages_scale_to_a_total()
    {
        Assert.Equal(3, new IntOrString("25%").Scale(10, roundUp: true));
        Assert.Equal(2, new IntOrString("25%").Scale(10, roundUp: false));
        Assert.Equal(7, new IntOrString(7).Scale(10, roundUp: true));
        Assert.Null(new IntOrString("x").Scale(10, roundUp: true));
    }

    private static void Next(ref Utf8JsonReader reader) => Assert.True(reader.Read());
}
