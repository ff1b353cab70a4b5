using System.Globalization;
using System.Text.Json;

namespace Gantry.Api;

/// <summary>The two time formats of the API: RFC 3339 in UTC with whole seconds (Time) and with six fractional digits (MicroTime).</summary>
public static class ApiTimes
{
    public const string TimeLayout = "2006-01-02T15:04:05Z07:00";

    public const string MicroTimeLayout = "2006-01-02T15:04:05.000000Z07:00";

    /// <summary>Null for JSON null.</summary>
    /// <exception cref="FormatException">When the token is no RFC 3339 text.</exception>
    public static DateTimeOffset? ReadTime(ref Utf8JsonReader reader) => Read(ref reader, TimeLayout);

    /// <inheritdoc cref="ReadTime"/>
    public static DateTimeOffset? ReadMicroTime(ref Utf8JsonReader reader) => Read(ref reader, MicroTimeLayout);

    /// <summary>Writes <c>null</c> for no time, and for the zero time, which stands for none where a value cannot be missing.</summary>
    public static void WriteTime(Utf8JsonWriter writer, DateTimeOffset? time)
    {
        if (time is not { } value || value == default)
        {
            writer.WriteNullValue();
            return;
        }
        Span<byte> text = stackalloc byte[20];
        Seconds(value, text);
        text[19] = (byte)'Z';
        writer.WriteStringValue(text);
    }

    /// <inheritdoc cref="WriteTime"/>
    public static void WriteMicroTime(Utf8JsonWriter writer, DateTimeOffset? time)
    {
        if (time is not { } value || value == default)
        {
            writer.WriteNullValue();
            return;
        }
        Span<byte> text = stackalloc byte[27];
        Seconds(value, text);
        text[19] = (byte)'.';
        Digits(text.Slice(20, 6), (int)(value.UtcTicks % TimeSpan.TicksPerSecond / 10));
        text[26] = (byte)'Z';
        writer.WriteStringValue(text);
    }

    /// <summary>Whole seconds in UTC: <c>2024-05-01T10:00:00Z</c>.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Microseconds in UTC: <c>2024-05-01T10:00:00.000000Z</c>.</summary>
    public static string FormatMicro(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <param name="text">An RFC 3339 time with any offset and any number of fractional digits.</param>
    /// <param name="layout"><see cref="TimeLayout"/> or <see cref="MicroTimeLayout"/>: what the error names.</param>
    /// <param name="time">The instant in UTC.</param>
    /// <param name="error">The Go time package's words for what is wrong, or null.</param>
    public static bool TryParse(string text, string layout, out DateTimeOffset time, out string? error)
    {
        error = new Rfc3339(text, layout).Read(out time);
        return error is null;
    }

    private static DateTimeOffset? Read(ref Utf8JsonReader reader, string layout)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new FormatException("json: cannot unmarshal value into Go value of type string");
        }
        // The common form, without making a string of it.
        var bytes = reader.HasValueSequence || reader.ValueIsEscaped ? default : reader.ValueSpan;
        if (bytes.Length is 20 or 27 && bytes[^1] == 'Z' && Plain(bytes, out var time))
        {
            return time;
        }
        return TryParse(reader.GetString()!, layout, out time, out var error) ? time : throw new FormatException(error);
    }

    private static bool Plain(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        {
            return false;
        }
        var micros = text.Length == 20 ? 0 : text[19] == '.' ? Number(text.Slice(20, 6)) : -1;
        int year = Number(text[..4]), month = Number(text.Slice(5, 2)), day = Number(text.Slice(8, 2));
        int hour = Number(text.Slice(11, 2)), minute = Number(text.Slice(14, 2)), second = Number(text.Slice(17, 2));
        if (micros < 0 || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }
        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(micros * 10L);
        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return -1;
            }
            value = (value * 10) + (digit - '0');
        }
        return value;
    }

    private static void Seconds(DateTimeOffset time, Span<byte> text)
    {
        var utc = time.UtcDateTime;
        Digits(text[..4], utc.Year);
        text[4] = (byte)'-';
        Digits(text.Slice(5, 2), utc.Month);
        text[7] = (byte)'-';
        Digits(text.Slice(8, 2), utc.Day);
        text[10] = (byte)'T';
        Digits(text.Slice(11, 2), utc.Hour);
        text[13] = (byte)':';
        Digits(text.Slice(14, 2), utc.Minute);
        text[16] = (byte)':';
        Digits(text.Slice(17, 2), utc.Second);
    }

    private static void Digits(Span<byte> text, int value)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
