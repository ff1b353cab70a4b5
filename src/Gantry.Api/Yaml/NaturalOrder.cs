using System.Globalization;
using System.Text;

namespace Gantry.Api.Yaml;

/// <summary>The order of keys in YAML: numbers within them by value, other characters before letters.</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        Rune[] left = [.. (x ?? "").EnumerateRunes()], right = [.. (y ?? "").EnumerateRunes()];
        for (var at = 0; at < left.Length && at < right.Length; at++)
        {
            if (left[at] != right[at])
            {
                return Differ(left, right, at);
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int Differ(Rune[] left, Rune[] right, int at)
    {
        var (isLeft, isRight) = (Rune.IsLetter(left[at]), Rune.IsLetter(right[at]));
        if (isLeft || isRight)
        {
            return isLeft && isRight ? left[at].CompareTo(right[at]) : isRight ? -1 : 1;
        }

        // A zero counts where a digit that is none stands before it.
        var hasValue = (left[at].Value == '0' || right[at].Value == '0') && FollowsValue(left, at) ? 1UL : 0;
        var (leftEnd, leftNumber) = Number(left, at, hasValue);
        var (rightEnd, rightNumber) = Number(right, at, hasValue);
        return leftNumber != rightNumber ? leftNumber.CompareTo(rightNumber)
            : leftEnd != rightEnd ? leftEnd.CompareTo(rightEnd)
            : left[at].CompareTo(right[at]);
    }

    private static bool FollowsValue(Rune[] text, int at)
    {
        for (at--; at >= 0 && Rune.IsDigit(text[at]); at--)
        {
            if (text[at].Value != '0')
            {
                return true;
            }
        }

        return false;
    }

    // Wraps where a number is too long, as it does there.
    private static (int End, long Number) Number(Rune[] text, int at, ulong number)
    {
        for (; at < text.Length && CharUnicodeInfo.GetUnicodeCategory(text[at].Value) == UnicodeCategory.DecimalDigitNumber; at++)
        {
            number = unchecked((number * 10) + (ulong)(text[at].Value - '0'));
        }

        return (at, unchecked((long)number));
    }
}
