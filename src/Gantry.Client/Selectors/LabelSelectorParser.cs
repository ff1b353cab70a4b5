using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gantry.Client.Selectors;

/// <summary>A recursive-descent reader of selector text. Its complaints are, word for word, those that users know.</summary>
internal sealed class LabelSelectorParser
{
    private readonly IReadOnlyList<string> _tokens;
    private int _at;
    private string? _error;

    public LabelSelectorParser(string text)
    {
        _tokens = LabelSelectorTokens.Of(text);
    }

    // Empty at the end.
    private string Token => _at < _tokens.Count ? _tokens[_at] : "";

    private bool IsEnd => _at >= _tokens.Count;

    public bool TryParse([NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error)
    {
        selector = null;
        var requirements = new List<LabelRequirement>();
        while (!IsEnd && _error is null)
        {
            if (Token != "!" && !IsWord)
            {
                Fail($"found '{Token}', expected: !, identifier, or 'end of string'");
                break;
            }

            if (Requirement() is not { } requirement)
            {
                _error = "unable to parse requirement: " + _error;
                break;
            }

            requirements.Add(requirement);
            Follow();
        }

        error = _error;
        if (error is not null)
        {
            return false;
        }

        requirements.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        selector = requirements.Count == 0 ? LabelSelector.Everything : new LabelSelector(requirements);
        return true;
    }

    private bool IsWord => !IsEnd && !LabelSelectorTokens.IsSpecial(Token[0]);

    private void Follow()
    {
        if (IsEnd)
        {
            return;
        }

        if (Token != ",")
        {
            Fail($"found '{Token}', expected: ',' or 'end of string'");
            return;
        }

        _at++;
        if (!IsWord && Token != "!")
        {
            Fail($"found '{Token}', expected: identifier after ','");
        }
    }

    private LabelRequirement? Requirement()
    {
        var absent = Token == "!";
        _at += absent ? 1 : 0;
        if (Key() is not { } key)
        {
            return null;
        }

        if (absent || IsEnd || Token == ",")
        {
            return new LabelRequirement(key, absent ? LabelOperator.DoesNotExist : LabelOperator.Exists, []);
        }

        var sign = Token;
        _at++;
        LabelOperator? found = sign switch
        {
            "in" or "=" or "==" => LabelOperator.In,
            "notin" or "!=" => LabelOperator.NotIn,
            ">" => LabelOperator.GreaterThan,
            "<" => LabelOperator.LessThan,
            _ => null,
        };
        if (found is not { } comparison)
        {
            Fail($"found '{sign}', expected: in, notin, =, ==, !=, gt, lt");
            return null;
        }

        return (sign is "in" or "notin" ? Set() : Value()) is { } values && CheckValues(key, comparison, values)
            ? new LabelRequirement(key, comparison, values) : null;
    }

    private string? Key()
    {
        var word = Token;
        if (!IsWord)
        {
            Fail($"found '{word}', expected: identifier");
            return null;
        }

        _at++;
        if (LabelNames.CheckKey(word) is { } wrong)
        {
            Fail($"<nil>: Invalid value: \"{word}\": {wrong}");
            return null;
        }

        return word;
    }

    private List<string>? Value()
    {
        if (IsEnd || Token == ",")
        {
            return [""];
        }

        var word = Token;
        if (!IsWord)
        {
            Fail($"found '{word}', expected: identifier");
            return null;
        }

        _at++;
        return [word];
    }

    private List<string>? Set()
    {
        if (Token != "(")
        {
            Fail($"found '{Token}' expected: '('");
            return null;
        }

        _at++;
        if (Token == ")")
        {
            _at++;
            return [""];
        }

        if (!IsWord && Token != ",")
        {
            Fail($"found '{Token}', expected: ',', ')' or identifier");
            return null;
        }

        return Members();
    }

    // Members may be empty: "(,a)" holds the empty text and a.
    private List<string>? Members()
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        var first = true;
        while (true)
        {
            if (IsWord)
            {
                values.Add(Token);
                _at++;
            }
            else if (Token is "," or ")")
            {
                values.Add("");
            }
            else
            {
                Fail($"found '{Token}', expected: ',', or identifier");
                return null;
            }

            if (Token == ")")
            {
                _at++;
                return [.. values];
            }

            if (Token != ",")
            {
                Fail(first && IsEnd ? "found '', expected: ',' or ')'" : $"found '{Token}', expected: ',' or ')'");
                return null;
            }

            first = false;
            _at++;
        }
    }

    private bool CheckValues(string key, LabelOperator comparison, List<string> values)
    {
        var wrong = new List<string>();
        if (comparison is LabelOperator.GreaterThan or LabelOperator.LessThan
            && !long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            wrong.Add($"values[0]: Invalid value: \"{values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer");
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (LabelNames.CheckValue(values[i]) is { } rule)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"values[{i}][{key}]: Invalid value: \"{values[i]}\": {rule}"));
            }
        }

        if (wrong.Count > 0)
        {
            Fail(wrong.Count == 1 ? wrong[0] : "[" + string.Join(", ", wrong) + "]");
        }

        return wrong.Count == 0;
    }

    private void Fail(string error) => _error ??= error;
}
