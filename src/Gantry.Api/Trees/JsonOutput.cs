using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Gantry.Api.Trees;

/// <summary>Grows a pooled buffer of UTF-8 JSON. Strings are escaped as Go's encoder does it, so that the bytes are those of the Go server.</summary>
internal sealed class JsonOutput : IDisposable
{
    // Everything that Go's encoder escapes and that can start with these: control characters, quotes, HTML's special ones, and U+2028 and U+2029.
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\<>&\u2028\u2029" + string.Concat(Enumerable.Range(0, 32).Select(i => (char)i)) + string.Concat(Enumerable.Range(0xD800, 0x800).Select(i => (char)i)));

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Forgets what was written; the buffer stays.</summary>
    public void Clear() => _length = 0;

    public void Byte(char ascii)
    {
        if (_length == _buffer.Length)
        {
            Grow(1);
        }
        _buffer[_length++] = (byte)ascii;
    }

    /// <summary>A member of an object: a comma unless it is the first, its name, and a colon.</summary>
    public void Name(string name, ref bool first)
    {
        if (!first)
        {
            Byte(',');
        }
        first = false;
        String(name);
        Byte(':');
    }

    /// <summary>A member of an object with its value.</summary>
    public void Member(string name, Tree value, ref bool first)
    {
        Name(name, ref first);
        TreeJson.Write(this, value);
    }

    public void Ascii(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
    }

    public void Integer(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out var written);
        _length += written;
    }

    /// <summary>The shortest text that reads back the same, with an exponent where Go uses one (below 1e-6 and from 1e21 on).</summary>
    public void Float(double value)
    {
        if (!double.IsFinite(value))
        {
            Ascii("null"u8);
            return;
        }
        var size = Math.Abs(value);
        string text;
        if (size != 0 && (size < 1e-6 || size >= 1e21))
        {
            text = value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
            text = text.Replace("e-0", "e-", StringComparison.Ordinal);
        }
        else
        {
            text = value.ToString("R", CultureInfo.InvariantCulture);
            if (text.Contains('E', StringComparison.Ordinal))
            {
                text = decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
            }
        }
        var room = Room(text.Length);
        _length += Encoding.UTF8.GetBytes(text, room);
    }

    public void String(ReadOnlySpan<char> text)
    {
        Byte('"');
        while (true)
        {
            var at = text.IndexOfAny(Escaped);
            var plain = at < 0 ? text : text[..at];
            var room = Room(plain.Length * 3);
            _length += Encoding.UTF8.GetBytes(plain, room);
            if (at < 0)
            {
                break;
            }
            text = text[(at + Escape(text[at..]))..];
        }
        Byte('"');
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    // Writes the first character of the text, and says how many UTF-16 units it took.
    private int Escape(ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case '"':
                Ascii("\\\""u8);
                return 1;
            case '\\':
                Ascii("\\\\"u8);
                return 1;
            case '\n':
                Ascii("\\n"u8);
                return 1;
            case '\r':
                Ascii("\\r"u8);
                return 1;
            case '\t':
                Ascii("\\t"u8);
                return 1;
            case '\b':
                Ascii("\\b"u8);
                return 1;
            case '\f':
                Ascii("\\f"u8);
                return 1;
        }
        if (char.IsSurrogate(text[0]))
        {
            if (text.Length > 1 && char.IsSurrogatePair(text[0], text[1]))
            {
                _length += Encoding.UTF8.GetBytes(text[..2], Room(4));
                return 2;
            }
            Ascii("\\ufffd"u8);
            return 1;
        }
        Ascii("\\u"u8);
        Span<byte> hex = Room(4);
        for (var i = 0; i < 4; i++)
        {
            hex[i] = (byte)"0123456789abcdef"[(text[0] >> (12 - (4 * i))) & 15];
        }
        _length += 4;
        return 1;
    }

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Grow(bytes);
        }
        return _buffer.AsSpan(_length);
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
