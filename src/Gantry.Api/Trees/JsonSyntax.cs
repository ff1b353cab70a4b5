using System.Globalization;
using System.Text;

namespace Gantry.Api.Trees;

/// <summary>Says what is wrong with malformed JSON in the words of Go's scanner. Only asked after a parse has failed.</summary>
public static class JsonSyntax
{
    /// <summary>The error text, or null when the text is well-formed as far as Go's scanner goes.</summary>
    public static string? Explain(ReadOnlySpan<byte> json)
    {
        var scan = new Scan(json);
        return scan.Whole();
    }

    private ref struct Scan(ReadOnlySpan<byte> json)
    {
        private readonly ReadOnlySpan<byte> _json = json;
        private int _at;
        private int _depth;

        private readonly bool AtEnd => _at >= _json.Length;

        // Go's scanner ends by a space, which is wrong in the middle of a word or number.
        private readonly byte Here => AtEnd ? (byte)' ' : _json[_at];

        public string? Whole()
        {
            var error = Value("looking for beginning of value");
            if (error is null && Peek() is { } extra)
            {
                error = Invalid(extra, "after top-level value");
            }
            return error;
        }

        private static string Invalid(byte found, string context) => $"invalid character {Quote(found)} {context}";

        // A byte is a character of Latin-1 to Go here.
        private static string Quote(byte found) => found switch
        {
            (byte)'\'' => "'\\''",
            (byte)'"' => "'\"'",
            (byte)'\\' => "'\\\\'",
            7 => "'\\a'",
            8 => "'\\b'",
            (byte)'\t' => "'\\t'",
            (byte)'\n' => "'\\n'",
            11 => "'\\v'",
            12 => "'\\f'",
            (byte)'\r' => "'\\r'",
            < 32 or 127 => "'\\x" + found.ToString("x2", CultureInfo.InvariantCulture) + "'",
            (> 127 and <= 0xa0) or 0xad => "'\\u00" + found.ToString("x2", CultureInfo.InvariantCulture) + "'",
            _ => "'" + Encoding.Latin1.GetString([found]) + "'",
        };

        private byte? Peek()
        {
            while (!AtEnd && _json[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                _at++;
            }
            return AtEnd ? null : _json[_at];
        }

        private string? Value(string context)
        {
            if (++_depth > TreeJson.MaxDepth)
            {
                return "exceeded max depth";
            }
            var error = Peek() switch
            {
                null => "unexpected end of JSON input",
                (byte)'{' => Object(),
                (byte)'[' => Array(),
                (byte)'"' => Text(),
                (byte)'t' => Word("true"),
                (byte)'f' => Word("false"),
                (byte)'n' => Word("null"),
                (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(),
                { } other => Invalid(other, context),
            };
            _depth--;
            return error;
        }

        private string? Object()
        {
            _at++;
            for (var first = true; ; first = false)
            {
                switch (Peek())
                {
                    case null:
                        return "unexpected end of JSON input";
                    case (byte)'}' when first:
                        _at++;
                        return null;
                    case (byte)'"':
                        break;
                    case { } other:
                        return Invalid(other, "looking for beginning of object key string");
                }
                if (Text() is { } keyError)
                {
                    return keyError;
                }
                if (Expect(':', "after object key") is { } colonError)
                {
                    return colonError;
                }
                if (Value("looking for beginning of value") is { } valueError)
                {
                    return valueError;
                }
                var error = Separator('}', "after object key:value pair", out var done);
                if (error is not null || done)
                {
                    return error;
                }
            }
        }

        private string? Array()
        {
            _at++;
            if (Peek() == (byte)']')
            {
                _at++;
                return null;
            }
            while (true)
            {
                if (Value("looking for beginning of value") is { } valueError)
                {
                    return valueError;
                }
                var error = Separator(']', "after array element", out var done);
                if (error is not null || done)
                {
                    return error;
                }
            }
        }

        // A comma (go on) or the closing character (done).
        private string? Separator(char close, string context, out bool done)
        {
            done = false;
            switch (Peek())
            {
                case null:
                    return "unexpected end of JSON input";
                case (byte)',':
                    _at++;
                    return null;
                case { } found when found == close:
                    _at++;
                    done = true;
                    return null;
                case { } other:
                    return Invalid(other, context);
            }
        }

        private string? Expect(char wanted, string context)
        {
            if (Peek() is not { } found)
            {
                return "unexpected end of JSON input";
            }
            if (found != wanted)
            {
                return Invalid(found, context);
            }
            _at++;
            return null;
        }

        private string? Text()
        {
            for (_at++; !AtEnd; _at++)
            {
                var c = _json[_at];
                if (c == '"')
                {
                    _at++;
                    return null;
                }
                if (c < 32)
                {
                    return Invalid(c, "in string literal");
                }
                if (c != '\\')
                {
                    continue;
                }
                _at++;
                if (Here == 'u')
                {
                    for (var i = 0; i < 4; i++)
                    {
                        _at++;
                        if (!char.IsAsciiHexDigit((char)Here))
                        {
                            return Invalid(Here, "in \\u hexadecimal character escape");
                        }
                    }
                }
                else if (!"\"\\/bfnrt".Contains((char)Here, StringComparison.Ordinal))
                {
                    return Invalid(Here, "in string escape code");
                }
            }
            return "unexpected end of JSON input";
        }

        private string? Word(string word)
        {
            for (var i = 0; i < word.Length; i++, _at++)
            {
                if (Here != word[i])
                {
                    return Invalid(Here, $"in literal {word} (expecting '{word[i]}')");
                }
            }
            return null;
        }

        private string? Number()
        {
            if (_json[_at] == '-')
            {
                _at++;
                if (Digit("in numeric literal") is { } sign)
                {
                    return sign;
                }
            }
            if (_json[_at] == '0')
            {
                _at++;
            }
            else
            {
                Digits();
            }
            if (!AtEnd && _json[_at] == '.')
            {
                _at++;
                if (Digit("after decimal point in numeric literal") is { } point)
                {
                    return point;
                }
                Digits();
            }
            if (!AtEnd && _json[_at] is (byte)'e' or (byte)'E')
            {
                _at++;
                if (!AtEnd && _json[_at] is (byte)'+' or (byte)'-')
                {
                    _at++;
                }
                if (Digit("in exponent of numeric literal") is { } exponent)
                {
                    return exponent;
                }
                Digits();
            }
            return null;
        }

        private readonly string? Digit(string context) => char.IsAsciiDigit((char)Here) ? null : Invalid(Here, context);

        private void Digits()
        {
            while (!AtEnd && char.IsAsciiDigit((char)_json[_at]))
            {
                _at++;
            }
        }
    }
}
