using System.Text;
using System.Text.RegularExpressions;

namespace Gantry.Api.Yaml;

/// <summary>How a scalar is written.</summary>
internal enum YamlScalarStyle
{
    Plain,
    Single,
    Double,
    Literal,
}

/// <summary>What a text allows of the ways in which it can be written.</summary>
internal sealed partial class YamlScalarShape
{
    private readonly string _text;
    private readonly bool _plain;
    private readonly bool _single;
    private readonly bool _block;

    private YamlScalarShape(string text, Rune[] runes)
    {
        _text = text;
        Runes = runes;
        var (indicators, special, spaceAfterBreak, breakAfterSpace) = (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal), false, false, false);
        for (var at = 0; at < runes.Length; at++)
        {
            var rune = runes[at];
            var before = at > 0 ? runes[at - 1] : default;
            var precedesBlank = at + 1 >= runes.Length || runes[at + 1].Value is ' ' or '\t';
            indicators |= rune.Value switch
            {
                '#' when at > 0 => before.Value is ' ' or '\t' || IsBreak(before),
                ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' => at == 0,
                '?' or '-' => at == 0 && precedesBlank,
                ':' => precedesBlank,
                _ => false,
            };
            special |= !IsPrintable(rune);
            HasBreaks |= IsBreak(rune);
            spaceAfterBreak |= rune.Value == ' ' && at > 0 && IsBreak(before);
            breakAfterSpace |= IsBreak(rune) && at > 0 && before.Value == ' ';
        }

        var endsBlank = runes.Length > 0 && runes[^1].Value == ' ';
        var isFramed = endsBlank || (runes.Length > 0 && (runes[0].Value == ' ' || IsBreak(runes[0]) || IsBreak(runes[^1])));
        _single = !spaceAfterBreak && !breakAfterSpace && !special;
        _plain = _single && !isFramed && !HasBreaks && !indicators;
        _block = runes.Length > 0 && !endsBlank && !breakAfterSpace && !special;
    }

    public Rune[] Runes { get; }

    public bool HasBreaks { get; }

    public static YamlScalarShape Of(string text) => new(text, [.. text.EnumerateRunes()]);

    /// <summary>The way it is written.</summary>
    /// <param name="isKey">Whether it stands before a colon on the same line.</param>
    public YamlScalarStyle Style(bool isKey)
    {
        if (_text.Contains('\n', StringComparison.Ordinal))
        {
            return _block && !isKey ? YamlScalarStyle.Literal : YamlScalarStyle.Double;
        }

        return !IsText(_text) || (isKey && HasBreaks) ? YamlScalarStyle.Double
            : _plain ? YamlScalarStyle.Plain
            : _single ? YamlScalarStyle.Single
            : YamlScalarStyle.Double;
    }

    public static bool IsBreak(Rune rune) => rune.Value is '\n' or '\r' or 0x85 or 0x2028 or 0x2029;

    /// <summary>What is written as it is; characters beyond the basic plane are not.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value is '\n' or (>= 0x20 and <= 0x7E) or (>= 0xA0 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD and not 0xFEFF);

    // Whether no reader takes it for something else than text, or for the key that merges.
    private static bool IsText(string text) => text != "<<" && YamlMeaning.IsText(text) && !Sexagesimal().IsMatch(text);

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sexagesimal();
}
