using System.Buffers;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Api.Trees;

/// <summary>What a YAML scalar means, by the rules of the library Kubernetes uses: YAML 1.1's booleans and numbers, times kept as text.</summary>
internal static class YamlScalar
{
    private static readonly SearchValues<char> NumberParts = SearchValues.Create("0123456789.");

    public static Tree Resolve(Scalar scalar)
    {
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
        if (tag.Length == 0 && scalar.Style != ScalarStyle.Plain || tag is "tag:yaml.org,2002:str" or "tag:yaml.org,2002:timestamp")
        {
            return new TreeString(scalar.Value);
        }
        if (tag == "tag:yaml.org,2002:binary")
        {
            return Base64Text.Read(scalar.Value.Replace(" ", "", StringComparison.Ordinal), out var error) is { } bytes && error is null
                ? new TreeString(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(bytes.Value)))
                : throw new TreeException("yaml: !!binary value contains invalid base64 data");
        }
        var plain = Plain(scalar.Value);
        return tag == "tag:yaml.org,2002:float" && plain is TreeInteger whole ? new TreeFloat(whole.Value) : plain;
    }

    private static Tree Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return TreeNull.Instance;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return TreeBool.True;
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return TreeBool.False;
        }
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or '.'))
        {
            return new TreeString(text);
        }
        return text.Trim('_').Length == 0 ? new TreeString(text) : Number(text.Replace("_", "", StringComparison.Ordinal)) ?? new TreeString(text);
    }

    private static Tree? Number(string text)
    {
        var sign = text[0] is '-' or '+' ? 1 : 0;
        var digits = text.AsSpan(sign);
        if (digits.Length == 0)
        {
            return null;
        }
        if (digits.Length > 1 && digits[0] == '0' && Prefixed(digits, text[0] == '-') is { } prefixed)
        {
            return prefixed;
        }
        if (digits.IndexOfAnyExceptInRange('0', '9') < 0 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            && (digits.Length == 1 || digits[0] != '0'))
        {
            return TreeInteger.Of(integer);
        }
        return IsReal(digits) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? new TreeFloat(real) : null;
    }

    // 0x1f, 0b11, 0o17 and YAML 1.1's octal 017.
    private static TreeInteger? Prefixed(ReadOnlySpan<char> digits, bool negative)
    {
        var (from, radix) = char.ToLowerInvariant(digits[1]) switch { 'x' => (2, 16), 'b' => (2, 2), 'o' => (2, 8), _ => (1, 8) };
        long value = 0;
        if (from >= digits.Length)
        {
            return null;
        }
        foreach (var c in digits[from..])
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix || value > (long.MaxValue - digit) / radix)
            {
                return null;
            }
            value = (value * radix) + digit;
        }
        return TreeInteger.Of(negative ? -value : value);
    }

    // Digits with at most one point, then perhaps an exponent; what double.Parse takes beyond that (names, white space) is text.
    private static bool IsReal(ReadOnlySpan<char> digits)
    {
        var end = digits.IndexOfAny('e', 'E');
        var mantissa = end < 0 ? digits : digits[..end];
        if (mantissa.IndexOfAnyExcept(NumberParts) >= 0 || mantissa.Count('.') > 1 || mantissa.IndexOfAnyInRange('0', '9') < 0)
        {
            return false;
        }
        if (end < 0)
        {
            return true;
        }
        var exponent = digits[(end + 1)..];
        exponent = exponent.Length > 0 && (exponent[0] is '-' or '+') ? exponent[1..] : exponent;
        return exponent.Length > 0 && exponent.IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
