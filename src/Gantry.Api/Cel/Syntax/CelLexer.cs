namespace Gantry.Api.Cel.Syntax;

/// <summary>Splits a text into tokens; blanks and comments (<c>//</c> to the end of the line) are left out.</summary>
internal sealed class CelLexer(string text, List<CelError> errors)
{
    private static readonly string[] Pairs = ["&&", "||", "==", "!=", "<=", ">="];

    private readonly string _text = text;
    private int _at;

    public List<CelToken> Read()
    {
        var tokens = new List<CelToken>();
        while (true)
        {
            SkipBlanks();
            if (_at == _text.Length)
            {
                tokens.Add(new(CelTokenKind.End, _at, "<EOF>"));
                return tokens;
            }
            if (Next() is { } token)
            {
                tokens.Add(token);
            }
        }
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (_text.AsSpan(_at).StartsWith("//", StringComparison.Ordinal))
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private void Unrecognised(int start, int end)
    {
        errors.Add(CelError.At($"Syntax error: token recognition error at: '{_text[start..end]}'", _text, start));
        _at = end;
    }

    // Null where there is no token; the error is told.
    private CelToken? Next()
    {
        var start = _at;
        var c = _text[_at];
        if (CelLiteral.PrefixLength(_text, _at) is var prefix and >= 0)
        {
            if (CelLiteral.Read(_text, ref _at, prefix, out var value))
            {
                return new(CelTokenKind.Text, start, _text[start.._at], value);
            }
            if (prefix > 0)
            {
                // The letters alone are a name.
                _at = start + prefix;
                return new(CelTokenKind.Name, start, _text[start.._at]);
            }
            Unrecognised(start, _at);
            return null;
        }
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }
            return new(CelTokenKind.Name, start, _text[start.._at]);
        }
        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])))
        {
            return Number();
        }
        foreach (var pair in Pairs)
        {
            if (_text.AsSpan(_at).StartsWith(pair, StringComparison.Ordinal))
            {
                _at += 2;
                return new(CelTokenKind.Operator, start, pair);
            }
        }
        if (!"()[]{}.,:?+-*/%!<>".Contains(c, StringComparison.Ordinal))
        {
            // Of a sign that only stands in pairs, what is behind it is looked at as well.
            var end = start + (char.IsSurrogatePair(_text, start) ? 2 : c is '=' or '&' or '|' ? 2 : 1);
            Unrecognised(start, Math.Min(end, _text.Length));
            return null;
        }
        _at++;
        return new(CelTokenKind.Operator, start, c.ToString());
    }

    private CelToken Number()
    {
        var start = _at;
        var kind = CelTokenKind.Int;
        if (_text[_at] == '0' && _at + 2 < _text.Length && _text[_at + 1] is 'x' && char.IsAsciiHexDigit(_text[_at + 2]))
        {
            _at += 2;
            while (_at < _text.Length && char.IsAsciiHexDigit(_text[_at]))
            {
                _at++;
            }
        }
        else
        {
            Digits();
            if (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
            {
                kind = CelTokenKind.Double;
                _at++;
                Digits();
            }
            if (Exponent())
            {
                kind = CelTokenKind.Double;
            }
        }
        var spelling = _text[start.._at];
        if (kind == CelTokenKind.Int && _at < _text.Length && _text[_at] is ('u' or 'U'))
        {
            _at++;
            kind = CelTokenKind.Uint;
        }
        return new(kind, start, spelling);
    }

    private bool Exponent()
    {
        var at = _at;
        if (at == _text.Length || _text[at] is not ('e' or 'E'))
        {
            return false;
        }
        at++;
        at += at < _text.Length && _text[at] is ('+' or '-') ? 1 : 0;
        if (at == _text.Length || !char.IsAsciiDigit(_text[at]))
        {
            return false;
        }
        _at = at;
        Digits();
        return true;
    }

    private void Digits()
    {
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }
    }
}
