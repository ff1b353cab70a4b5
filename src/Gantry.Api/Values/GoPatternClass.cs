using System.Text;

namespace Gantry.Api;

/// <summary>Reads a class of characters, <c>[a-z\d[:alpha:]]</c>, and writes it for .NET.</summary>
internal sealed class GoPatternClass(string pattern, int begin)
{
    private static readonly Dictionary<string, string> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = "\\0-\\x7F", ["blank"] = "\\t ", ["cntrl"] = "\\0-\\x1F\\x7F", ["digit"] = "0-9",
        ["graph"] = "!-~", ["lower"] = "a-z", ["print"] = " -~", ["punct"] = "!-/:-@\\[-`\\{-~", ["space"] = "\\t-\\r ", ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly string _pattern = pattern;
    private readonly int _begin = begin;

    /// <summary>The place behind the class.</summary>
    public int End { get; private set; } = begin;

    /// <summary>What is wrong, in Go's words.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The class for .NET, or null where it is none.</summary>
    public string? Read()
    {
        var output = new StringBuilder("[");
        End = _begin + 1;
        if (End < _pattern.Length && _pattern[End] == '^')
        {
            output.Append('^');
            End++;
        }

        for (var first = true; ; first = false)
        {
            if (End >= _pattern.Length)
            {
                return Fail($"missing closing ]: `{_pattern[_begin..]}`");
            }

            if (_pattern[End] == ']' && !first)
            {
                End++;
                return output.Append(']').ToString();
            }

            if (!Item(output))
            {
                return null;
            }
        }
    }

    private bool Item(StringBuilder output)
    {
        if (_pattern.AsSpan(End).StartsWith("[:") && _pattern.IndexOf(":]", End + 2, StringComparison.Ordinal) is var end and >= 0)
        {
            if (!Posix.TryGetValue(_pattern[(End + 2)..end], out var known))
            {
                return Fail($"invalid character class range: `{_pattern[End..(end + 2)]}`") is not null;
            }

            output.Append(known);
            End = end + 2;
            return true;
        }

        var from = End;
        if (Character(out var text) is not { } low)
        {
            return false;
        }

        if (low < 0 || End + 1 >= _pattern.Length || _pattern[End] != '-' || _pattern[End + 1] == ']')
        {
            output.Append(text);
            return true;
        }

        End++;
        if (Character(out var last) is not { } high)
        {
            return false;
        }

        if (high < low)
        {
            return Fail($"invalid character class range: `{_pattern[from..End]}`") is not null;
        }

        output.Append(text).Append('-').Append(last);
        return true;
    }

    // One character, -1 for a class, null for an error.
    private int? Character(out string text)
    {
        if (_pattern[End] != '\\')
        {
            var c = _pattern[End++];
            text = GoPatternEscape.Text(c);
            return c;
        }

        if (End + 1 == _pattern.Length)
        {
            text = "";
            Fail("trailing backslash at end of expression: ``");
            return null;
        }

        var escape = GoPatternEscape.Read(_pattern, End);
        text = escape.Inside;
        if (escape.Error is { } error)
        {
            Fail(error);
            return null;
        }

        End += escape.Length;
        return escape.Character;
    }

    private string? Fail(string error)
    {
        Error = error;
        return null;
    }
}
