using System.Globalization;
using System.Text;

namespace Gantry.Api;

/// <summary>Reads one pattern of Go's and writes the same for .NET. Errors have Go's words.</summary>
internal sealed class GoPatternReader(string pattern)
{
    private const int MostRepeats = 1000;

    private readonly string _pattern = pattern;
    private readonly StringBuilder _output = new(pattern.Length + 16);
    private readonly Stack<Flags> _groups = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private Flags _flags;
    private int _at;
    private bool _repeatable;
    private int _lastRepeat = -1;

    [Flags]
    private enum Flags
    {
        None = 0,
        Multiline = 1,
        Ungreedy = 2,
    }

    /// <summary>What is wrong, without the prefix.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The pattern for .NET, or null where it is none.</summary>
    public string? Translate()
    {
        while (_at < _pattern.Length)
        {
            var repeated = _lastRepeat;
            _lastRepeat = -1;
            if (!Step(repeated))
            {
                return null;
            }
        }

        if (_groups.Count > 0)
        {
            Fail("missing closing )", _pattern);
            return null;
        }

        return _output.ToString();
    }

    private bool Step(int repeated)
    {
        switch (_pattern[_at])
        {
            case '(':
                return Open();
            case ')':
                if (_groups.Count == 0)
                {
                    return Fail("unexpected )", _pattern);
                }

                _flags = _groups.Pop();
                return Emit(")", 1);
            case '|':
                _output.Append('|');
                _at++;
                _repeatable = false;
                return true;
            case '*' or '+' or '?':
                return Repeat(1, repeated);
            case '{':
                return Count() is var length and not 0 ? length > 0 && Repeat(length, repeated) : Emit("\\{", 1);
            case '[':
                var group = new GoPatternClass(_pattern, _at);
                return group.Read() is { } text ? Emit(text, group.End - _at) : Fail(group.Error);
            case '^':
                return Emit("^", 1);
            case '$':
                return Emit(_flags.HasFlag(Flags.Multiline) ? "$" : "\\z", 1);
            case '.':
                return Emit(".", 1);
            case '\\':
                return Escape();
            default:
                return Emit(Literal(_pattern[_at]), 1);
        }
    }

    private bool Open()
    {
        var rest = _pattern.AsSpan(_at);
        if (!rest.StartsWith("(?"))
        {
            return Enter("(?:", 1);
        }

        if (rest.StartsWith("(?P<") || rest.StartsWith("(?<"))
        {
            var begin = _at + (rest[2] == 'P' ? 4 : 3);
            var end = _pattern.IndexOf('>', begin);
            if (end < 0)
            {
                return Fail("invalid named capture", _pattern[_at..]);
            }

            var name = _pattern[begin..end];
            return name.Length > 0 && name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)) && _names.Add(name)
                ? Enter("(?:", end + 1 - _at) : Fail("invalid named capture", _pattern[_at..(end + 1)]);
        }

        return FlagGroup();
    }

    // (?i), (?s-m:...)
    private bool FlagGroup()
    {
        var flags = _flags;
        var (on, off) = ("", "");
        var (negative, any) = (false, false);
        for (var i = _at + 2; i < _pattern.Length; i++)
        {
            var c = _pattern[i];
            switch (c)
            {
                case 'i' or 's':
                    (on, off) = negative ? (on, off + c) : (on + c, off);
                    any = true;
                    break;
                case 'm' or 'U':
                    var flag = c == 'm' ? Flags.Multiline : Flags.Ungreedy;
                    flags = negative ? flags & ~flag : flags | flag;
                    (on, off) = c == 'U' ? (on, off) : negative ? (on, off + c) : (on + c, off);
                    any = true;
                    break;
                case '-' when !negative:
                    (negative, any) = (true, false);
                    break;
                case ':' or ')' when any || !negative:
                    return Flagged(on, off, flags, i, opens: c == ':');
                default:
                    return Fail("invalid or unsupported Perl syntax", _pattern[_at..(i + 1)]);
            }
        }

        return Fail("missing closing )", _pattern);
    }

    private bool Flagged(string on, string off, Flags flags, int end, bool opens)
    {
        var text = off.Length > 0 ? $"(?{on}-{off}" : $"(?{on}";
        if (opens)
        {
            var entered = Enter(text + ":", end + 1 - _at);
            _flags = flags;
            return entered;
        }

        _flags = flags;
        _output.Append(on.Length + off.Length > 0 ? text + ")" : "");
        _at = end + 1;
        _repeatable = false;
        return true;
    }

    private bool Enter(string text, int length)
    {
        _groups.Push(_flags);
        _output.Append(text);
        _at += length;
        _repeatable = false;
        return true;
    }

    private bool Repeat(int length, int repeated)
    {
        var begin = _at;
        var text = _pattern.Substring(_at, length);
        _at += length;
        var lazy = _at < _pattern.Length && _pattern[_at] == '?';
        _at += lazy ? 1 : 0;
        if (repeated >= 0)
        {
            return Fail("invalid nested repetition operator", _pattern[repeated.._at]);
        }

        if (!_repeatable)
        {
            return Fail("missing argument to repetition operator", _pattern[begin.._at]);
        }

        _output.Append(text).Append(lazy != _flags.HasFlag(Flags.Ungreedy) ? "?" : "");
        _lastRepeat = begin;
        return true;
    }

    // The length of {n}, {n,} or {n,m}; 0 where the brace is a letter like others, -1 where the numbers are wrong.
    private int Count()
    {
        var end = _pattern.IndexOf('}', _at);
        var parts = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
        if (parts.Length is 0 or > 2 || !IsNumber(parts[0]) || (parts.Length == 2 && parts[1].Length > 0 && !IsNumber(parts[1])))
        {
            return 0;
        }

        var least = Number(parts[0]);
        var most = parts.Length == 1 ? least : parts[1].Length == 0 ? -1 : Number(parts[1]);
        if (least > MostRepeats || most > MostRepeats || (most >= 0 && least > most))
        {
            Fail("invalid repeat count", _pattern[_at..(end + 1)]);
            return -1;
        }

        return end + 1 - _at;
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    private bool Escape()
    {
        if (_at + 1 == _pattern.Length)
        {
            return Fail("trailing backslash at end of expression", "");
        }

        switch (_pattern[_at + 1])
        {
            case 'A' or 'b' or 'B' or 'z':
                return Emit("\\" + _pattern[_at + 1], 2);
            case 'Q':
                var end = _pattern.IndexOf("\\E", _at + 2, StringComparison.Ordinal);
                var text = end < 0 ? _pattern[(_at + 2)..] : _pattern[(_at + 2)..end];
                return Emit(string.Concat(text.Select(Literal)), end < 0 ? _pattern.Length - _at : end + 2 - _at);
            default:
                var escape = GoPatternEscape.Read(_pattern, _at);
                return escape.Error is null ? Emit(escape.Outside, escape.Length) : Fail(escape.Error);
        }
    }

    private bool Emit(string text, int length)
    {
        _output.Append(text);
        _at += length;
        _repeatable = true;
        return true;
    }

    private bool Fail(string code, string text) => Fail($"{code}: `{text}`");

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }

    private static string Literal(char c) => c is '\\' or '*' or '+' or '?' or '|' or '{' or '[' or '(' or ')' or '^' or '$' or '.' or '#' or ' ' or '}' or ']'
        ? "\\" + c : c.ToString();
}
