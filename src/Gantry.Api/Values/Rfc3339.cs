namespace Gantry.Api;

/// <summary>Reads one RFC 3339 text and words its errors as Go's time package does.</summary>
internal ref struct Rfc3339(string text, string layout)
{
    private ReadOnlySpan<char> _rest = text;
    private string? _error;

    public string? Read(out DateTimeOffset time)
    {
        time = default;
        var year = Field(4, "2006", 0, 9999, "");
        Literal("-");
        var month = Field(2, "01", 1, 12, "month");
        Literal("-");
        var day = Field(2, "02", 0, 31, "day");
        Literal("T");
        var hour = Field(2, "15", 0, 23, "hour");
        Literal(":");
        var minute = Field(2, "04", 0, 59, "minute");
        Literal(":");
        var second = Field(2, "05", 0, 59, "second");
        var ticks = Fraction();
        var offset = Offset();
        if (_error is null && !_rest.IsEmpty)
        {
            _error = $"parsing time {Quoted(text)}: extra text: {Quoted(_rest)}";
        }
        if (_error is null && (day < 1 || day > DateTime.DaysInMonth(Math.Max(1, year), month)))
        {
            _error = $"parsing time {Quoted(text)}: day out of range";
        }
        if (_error is null)
        {
            // Year 0 and what an offset moves out of the range of DateTimeOffset is held at its ends.
            var local = new DateTime(Math.Max(1, year), month, day, hour, minute, second, DateTimeKind.Unspecified).AddTicks(ticks);
            var utc = Math.Clamp(local.Ticks - (offset * TimeSpan.TicksPerMinute), 0, DateTime.MaxValue.Ticks);
            time = new DateTimeOffset(utc, TimeSpan.Zero);
        }
        return _error;
    }

    private static string Quoted(ReadOnlySpan<char> part) => $"\"{part}\"";

    private int Field(int length, string element, int min, int max, string name)
    {
        if (_error is not null)
        {
            return min;
        }
        var value = 0;
        for (var i = 0; i < length; i++)
        {
            if (i >= _rest.Length || !char.IsAsciiDigit(_rest[i]))
            {
                Fail(element);
                return min;
            }
            value = (value * 10) + (_rest[i] - '0');
        }
        _rest = _rest[length..];
        if (value < min || value > max)
        {
            _error = $"parsing time {Quoted(text)}: {name} out of range";
            return min;
        }
        return value;
    }

    private void Literal(string expected)
    {
        if (_error is not null)
        {
            return;
        }
        if (!_rest.StartsWith(expected, StringComparison.Ordinal))
        {
            Fail(expected);
            return;
        }
        _rest = _rest[expected.Length..];
    }

    private long Fraction()
    {
        if (_error is not null || _rest.Length < 2 || _rest[0] is not ('.' or ',') || !char.IsAsciiDigit(_rest[1]))
        {
            if (_error is null && layout == ApiTimes.MicroTimeLayout)
            {
                Fail(".000000");
            }
            return 0;
        }
        long ticks = 0;
        var digits = 0;
        var at = 1;
        for (; at < _rest.Length && char.IsAsciiDigit(_rest[at]); at++)
        {
            if (digits++ < 7)
            {
                ticks = (ticks * 10) + (_rest[at] - '0');
            }
        }
        if (layout == ApiTimes.MicroTimeLayout && digits != 6)
        {
            // That layout takes exactly six digits.
            if (digits < 6)
            {
                Fail(".000000");
                return 0;
            }
            ticks = ticks / 10 * 10;
            at = 7;
            digits = 7;
        }
        for (; digits < 7; digits++)
        {
            ticks *= 10;
        }
        _rest = _rest[at..];
        return ticks;
    }

    // Minutes east of Greenwich.
    private int Offset()
    {
        if (_error is not null)
        {
            return 0;
        }
        if (_rest.StartsWith("Z", StringComparison.Ordinal))
        {
            _rest = _rest[1..];
            return 0;
        }
        if (_rest.Length < 6 || _rest[0] is not ('+' or '-') || _rest[3] != ':'
            || !int.TryParse(_rest.Slice(1, 2), out var hours) || !int.TryParse(_rest.Slice(4, 2), out var minutes))
        {
            Fail("Z07:00");
            return 0;
        }
        if (hours > 24 || minutes >= 60)
        {
            _error = $"parsing time {Quoted(text)}: time zone offset {(hours > 24 ? "hour" : "minute")} out of range";
            return 0;
        }
        var sign = _rest[0] == '-' ? -1 : 1;
        _rest = _rest[6..];
        return sign * ((hours * 60) + minutes);
    }

    private void Fail(string element) => _error = $"parsing time {Quoted(text)} as {Quoted(layout)}: cannot parse {Quoted(_rest)} as {Quoted(element)}";
}
