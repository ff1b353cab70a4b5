using System.Text;

namespace Gantry.Api.Yaml;

/// <summary>
/// The characters of a text. Bytes are checked some hundred ahead of the place that is read, so that a forbidden one is told of before what is wrong
/// with the text in front of it, as by the library that Kubernetes reads YAML with.
/// </summary>
internal sealed class YamlInput
{
    private const int Ahead = 512;

    private readonly ReadOnlyMemory<byte> _bytes;
    private int[] _characters;
    private int _count;
    private int _byte;

    /// <param name="bytes">UTF-8, or UTF-16 with a byte order mark.</param>
    /// <exception cref="YamlError">Its beginning is no text.</exception>
    public YamlInput(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes.Span switch
        {
            [0xEF, 0xBB, 0xBF, ..] => bytes[3..],
            [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.Span[2..])),
            [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.Span[2..])),
            _ => bytes,
        };
        _characters = new int[Math.Min(_bytes.Length, Ahead) + 1];
    }

    public YamlMark Mark { get; private set; }

    /// <summary>The character that comes so many after the present one; 0 behind the end.</summary>
    /// <exception cref="YamlError">Something up to there is no text.</exception>
    public int this[int offset]
    {
        get
        {
            var at = Mark.Index + offset;
            return at < _count ? _characters[at] : Further(at);
        }
    }

    public bool IsEnd(int offset = 0) => this[offset] == 0;

    public bool IsBlank(int offset = 0) => this[offset] is ' ' or '\t';

    public bool IsBreak(int offset = 0) => this[offset] is '\n' or '\r' or 0x85 or 0x2028 or 0x2029;

    public bool IsBreakOrEnd(int offset = 0) => IsBreak(offset) || IsEnd(offset);

    public bool IsBlankOrEnd(int offset = 0) => IsBlank(offset) || IsBreakOrEnd(offset);

    /// <summary>Letters, digits, <c>_</c> and <c>-</c>.</summary>
    public bool IsWord() => this[0] is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_' or '-';

    public void Skip(int count = 1) => Mark = new YamlMark(Mark.Index + count, Mark.Line, Mark.Column + count);

    public void SkipBlanks()
    {
        while (IsBlank())
        {
            Skip();
        }
    }

    /// <summary>Whatever is left of the line, but not its break.</summary>
    public void SkipLineText()
    {
        while (!IsBreakOrEnd())
        {
            Skip();
        }
    }

    /// <summary>What may stand behind the last word of a line: blanks, a comment, the break.</summary>
    /// <param name="context">Where the token of that word began.</param>
    /// <exception cref="YamlError">Something else stands there.</exception>
    public void SkipRestOfLine(YamlMark context)
    {
        SkipBlanks();
        if (this[0] == '#')
        {
            SkipLineText();
        }

        if (!IsBreakOrEnd())
        {
            throw YamlError.OfScanner("did not find expected comment or line break", Mark, context);
        }

        if (IsBreak())
        {
            SkipBreak();
        }
    }

    public void SkipBreak() => Mark = new YamlMark(Mark.Index + (this[0] == '\r' && this[1] == '\n' ? 2 : 1), Mark.Line + 1, 0);

    /// <summary>Takes a character over.</summary>
    public void Read(StringBuilder into)
    {
        Append(into, this[0]);
        Skip();
    }

    /// <summary>Takes a line break over, most of them as a line feed.</summary>
    public void ReadBreak(StringBuilder into)
    {
        Append(into, this[0] is 0x2028 or 0x2029 ? this[0] : '\n');
        SkipBreak();
    }

    /// <summary>Where the end of a text stands: on a line of its own.</summary>
    public void EndLine()
    {
        if (Mark.Column != 0)
        {
            Mark = new YamlMark(Mark.Index, Mark.Line + 1, 0);
        }
    }

    public static void Append(StringBuilder into, int character)
    {
        if (character <= char.MaxValue)
        {
            into.Append((char)character);
            return;
        }

        Span<char> pair = stackalloc char[2];
        into.Append(pair[..new Rune(character).EncodeToUtf16(pair)]);
    }

    private int Further(int at)
    {
        while (at >= _count && _byte < _bytes.Length)
        {
            Decode();
        }

        return at < _count ? _characters[at] : 0;
    }

    private void Decode()
    {
        var end = Math.Min(_bytes.Length, _byte + Ahead);
        if (_characters.Length < _count + Ahead)
        {
            Array.Resize(ref _characters, Math.Max(_count + Ahead, _characters.Length * 2));
        }

        for (var bytes = _bytes.Span; _byte < end;)
        {
            var width = Width(bytes[_byte]);
            if (width == 0)
            {
                throw YamlError.OfInput("invalid leading UTF-8 octet");
            }

            if (_byte + width > bytes.Length)
            {
                throw YamlError.OfInput("incomplete UTF-8 octet sequence");
            }

            _characters[_count++] = Character(bytes.Slice(_byte, width));
            _byte += width;
        }
    }

    /// <summary>How many bytes a character has that begins with this one; 0 where none does.</summary>
    public static int Width(byte leading) =>
        (leading & 0x80) == 0 ? 1 : (leading & 0xE0) == 0xC0 ? 2 : (leading & 0xF0) == 0xE0 ? 3 : (leading & 0xF8) == 0xF0 ? 4 : 0;

    private static int Character(ReadOnlySpan<byte> bytes)
    {
        var value = bytes.Length == 1 ? bytes[0] : bytes[0] & (0xFF >> (bytes.Length + 1));
        foreach (var octet in bytes[1..])
        {
            if ((octet & 0xC0) != 0x80)
            {
                throw YamlError.OfInput("invalid trailing UTF-8 octet");
            }

            value = (value << 6) + (octet & 0x3F);
        }

        if (value < bytes.Length switch { 1 => 0, 2 => 0x80, 3 => 0x800, _ => 0x10000 })
        {
            throw YamlError.OfInput("invalid length of a UTF-8 sequence");
        }

        if (value is (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF)
        {
            throw YamlError.OfInput("invalid Unicode character");
        }

        return value is '\t' or '\n' or '\r' or (>= 0x20 and <= 0x7E) or 0x85 or (>= 0xA0 and <= 0xFFFD) or >= 0x10000
            ? value : throw YamlError.OfInput("control characters are not allowed");
    }
}
