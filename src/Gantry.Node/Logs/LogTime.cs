using System.Buffers;

namespace Gantry.Node.Logs;

/// <summary>The times in logs. They have nine digits of fraction, two more than the platform's, so what is printed is made from the text.</summary>
public static class LogTime
{
    private const int SecondsLength = 19;
    private const int Digits = 9;

    /// <summary>Reads RFC 3339, such as <c>2026-01-01T00:00:00.123456789Z</c> or with an offset; the fraction is cut to 100 ns.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < SecondsLength + 1 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month) || !TryNumber(text[8..10], out var day)
            || !TryNumber(text[11..13], out var hour) || !TryNumber(text[14..16], out var minute) || !TryNumber(text[17..19], out var second)
            || year is 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var zone = text[SecondsLength..];
        var ticks = 0L;
        if (zone[0] == '.')
        {
            var digits = zone[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits is < 1 or > Digits)
            {
                return false;
            }

            for (var i = 0; i < 7; i++)
            {
                ticks = ticks * 10 + (i < digits ? zone[1 + i] - '0' : 0);
            }

            zone = zone[(1 + digits)..];
        }

        if (!TryOffset(zone, out var offset))
        {
            return false;
        }

        var local = new DateTime(year, month, day, hour, minute, second).AddTicks(ticks);
        if (local.Ticks < offset.Ticks || local.Ticks - offset.Ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        time = new DateTimeOffset(local, offset);
        return true;
    }

    /// <summary>Writes a time that <see cref="TryParse"/> takes with exactly nine digits of fraction.</summary>
    public static void WriteFixed(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write(text[..SecondsLength]);
        output.Write("."u8);
        var rest = text[SecondsLength..];
        var digits = rest[0] == '.' ? rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') : 0;
        output.Write(rest.Slice(digits > 0 ? 1 : 0, digits));
        output.Write("000000000"u8[..(Digits - digits)]);
        output.Write(digits > 0 ? rest[(1 + digits)..] : rest);
    }

    private static bool TryOffset(ReadOnlySpan<byte> zone, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (zone is [(byte)'Z'])
        {
            return true;
        }

        if (zone is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _] || !TryNumber(zone[1..3], out var hours) || !TryNumber(zone[4..6], out var minutes)
            || hours > 13 || minutes > 59)
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0);
        offset = zone[0] == '-' ? -offset : offset;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = number * 10 + (digit - '0');
        }

        return true;
    }
}
