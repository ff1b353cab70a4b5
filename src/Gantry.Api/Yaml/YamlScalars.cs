using System.Globalization;
using System.Text;

namespace Gantry.Api.Yaml;

/// <summary>Scans scalars: plain, in quotes, in blocks (YAML 1.1, chapter 9).</summary>
internal sealed class YamlScalars(YamlInput input)
{
    /// <summary>A scalar without quotes.</summary>
    /// <param name="indent">The column of the collection around it.</param>
    /// <param name="inFlow">Whether brackets or braces are around it.</param>
    /// <param name="brokeLine">Whether it ended with a line.</param>
    public YamlToken Plain(int indent, bool inFlow, out bool brokeLine)
    {
        var (start, text, gap) = (input.Mark, new StringBuilder(), new Gap());
        while (true)
        {
            if (YamlScanner.IsDocumentMark(input) || input[0] == '#')
            {
                break;
            }

            while (!input.IsBlankOrEnd() && !EndsPlain(inFlow))
            {
                gap.Join(text);
                input.Read(text);
            }

            if (!input.IsBlank() && !input.IsBreak())
            {
                break;
            }

            while (input.IsBlank() || input.IsBreak())
            {
                if (gap.HasBreak && input[0] == '\t' && input.Mark.Column <= indent)
                {
                    throw YamlError.OfScanner("found a tab character that violates indentation", input.Mark, start);
                }

                gap.Take(input);
            }

            if (!inFlow && input.Mark.Column <= indent)
            {
                break;
            }
        }

        brokeLine = gap.HasBreak;
        return new YamlToken(YamlTokenKind.Scalar, start, text.ToString(), IsPlain: true);
    }

    /// <summary>A scalar in single or double quotes.</summary>
    public YamlToken Quoted()
    {
        var (start, text, gap, quote) = (input.Mark, new StringBuilder(), new Gap(), input[0]);
        input.Skip();
        while (true)
        {
            if (YamlScanner.IsDocumentMark(input))
            {
                throw YamlError.OfScanner("found unexpected document indicator", input.Mark, start);
            }

            if (input.IsEnd())
            {
                throw YamlError.OfScanner("found unexpected end of stream", input.Mark, start);
            }

            gap.Clear();
            while (!input.IsBlankOrEnd())
            {
                if (quote == '\'' && input[0] == '\'' && input[1] == '\'')
                {
                    text.Append('\'');
                    input.Skip(2);
                }
                else if (input[0] == quote)
                {
                    break;
                }
                else if (quote == '"' && input[0] == '\\' && input.IsBreak(1))
                {
                    input.Skip();
                    input.SkipBreak();
                    gap.SwallowBreak();
                    break;
                }
                else if (quote == '"' && input[0] == '\\')
                {
                    Escape(text, start);
                }
                else
                {
                    input.Read(text);
                }
            }

            if (input[0] == quote)
            {
                break;
            }

            while (input.IsBlank() || input.IsBreak())
            {
                gap.Take(input);
            }

            gap.Join(text);
        }

        input.Skip();
        return new YamlToken(YamlTokenKind.Scalar, start, text.ToString());
    }

    /// <summary>A scalar after <c>|</c> or <c>&gt;</c>.</summary>
    /// <param name="around">The column of the collection around it; -1 for none.</param>
    public YamlToken Block(int around)
    {
        var (start, isLiteral) = (input.Mark, input[0] == '|');
        input.Skip();
        var (keep, more) = Header(start);
        var indent = more > 0 ? Math.Max(around, 0) + more : 0;
        StringBuilder text = new(), lead = new(), trail = new();
        Breaks(ref indent, around, trail, start);
        var wasBlank = false;
        while (input.Mark.Column == indent && !input.IsEnd())
        {
            var isBlank = input.IsBlank();
            if (!isLiteral && !wasBlank && !isBlank && lead is [.., _] && lead[0] == '\n')
            {
                // Lines are joined by a space where no empty ones are between them.
                text.Append(trail.Length == 0 ? " " : "");
            }
            else
            {
                text.Append(lead);
            }

            text.Append(trail);
            lead.Clear();
            trail.Clear();
            wasBlank = isBlank;
            while (!input.IsBreakOrEnd())
            {
                input.Read(text);
            }

            if (input.IsBreak())
            {
                input.ReadBreak(lead);
            }

            Breaks(ref indent, around, trail, start);
        }

        text.Append(keep >= 0 ? lead : "").Append(keep > 0 ? trail : "");
        return new YamlToken(YamlTokenKind.Scalar, start, text.ToString());
    }

    private bool EndsPlain(bool inFlow) =>
        (input[0] == ':' && input.IsBlankOrEnd(1)) || (inFlow && input[0] is ',' or '?' or '[' or ']' or '{' or '}');

    // What to do with the last line breaks (-1: drop, 1: keep all), and how much deeper the text is, if that is told.
    private (int Keep, int More) Header(YamlMark start)
    {
        var (keep, more) = (0, 0);
        for (var part = 0; part < 2; part++)
        {
            if (keep == 0 && input[0] is '+' or '-')
            {
                keep = input[0] == '+' ? 1 : -1;
                input.Skip();
            }
            else if (more == 0 && input[0] is >= '0' and <= '9')
            {
                more = input[0] - '0';
                if (more == 0)
                {
                    throw YamlError.OfScanner("found an indentation indicator equal to 0", input.Mark, start);
                }

                input.Skip();
            }
        }

        input.SkipRestOfLine(start);
        return (keep, more);
    }

    // Empty lines, and how deep the text is where that is not known yet.
    private void Breaks(ref int indent, int around, StringBuilder breaks, YamlMark start)
    {
        var deepest = 0;
        while (true)
        {
            while ((indent == 0 || input.Mark.Column < indent) && input[0] == ' ')
            {
                input.Skip();
            }

            deepest = Math.Max(deepest, input.Mark.Column);
            if ((indent == 0 || input.Mark.Column < indent) && input[0] == '\t')
            {
                throw YamlError.OfScanner("found a tab character where an indentation space is expected", input.Mark, start);
            }

            if (!input.IsBreak())
            {
                break;
            }

            input.ReadBreak(breaks);
        }

        if (indent == 0)
        {
            indent = Math.Max(Math.Max(deepest, around + 1), 1);
        }
    }

    private void Escape(StringBuilder text, YamlMark start)
    {
        var digits = 0;
        switch (input[1])
        {
            case 'x':
                digits = 2;
                break;
            case 'u':
                digits = 4;
                break;
            case 'U':
                digits = 8;
                break;
            default:
                text.Append(Escaped(input[1]) ?? throw YamlError.OfScanner("found unknown escape character", input.Mark, start));
                break;
        }

        input.Skip(2);
        if (digits == 0)
        {
            return;
        }

        var value = 0L;
        for (var at = 0; at < digits; at++)
        {
            if (input[at] > 127 || !char.IsAsciiHexDigit((char)input[at]))
            {
                throw YamlError.OfScanner("did not find expected hexdecimal number", input.Mark, start);
            }

            value = (value << 4) + int.Parse([(char)input[at]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        if (value is (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF)
        {
            throw YamlError.OfScanner("found invalid Unicode character escape code", input.Mark, start);
        }

        YamlInput.Append(text, (int)value);
        input.Skip(digits);
    }

    private static string? Escaped(int character) => character switch
    {
        '0' => "\0",
        'a' => "\a",
        'b' => "\b",
        't' or '\t' => "\t",
        'n' => "\n",
        'v' => "\v",
        'f' => "\f",
        'r' => "\r",
        'e' => "\u001b",
        ' ' => " ",
        '"' => "\"",
        '\'' => "'",
        '\\' => "\\",
        'N' => "\u0085",
        '_' => "\u00a0",
        'L' => "\u2028",
        'P' => "\u2029",
        _ => null,
    };

    /// <summary>The white space between two words: kept within a line, folded between lines.</summary>
    private sealed class Gap
    {
        private readonly StringBuilder _blanks = new();
        private readonly StringBuilder _lead = new();
        private readonly StringBuilder _trail = new();

        public bool HasBreak { get; private set; }

        public void Clear() => HasBreak = false;

        /// <summary>A break that leaves nothing behind.</summary>
        public void SwallowBreak() => HasBreak = true;

        public void Take(YamlInput input)
        {
            if (input.IsBlank())
            {
                if (HasBreak)
                {
                    input.Skip();
                }
                else
                {
                    input.Read(_blanks);
                }
            }
            else if (HasBreak)
            {
                input.ReadBreak(_trail);
            }
            else
            {
                _blanks.Clear();
                input.ReadBreak(_lead);
                HasBreak = true;
            }
        }

        public void Join(StringBuilder text)
        {
            if (!HasBreak)
            {
                text.Append(_blanks);
            }
            else if (_lead.Length > 0 && _lead[0] == '\n')
            {
                text.Append(_trail.Length == 0 ? " " : "").Append(_trail);
            }
            else
            {
                text.Append(_lead).Append(_trail);
            }

            _blanks.Clear();
            _lead.Clear();
            _trail.Clear();
            HasBreak = false;
        }
    }
}
