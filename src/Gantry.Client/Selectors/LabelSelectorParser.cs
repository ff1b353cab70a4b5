using System.Diagnostics.CodeAnalysis;

namespace Gantry.Client.Selectors;

/// <summary>A recursive-descent reader of selector text.</summary>
internal sealed class LabelSelectorParser
{
    private readonly string _text;
    private int _at;
    private string? _error;

    public LabelSelectorParser(string text)
    {
        _text = text;
    }

    public bool TryParse([NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error)
    {
        selector = null;
        var requirements = new List<LabelRequirement>();
        Skip();
        while (_at < _text.Length && _error is null)
        {
            if (Requirement() is { } requirement)
            {
                requirements.Add(requirement);
            }

            Skip();
            if (_at < _text.Length && _error is null)
            {
                if (_text[_at] != ',')
                {
                    Fail($"found '{Word()}', expected: ',' or 'end of string'");
                    break;
                }

                _at++;
                Skip();
                if (_at == _text.Length)
                {
                    Fail("found '', expected: identifier after ','");
                }
            }
        }

        error = _error is null ? null : $"unable to parse requirement: {_error}";
        if (error is not null)
        {
            return false;
        }

        requirements.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        selector = requirements.Count == 0 ? LabelSelector.Everything : new LabelSelector(requirements);
        return true;
    }

    private LabelRequirement? Requirement()
    {
        if (_text[_at] == '!')
        {
            _at++;
            Skip();
            return Key() is { } absent ? new LabelRequirement(absent, LabelOperator.DoesNotExist, []) : null;
        }

        if (Key() is not { } key)
        {
            return null;
        }

        Skip();
        if (_at == _text.Length || _text[_at] == ',')
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        var sign = Sign();
        switch (sign)
        {
            case "=" or "==":
                return Value() is { } equal ? new LabelRequirement(key, LabelOperator.In, [equal]) : null;
            case "!=":
                return Value() is { } unequal ? new LabelRequirement(key, LabelOperator.NotIn, [unequal]) : null;
            case ">" or "<":
                if (Value() is not { } limit)
                {
                    return null;
                }

                if (!long.TryParse(limit, out _))
                {
                    return Fail("for 'Gt', 'Lt' operators, the value must be an integer");
                }

                return new LabelRequirement(key, sign == ">" ? LabelOperator.GreaterThan : LabelOperator.LessThan, [limit]);
        }

        var word = Word();
        if (word is not ("in" or "notin"))
        {
            return Fail($"found '{word}', expected: in, notin, =, ==, !=, gt, lt");
        }

        _at += word.Length;
        return Set() is { } values ? new LabelRequirement(key, word == "in" ? LabelOperator.In : LabelOperator.NotIn, values) : null;
    }

    private List<string>? Set()
    {
        Skip();
        if (_at == _text.Length || _text[_at] != '(')
        {
            _ = Fail($"found '{Word()}', expected: '('");
            return null;
        }

        _at++;
        var values = new List<string>();
        while (true)
        {
            Skip();
            var value = Word();
            _at += value.Length;
            if (!CheckValue(value))
            {
                return null;
            }

            values.Add(value);
            Skip();
            if (_at == _text.Length)
            {
                _ = Fail("found '', expected: ',' or ')'");
                return null;
            }

            var next = _text[_at++];
            if (next == ')')
            {
                return values;
            }

            if (next != ',')
            {
                _ = Fail($"found '{next}', expected: ',' or ')'");
                return null;
            }
        }
    }

    private string? Key()
    {
        var word = Word();
        _at += word.Length;
        if (word.Length == 0)
        {
            var found = _at < _text.Length ? _text[_at].ToString() : "";
            _ = Fail($"found '{found}', expected: identifier");
            return null;
        }

        if (LabelNames.CheckKey(word) is { } wrong)
        {
            _ = Fail($"<nil>: Invalid value: \"{word}\": {wrong}");
            return null;
        }

        return word;
    }

    private string? Value()
    {
        Skip();
        var word = Word();
        _at += word.Length;
        return CheckValue(word) ? word : null;
    }

    private bool CheckValue(string value)
    {
        if (LabelNames.CheckValue(value) is { } wrong)
        {
            _ = Fail($"values[0][]: Invalid value: \"{value}\": {wrong}");
            return false;
        }

        return true;
    }

    private string Sign()
    {
        foreach (var sign in (ReadOnlySpan<string>)["==", "!=", "=", ">", "<"])
        {
            if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0)
            {
                _at += sign.Length;
                return sign;
            }
        }

        return "";
    }

    private string Word()
    {
        var end = _at;
        while (end < _text.Length && !char.IsWhiteSpace(_text[end]) && !"=!(),<>".Contains(_text[end]))
        {
            end++;
        }

        return _text[_at..end];
    }

    private void Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private LabelRequirement? Fail(string error)
    {
        _error ??= error;
        return null;
    }
}
