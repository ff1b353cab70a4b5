using System.Globalization;
using System.Text;
using Gantry.Api.Trees;

namespace Gantry.Api.Yaml;

/// <summary>
/// Trees as YAML in the form in which Kubernetes writes it: blocks indented by two, lists not indented under their key, keys in natural order, text over
/// several lines literal where that can be, quotes only where needed, lines broken at spaces after eighty characters.
/// </summary>
internal sealed class YamlWriter
{
    private const int Step = 2;
    private const int Width = 80;
    private const int LongestKey = 128;

    private readonly StringBuilder _text = new();
    private int _column;
    private int _indent = -1;

    // Whether a space or the beginning of a line stands before what comes next, and whether nothing but indentation does.
    private bool _isSpaced = true;
    private bool _isIndented = true;

    /// <summary>A document.</summary>
    public static string Write(Tree value)
    {
        var writer = new YamlWriter();
        writer.Node(value, isInMap: false);
        writer.Indent();
        return writer._text.ToString();
    }

    private void Node(Tree value, bool isInMap)
    {
        switch (value)
        {
            case TreeMap { Count: 0 }:
                Indicator("{", true, true);
                Indicator("}", false);
                break;
            case TreeMap map:
                Map(map);
                break;
            case TreeList { Count: 0 }:
                Indicator("[", true, true);
                Indicator("]", false);
                break;
            case TreeList list:
                List(list, isInMap);
                break;
            case TreeString text:
                Text(YamlScalarShape.Of(text.Value), isKey: false);
                break;
            default:
                Plain(Runes(value is TreeFloat real ? GoSyntax.Number(real.Value) : TreeJson.WriteText(value)), isKey: false);
                break;
        }
    }

    private void Map(TreeMap map)
    {
        var before = Deepen(isFlat: false);
        foreach (var (key, value) in map.OrderBy(m => m.Key, NaturalOrder.Instance))
        {
            Indent();
            var shape = YamlScalarShape.Of(key);
            if (!shape.HasBreaks && Encoding.UTF8.GetByteCount(key) <= LongestKey)
            {
                Text(shape, isKey: true);
                Indicator(":", false);
            }
            else
            {
                Indicator("?", true, keepsIndent: true);
                Text(shape, isKey: false);
                Indent();
                Indicator(":", true, keepsIndent: true);
            }

            Node(value, isInMap: true);
        }

        _indent = before;
    }

    private void List(TreeList list, bool isInMap)
    {
        var before = Deepen(isInMap && !_isIndented);
        foreach (var item in list)
        {
            Indent();
            Indicator("-", true, keepsIndent: true);
            Node(item, isInMap: false);
        }

        _indent = before;
    }

    private int Deepen(bool isFlat)
    {
        var before = _indent;
        _indent = _indent < 0 ? 0 : isFlat ? _indent : _indent + Step;
        return before;
    }

    private void Text(YamlScalarShape shape, bool isKey)
    {
        // The lines that a scalar goes on in are deeper than its first.
        var before = _indent;
        _indent = Math.Max(_indent, 0) + Step;
        switch (shape.Style(isKey))
        {
            case YamlScalarStyle.Plain:
                Plain(shape.Runes, isKey);
                break;
            case YamlScalarStyle.Single:
                Indicator("'", true);
                Folded(shape.Runes, isKey, isQuoted: true);
                Indicator("'", false);
                break;
            case YamlScalarStyle.Double:
                Double(shape.Runes, isKey);
                break;
            default:
                Literal(shape.Runes);
                break;
        }

        _indent = before;
    }

    private void Plain(Rune[] runes, bool isKey)
    {
        if (!_isSpaced)
        {
            Put(' ');
        }

        Folded(runes, isKey, isQuoted: false);
        (_isSpaced, _isIndented) = (false, false);
    }

    private void Folded(Rune[] runes, bool isKey, bool isQuoted)
    {
        var (spaces, breaks) = (false, false);
        for (var at = 0; at < runes.Length; at++)
        {
            var rune = runes[at];
            if (rune.Value == ' ')
            {
                var mayBreak = !isKey && !spaces && _column > Width && !(at + 1 < runes.Length && runes[at + 1].Value == ' ');
                if (mayBreak && (!isQuoted || (at > 0 && at < runes.Length - 1)))
                {
                    Indent();
                }
                else
                {
                    Put(rune);
                }

                spaces = true;
            }
            else if (YamlScalarShape.IsBreak(rune))
            {
                if (!breaks && rune.Value == '\n')
                {
                    Break();
                }

                PutBreak(rune);
                (_isIndented, breaks) = (true, true);
            }
            else
            {
                if (breaks)
                {
                    Indent();
                }

                if (isQuoted && rune.Value == '\'')
                {
                    Put('\'');
                }

                Put(rune);
                (_isIndented, spaces, breaks) = (false, false, false);
            }
        }
    }

    private void Double(Rune[] runes, bool isKey)
    {
        Indicator("\"", true);
        var spaces = false;
        for (var at = 0; at < runes.Length; at++)
        {
            var rune = runes[at];
            if (!YamlScalarShape.IsPrintable(rune) || YamlScalarShape.IsBreak(rune) || rune.Value is '"' or '\\')
            {
                foreach (var part in Escape(rune.Value))
                {
                    Put(part);
                }

                spaces = false;
            }
            else if (rune.Value == ' ' && !isKey && !spaces && _column > Width && at > 0 && at < runes.Length - 1)
            {
                Indent();
                if (runes[at + 1].Value == ' ')
                {
                    Put('\\');
                }

                spaces = true;
            }
            else
            {
                Put(rune);
                spaces = rune.Value == ' ';
            }
        }

        Indicator("\"", false);
    }

    private void Literal(Rune[] runes)
    {
        Indicator("|", true);
        if (runes[0].Value == ' ' || YamlScalarShape.IsBreak(runes[0]))
        {
            Indicator(Step.ToString(CultureInfo.InvariantCulture), false);
        }

        var hint = !YamlScalarShape.IsBreak(runes[^1]) ? "-" : runes.Length == 1 || YamlScalarShape.IsBreak(runes[^2]) ? "+" : "";
        if (hint.Length > 0)
        {
            Indicator(hint, false);
        }

        Break();
        (_isIndented, _isSpaced) = (true, true);
        var breaks = true;
        foreach (var rune in runes)
        {
            if (YamlScalarShape.IsBreak(rune))
            {
                PutBreak(rune);
                (_isIndented, breaks) = (true, true);
                continue;
            }

            if (breaks)
            {
                Indent();
            }

            Put(rune);
            (_isIndented, breaks) = (false, false);
        }
    }

    private static string Escape(int character) => character switch
    {
        0 => "\\0",
        7 => "\\a",
        8 => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        11 => "\\v",
        12 => "\\f",
        '\r' => "\\r",
        27 => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        0x85 => "\\N",
        0xA0 => "\\_",
        0x2028 => "\\L",
        0x2029 => "\\P",
        <= 0xFF => string.Create(CultureInfo.InvariantCulture, $"\\x{character:X2}"),
        <= 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"\\u{character:X4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{character:X8}"),
    };

    private void Indent()
    {
        var indent = Math.Max(_indent, 0);
        if (!_isIndented || _column > indent || (_column == indent && !_isSpaced))
        {
            Break();
        }

        while (_column < indent)
        {
            Put(' ');
        }

        (_isSpaced, _isIndented) = (true, true);
    }

    private void Indicator(string indicator, bool needsSpace, bool isSpace = false, bool keepsIndent = false)
    {
        if (needsSpace && !_isSpaced)
        {
            Put(' ');
        }

        _text.Append(indicator);
        _column += indicator.Length;
        (_isSpaced, _isIndented) = (isSpace, _isIndented && keepsIndent);
    }

    private void Put(char character)
    {
        _text.Append(character);
        _column++;
    }

    private void Put(Rune rune)
    {
        YamlInput.Append(_text, rune.Value);
        _column++;
    }

    private void Break()
    {
        _text.Append('\n');
        _column = 0;
    }

    private void PutBreak(Rune rune)
    {
        YamlInput.Append(_text, rune.Value);
        _column = 0;
    }

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];
}
