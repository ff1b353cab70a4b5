using System.Globalization;
using System.Text.RegularExpressions;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Paths;

/// <summary>Reads templates: text, and paths in braces.</summary>
internal sealed partial class JsonPathParser
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
        else if (Key().Match(inside) is { Success: true } key)
        {
            steps.AddRange(Inner("." + key.Groups[1].Value).Steps);
        }
        else
        {
            steps.Add(Slice(inside));
        }
    }

    private static JsonPathNode.Slice Slice(string inside)
    {
        if (Range().Match(inside) is not { Success: true } range)
        {
            throw new FormatException($"invalid array index {inside}");
        }

        int? from = range.Groups[1].Length > 0 ? Index(range.Groups[1].Value) : null;
        var single = !range.Groups[2].Success;
        int? to = single ? (from ?? 0) + 1 : range.Groups[2].Length > 1 ? Index(range.Groups[2].Value[1..]) : null;
        int? step = range.Groups[3].Length > 1 ? Index(range.Groups[3].Value[1..]) : null;
        return new JsonPathNode.Slice(from, to, step, single);
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
        return Condition().Match(inside) is { Success: true } parts
            ? new JsonPathNode.Filter(Inner(parts.Groups[1].Value), Inner(parts.Groups[3].Value), parts.Groups[2].Value)
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

    [GeneratedRegex("^'([^']*)'$", RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    [GeneratedRegex(@"\A(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Range();

    [GeneratedRegex(@"\A([^!<>=]+)([!<>=]+)(.+?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Condition();
}
