using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gantry.Api.Trees;

namespace Gantry.Api.Yaml;

/// <summary>What a scalar means, by the rules of the library that Kubernetes reads YAML with: YAML 1.1's booleans and numbers, times kept as text.</summary>
internal static partial class YamlMeaning
{
    private static readonly HashSet<string> Resolved =
        ["", YamlScalarTags.Text, YamlScalarTags.Boolean, YamlScalarTags.Integer, YamlScalarTags.Real, YamlScalarTags.Nothing, YamlScalarTags.Time];

    /// <summary>The value of a scalar.</summary>
    /// <exception cref="YamlError">Its tag and its text do not go together.</exception>
    public static Tree Of(YamlNode scalar)
    {
        var (tag, text) = (scalar.Tag, scalar.Text);
        if (tag == YamlScalarTags.Bytes)
        {
            return Bytes(text);
        }

        if ((tag.Length == 0 && !scalar.IsImplicit) || tag == YamlScalarTags.Text || !Resolved.Contains(tag))
        {
            return new TreeString(text);
        }

        var (found, value) = Resolve(tag, text);
        return tag.Length == 0 || tag == found ? value
            : tag == YamlScalarTags.Real && value is TreeInteger whole ? new TreeFloat((double)whole.Value)
            : throw YamlError.OfMeaning($"cannot decode {YamlScalarTags.Short(found)} `{text}` as a {YamlScalarTags.Short(tag)}");
    }

    /// <summary>Whether a text without quotes and tag is that text.</summary>
    public static bool IsText(string text) => Resolve("", text).Tag == YamlScalarTags.Text;

    private static (string Tag, Tree Value) Resolve(string tag, string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return (YamlScalarTags.Nothing, TreeNull.Instance);
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return (YamlScalarTags.Boolean, TreeBool.True);
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return (YamlScalarTags.Boolean, TreeBool.False);
            case ".nan" or ".NaN" or ".NAN":
                return (YamlScalarTags.Real, new TreeFloat(double.NaN));
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return (YamlScalarTags.Real, new TreeFloat(double.PositiveInfinity));
            case "-.inf" or "-.Inf" or "-.INF":
                return (YamlScalarTags.Real, new TreeFloat(double.NegativeInfinity));
        }

        if (text[0] == '.')
        {
            return Fraction().IsMatch(text) && Parse(text.Replace("_", "", StringComparison.Ordinal)) is { } fraction ? (YamlScalarTags.Real, fraction) : (YamlScalarTags.Text, new TreeString(text));
        }

        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-'))
        {
            return (YamlScalarTags.Text, new TreeString(text));
        }

        if (tag is "" or YamlScalarTags.Time && IsTime(text))
        {
            return (YamlScalarTags.Time, new TreeString(text));
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        return Whole(plain) is { } whole ? (YamlScalarTags.Integer, whole)
            : Real().IsMatch(plain) && Parse(plain) is { } real ? (YamlScalarTags.Real, real)
            : (YamlScalarTags.Text, new TreeString(text));
    }

    // What does not fit is text.
    private static TreeFloat? Parse(string text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var value && double.IsFinite(value) ? new TreeFloat(value) : null;

    // Decimal, 0x1f, 0b11, 0o17 and the older octal 017, of 64 bits.
    private static Tree? Whole(string text)
    {
        if (text is ['0', 'b', '-' or '+', ..])
        {
            // The sign may stand behind the mark of binary numbers.
            text = text[2] + "0b" + text[3..];
        }

        var isNegative = text is ['-', ..];
        var isSigned = isNegative || text is ['+', ..];
        var digits = isSigned ? text.AsSpan(1) : text;
        var (radix, skip) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        digits = digits[skip..];
        if (digits.Length == 0)
        {
            return null;
        }

        UInt128 value = 0;
        foreach (var digit in digits)
        {
            var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 99;
            if (number >= radix || value > ulong.MaxValue)
            {
                return null;
            }

            value = (value * (uint)radix) + (uint)number;
        }

        return isNegative && value <= 1UL << 63 ? TreeInteger.Of(unchecked(-(long)(ulong)value))
            : !isNegative && value <= long.MaxValue ? TreeInteger.Of((long)value)
            : !isSigned && value <= ulong.MaxValue ? new TreeFloat((double)value)
            : null;
    }

    // The four forms of times that are known, each of which stays text.
    private static bool IsTime(string text)
    {
        if (Time().Match(text) is not { Success: true } time)
        {
            return false;
        }

        int Part(string name) => time.Groups[name].Success ? int.Parse(time.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var (year, month, day) = (Part("year"), Part("month"), Part("day"));
        return month is >= 1 and <= 12 && day >= 1 && day <= (month == 2 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)) ? 28 : month == 2 ? 29 : month is 4 or 6 or 9 or 11 ? 30 : 31)
            && Part("hour") < 24 && Part("minute") < 60 && Part("second") < 60;
    }

    private static TreeString Bytes(string text)
    {
        try
        {
            var bytes = text.AsSpan().ContainsAny(" \t") ? throw new FormatException() : Convert.FromBase64String(text);
            return new TreeString(Text(bytes));
        }
        catch (FormatException)
        {
            throw YamlError.OfMeaning("!!binary value contains invalid base64 data");
        }
    }

    // Each byte that is no text becomes a replacement character.
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            var isText = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done;
            text.Append(rune.ToString());
            bytes = bytes[(isText ? consumed : 1)..];
        }

        return text.ToString();
    }

    [GeneratedRegex(@"^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Real();

    [GeneratedRegex(
        @"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})([Tt](?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})([.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})| (?<hour>[0-9]{1,2}):(?<minute>[0-9]{1,2}):(?<second>[0-9]{1,2})([.,][0-9]+)?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Time();
}
