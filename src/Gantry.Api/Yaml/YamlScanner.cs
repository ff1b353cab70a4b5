namespace Gantry.Api.Yaml;

/// <summary>
/// Characters to tokens (YAML 1.1, chapters 5 to 9, as far as the library goes that Kubernetes reads YAML with). Whether a token begins a mapping is
/// only known when a colon follows on its line, so tokens are held back as long as one may, and what was missing is put in front of them then.
/// </summary>
internal sealed class YamlScanner
{
    private const int Deepest = 10_000;

    // A colon makes a key of what began on the same line and not too far before.
    private const int LongestKey = 1024;

    private readonly YamlInput _input;
    private readonly YamlScalars _scalars;
    private readonly YamlTags _tags;
    private readonly List<YamlToken> _tokens = [];
    private readonly Stack<int> _indents = new();
    private readonly List<PossibleKey> _keys = [default];
    private readonly Dictionary<int, int> _levels = [];
    private int _taken;
    private int _indent = -1;
    private bool _keyAllowed = true;
    private bool _ended;

    public YamlScanner(YamlInput input)
    {
        _input = input;
        _scalars = new YamlScalars(input);
        _tags = new YamlTags(input);
    }

    private bool InFlow => _keys.Count > 1;

    private int NextToken => _taken + _tokens.Count;

    /// <summary>The next token, which stays.</summary>
    /// <exception cref="YamlError">There is none.</exception>
    public YamlToken Peek()
    {
        while (_tokens.Count == 0 || MayBeKey())
        {
            Fetch();
        }

        return _tokens[0];
    }

    /// <summary>The next token, which goes. The end stays for ever.</summary>
    public YamlToken Take()
    {
        var token = Peek();
        if (token.Kind != YamlTokenKind.StreamEnd)
        {
            _tokens.RemoveAt(0);
            _taken++;
        }

        return token;
    }

    // Whether the first token held may still turn out to be a key.
    private bool MayBeKey() => _levels.TryGetValue(_taken, out var level) && IsStillPossible(level);

    private bool IsStillPossible(int level)
    {
        var key = _keys[level];
        if (!key.IsPossible)
        {
            return false;
        }

        if (key.Mark.Line >= _input.Mark.Line && key.Mark.Index + LongestKey >= _input.Mark.Index)
        {
            return true;
        }

        Forget(level);
        return false;
    }

    // What stands where a key must and was none is an error.
    private void Forget(int level)
    {
        var key = _keys[level];
        if (key is { IsPossible: true, IsRequired: true })
        {
            throw YamlError.OfScanner("could not find expected ':'", _input.Mark, key.Mark);
        }

        if (key.IsPossible)
        {
            _levels.Remove(key.Token);
            _keys[level] = key with { IsPossible = false };
        }
    }

    private void ForgetKey() => Forget(_keys.Count - 1);

    private void SaveKey()
    {
        if (_keyAllowed)
        {
            ForgetKey();
            _keys[^1] = new PossibleKey(true, !InFlow && _indent == _input.Mark.Column, NextToken, _input.Mark);
            _levels[NextToken] = _keys.Count - 1;
        }
    }

    private void Fetch()
    {
        if (_ended)
        {
            return;
        }

        SkipToToken();
        Unroll(_input.Mark.Column);
        if (_input.IsEnd())
        {
            End();
            return;
        }

        var character = _input[0];
        if (_input.Mark.Column == 0 && character == '%')
        {
            Unroll(-1);
            ForgetKey();
            _keyAllowed = false;
            _tokens.Add(_tags.Directive());
            return;
        }

        if (IsDocumentMark(_input))
        {
            Unroll(-1);
            ForgetKey();
            Indicator(character == '-' ? YamlTokenKind.DocumentStart : YamlTokenKind.DocumentEnd, false, 3);
            return;
        }

        switch (character)
        {
            case '[' or '{':
                Open(character == '[' ? YamlTokenKind.FlowSequenceStart : YamlTokenKind.FlowMappingStart);
                break;
            case ']' or '}':
                Close(character == ']' ? YamlTokenKind.FlowSequenceEnd : YamlTokenKind.FlowMappingEnd);
                break;
            case ',':
                ForgetKey();
                Indicator(YamlTokenKind.FlowEntry, true);
                break;
            case '-' when _input.IsBlankOrEnd(1):
                Entry();
                break;
            case '?' when InFlow || _input.IsBlankOrEnd(1):
                Key();
                break;
            case ':' when InFlow || _input.IsBlankOrEnd(1):
                Value();
                break;
            default:
                Content(character);
                break;
        }
    }

    private void Content(int character)
    {
        switch (character)
        {
            case '*' or '&':
                SaveKey();
                _keyAllowed = false;
                _tokens.Add(_tags.Anchor(character == '*' ? YamlTokenKind.Alias : YamlTokenKind.Anchor));
                break;
            case '!':
                SaveKey();
                _keyAllowed = false;
                _tokens.Add(_tags.Tag());
                break;
            case '|' or '>' when !InFlow:
                ForgetKey();
                _keyAllowed = true;
                _tokens.Add(_scalars.Block(_indent));
                break;
            case '\'' or '"':
                SaveKey();
                _keyAllowed = false;
                _tokens.Add(_scalars.Quoted());
                break;
            default:
                if (!BeginsPlain(character))
                {
                    throw YamlError.OfScanner("found character that cannot start any token", _input.Mark, _input.Mark);
                }

                SaveKey();
                _tokens.Add(_scalars.Plain(_indent, InFlow, out var brokeLine));
                // A scalar over several lines is no key, but what follows it may be.
                _keyAllowed = brokeLine;
                break;
        }
    }

    // Anything but indicators, or an indicator that something follows at once.
    private bool BeginsPlain(int character) => character switch
    {
        '-' => !_input.IsBlank(1),
        '?' or ':' => !InFlow && !_input.IsBlankOrEnd(1),
        ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => false,
        _ => !_input.IsBlankOrEnd(),
    };

    /// <summary>Whether <c>---</c> or <c>...</c> stands at the beginning of the line.</summary>
    internal static bool IsDocumentMark(YamlInput input) =>
        input.Mark.Column == 0 && input[0] is '-' or '.' && input[1] == input[0] && input[2] == input[0] && input.IsBlankOrEnd(3);

    private void SkipToToken()
    {
        while (true)
        {
            if (_input.Mark.Column == 0 && _input[0] == 0xFEFF)
            {
                _input.Skip();
            }

            // Tabs do not indent.
            while (_input[0] == ' ' || (_input[0] == '\t' && (InFlow || !_keyAllowed)))
            {
                _input.Skip();
            }

            if (_input[0] == '#')
            {
                _input.SkipLineText();
            }

            if (!_input.IsBreak())
            {
                return;
            }

            _input.SkipBreak();
            _keyAllowed |= !InFlow;
        }
    }

    private void End()
    {
        _input.EndLine();
        Unroll(-1);
        ForgetKey();
        _keyAllowed = false;
        _ended = true;
        _tokens.Add(new YamlToken(YamlTokenKind.StreamEnd, _input.Mark));
    }

    private void Open(YamlTokenKind kind)
    {
        SaveKey();
        _keys.Add(new PossibleKey(false, false, NextToken, _input.Mark));
        if (_keys.Count - 1 > Deepest)
        {
            throw YamlError.OfScanner($"exceeded max depth of {Deepest}", _input.Mark, _input.Mark);
        }

        Indicator(kind, true);
    }

    private void Close(YamlTokenKind kind)
    {
        ForgetKey();
        if (InFlow)
        {
            // Where nothing was within, this forgets that the whole may be a key; the library does so too.
            _levels.Remove(_keys[^1].Token);
            _keys.RemoveAt(_keys.Count - 1);
        }

        Indicator(kind, false);
    }

    private void Entry()
    {
        if (!InFlow)
        {
            Allow("block sequence entries are not allowed in this context");
            Roll(_input.Mark, -1, YamlTokenKind.BlockSequenceStart);
        }

        ForgetKey();
        Indicator(YamlTokenKind.BlockEntry, true);
    }

    private void Key()
    {
        if (!InFlow)
        {
            Allow("mapping keys are not allowed in this context");
            Roll(_input.Mark, -1, YamlTokenKind.BlockMappingStart);
        }

        ForgetKey();
        Indicator(YamlTokenKind.Key, !InFlow);
    }

    private void Value()
    {
        if (IsStillPossible(_keys.Count - 1))
        {
            var key = _keys[^1];
            Insert(key.Token - _taken, new YamlToken(YamlTokenKind.Key, key.Mark));
            Roll(key.Mark, key.Token - _taken, YamlTokenKind.BlockMappingStart);
            _keys[^1] = key with { IsPossible = false };
            _levels.Remove(key.Token);
            Indicator(YamlTokenKind.Value, false);
            return;
        }

        if (!InFlow)
        {
            Allow("mapping values are not allowed in this context");
            Roll(_input.Mark, -1, YamlTokenKind.BlockMappingStart);
        }

        Indicator(YamlTokenKind.Value, !InFlow);
    }

    private void Allow(string otherwise)
    {
        if (!_keyAllowed)
        {
            throw YamlError.OfScanner(otherwise, _input.Mark, _input.Mark);
        }
    }

    private void Indicator(YamlTokenKind kind, bool keyAllowed, int length = 1)
    {
        _keyAllowed = keyAllowed;
        _tokens.Add(new YamlToken(kind, _input.Mark));
        _input.Skip(length);
    }

    // A deeper column begins a collection.
    private void Roll(YamlMark mark, int place, YamlTokenKind kind)
    {
        if (InFlow || _indent >= mark.Column)
        {
            return;
        }

        _indents.Push(_indent);
        _indent = mark.Column;
        if (_indents.Count > Deepest)
        {
            throw YamlError.OfScanner($"exceeded max depth of {Deepest}", _input.Mark, _keys[^1].Mark);
        }

        Insert(place, new YamlToken(kind, mark));
    }

    // Among the tokens held back; at their end where its place is gone.
    private void Insert(int place, YamlToken token) => _tokens.Insert(place < 0 ? _tokens.Count : place, token);

    // One that is less deep ends those that are deeper.
    private void Unroll(int column)
    {
        while (!InFlow && _indent > column)
        {
            _tokens.Add(new YamlToken(YamlTokenKind.BlockEnd, _input.Mark));
            _indent = _indents.Pop();
        }
    }

    /// <summary>A token that a colon may make a key of.</summary>
    private readonly record struct PossibleKey(bool IsPossible, bool IsRequired, int Token, YamlMark Mark);
}
