using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>Reads templates: text, and paths in braces.</summary>
internal sealed class JsonPathParser
{
    private const char End = '\uFFFF';

    // Brackets and parentheses that open in each other are read by calls of calls.
    private const int MaximumDepth = 32;

    private readonly string _text;
    private readonly int _depth;
    private int _at;

    private JsonPathParser(string text, int depth)
    {
        _text = text;
        _depth = depth;
    }

    private char Current => _at < _text.Length ? _text[_at] : End;

    /// <summary>The parts of a template.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<JsonPathNode> Template(string text) => new JsonPathParser(text, 0).Template();

    private List<JsonPathNode> Template()
    {
        if (_depth > MaximumDepth)
        {
            throw new FormatException("paths stand too deep in each other");
        }

        var parts = new List<JsonPathNode>();
        while (_at < _text.Length)
        {
            var open = _text.IndexOf('{', _at);
            var end = open < 0 ? _text.Length : open;
            if (end > _at)
            {
                parts.Add(new JsonPathNode.Text(_text[_at..end]));
            }

            _at = end;
            if (open >= 0)
            {
                _at++;
                parts.Add(Braces());
            }
        }

        return parts;
    }

    private JsonPathNode.Chain Braces()
    {
        var steps = new List<JsonPathNode>();
        while (Current != '}')
        {
            if (_text.AsSpan(_at).StartsWith("[?(", StringComparison.Ordinal))
            {
                steps.Add(Filter());
            }
            else if (_text.AsSpan(_at).StartsWith("..", StringComparison.Ordinal))
            {
                Descend(steps);
            }
            else
            {
                Step(steps);
            }
        }

        _at++;
        return new JsonPathNode.Chain(steps);
    }

    private void Step(List<JsonPathNode> steps)
    {
        switch (Current)
        {
            case End or '\r' or '\n':
                throw new FormatException("unclosed action");
            case ' ' or '@' or '$':
                _at++;
                break;
            case '[':
                Brackets(steps);
                break;
            case '"' or '\'':
                steps.Add(Quoted());
                break;
            case '.':
                _at++;
                steps.Add(Member());
                break;
            case '+' or '-':
            case var digit when char.IsDigit(digit):
                steps.Add(Number());
                break;
            case var letter when letter == '_' || char.IsLetter(_text, _at):
                steps.Add(Word());
                break;
            default:
                throw new FormatException("unrecognized character in action");
        }
    }

    private void Descend(List<JsonPathNode> steps)
    {
        if (steps is [.., JsonPathNode.Descent])
        {
            throw new FormatException("invalid multiple recursive descent");
        }

        _at += 2;
        steps.Add(new JsonPathNode.Descent());
        if (Current == '_' || (_at < _text.Length && char.IsLetterOrDigit(_text, _at)))
        {
            steps.Add(Member());
        }
    }

    private JsonPathNode Member()
    {
        var from = _at;
        while (!Terminates(Current))
        {
            _at += Current == '\\' ? 2 : 1;
        }

        _at = Math.Min(_at, _text.Length);
        var name = _text[from.._at];
        return name == "*" ? new JsonPathNode.Everything() : new JsonPathNode.Member(name.Replace("\\", "", StringComparison.Ordinal));
    }

    private JsonPathNode Word()
    {
        var from = _at;
        while (!Terminates(Current))
        {
            _at++;
        }

        return _text[from.._at] switch
        {
            "true" => new JsonPathNode.Literal(TreeBool.True),
            "false" => new JsonPathNode.Literal(TreeBool.False),
            var word => new JsonPathNode.Word(word),
        };
    }

    private JsonPathNode.Literal Number()
    {
        var from = _at++;
        while (Current == '.' || char.IsDigit(Current))
        {
            _at++;
        }

        var text = _text.AsSpan(from, _at - from);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? new JsonPathNode.Literal(TreeInteger.Of(integer))
            : double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var real)
                ? new JsonPathNode.Literal(new TreeFloat(real))
            : throw new FormatException($"cannot parse number {text}");
    }

    private JsonPathNode.Text Quoted()
    {
        var (quote, from) = (Current, ++_at);
        while (Current != quote || _text[_at - 1] == '\\')
        {
            if (Current is End or '\n')
            {
                throw new FormatException("unterminated quoted string");
            }

            _at++;
        }

        return new JsonPathNode.Text(GoUnquote.Read(_text[from.._at++], quote));
    }

    // An index, a slice, names in quotes, or several of these.
    private void Brackets(List<JsonPathNode> steps)
    {
        var from = _at + 1;
        while (Current != ']')
        {
            if (Current is End or '\n')
            {
                throw new FormatException("unterminated array");
            }

            _at++;
        }

        var inside = _text[from.._at++];
        inside = inside == "*" ? ":" : inside;
        if (inside.Contains(',', StringComparison.Ordinal))
        {
            steps.Add(new JsonPathNode.Union([.. inside.Split(',').Select(part => Inner("[" + part.Trim(' ') + "]"))]));
        }
        else if (inside.Length >= 2 && inside[0] == '\'' && inside.IndexOf('\'', 1) == inside.Length - 1)
        {
            steps.AddRange(Inner("." + inside[1..^1]).Steps);
        }
        else
        {
            steps.Add(Slice(inside));
        }
    }

    // Up to three numbers, each of which may be left out: a:b:c.
    private static JsonPathNode.Slice Slice(string inside)
    {
        var parts = inside.Split(':');
        if (parts.Length > 3 || !Array.TrueForAll(parts, p => p.AsSpan(p.StartsWith('-') ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            throw new FormatException($"invalid array index {inside}");
        }

        int? Number(int part) => part < parts.Length && parts[part].Length > 0 ? Index(parts[part]) : null;
        return parts.Length == 1 ? new JsonPathNode.Slice(Number(0), (Number(0) ?? 0) + 1, null, true) : new JsonPathNode.Slice(Number(0), Number(1), Number(2), false);
    }

    private static int Index(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index) && index < int.MaxValue
        ? index : throw new FormatException($"array index {text} is not a number");

    private JsonPathNode.Filter Filter()
    {
        var from = _at += 3;
        Closing();
        var inside = _text[from.._at++];
        if (Current != ']')
        {
            throw new FormatException("unclosed array expect ]");
        }

        _at++;
        return Condition(inside);
    }

    private JsonPathNode.Filter Condition(string inside)
    {
        var begin = inside.AsSpan().IndexOfAny("!<>=");
        var length = begin > 0 ? inside.AsSpan(begin).IndexOfAnyExcept("!<>=") : 0;
        // Where nothing follows, the last sign is what is compared with.
        var end = begin + (length < 0 ? inside.Length - begin - 1 : length);
        return begin > 0 && end > begin
            ? new JsonPathNode.Filter(Inner(inside[..begin]), Inner(inside[end..]), inside[begin..end])
            : new JsonPathNode.Filter(Inner(inside), null, "exists");
    }

    // Goes to the parenthesis that closes a filter. Of quotes only the first pair counts.
    private void Closing()
    {
        var (quote, closed) = ('\0', false);
        for (; Current != ')' || (quote != '\0' && !closed); _at++)
        {
            if (Current is End or '\n')
            {
                throw new FormatException("unterminated filter");
            }

            if (Current is '"' or '\'')
            {
                closed |= Current == quote && _text[_at - 1] != '\\';
                quote = quote == '\0' ? Current : quote;
            }
        }
    }

    private JsonPathNode.Chain Inner(string text) => new JsonPathParser("{" + text + "}", _depth + 1).Template() is [JsonPathNode.Chain chain, ..]
        ? chain : throw new FormatException("unclosed action");

    private static bool Terminates(char c) => c is ' ' or '\t' or '\r' or '\n' or End or '.' or ',' or '[' or ']' or '$' or '@' or '{' or '}';
}
