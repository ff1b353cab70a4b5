using System.Text.RegularExpressions;

namespace Gantry.Server.CustomResources;

/// <summary>Numbers that carry a digit by which misprints are found: of books and of cards.</summary>
internal static partial class CheckDigits
{
    public static bool IsIsbn10(string text)
    {
        var digits = Bare(text);
        return Ten().IsMatch(digits) && Enumerable.Range(0, 10).Sum(i => (10 - i) * (digits[i] == 'X' ? 10 : digits[i] - '0')) % 11 == 0;
    }

    public static bool IsIsbn13(string text)
    {
        var digits = Bare(text);
        return Thirteen().IsMatch(digits) && Enumerable.Range(0, 13).Sum(i => (i % 2 == 0 ? 1 : 3) * (digits[i] - '0')) % 10 == 0;
    }

    public static bool IsCreditCard(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (!Card().IsMatch(digits))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            var doubled = i % 2 == 0 ? digit : digit * 2;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return sum % 10 == 0;
    }

    private static string Bare(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex("^[0-9]{9}[0-9X]\\z", RegexOptions.None, 1000)]
    private static partial Regex Ten();

    [GeneratedRegex("^[0-9]{13}\\z", RegexOptions.None, 1000)]
    private static partial Regex Thirteen();

    [GeneratedRegex("^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})\\z", RegexOptions.None, 1000)]
    private static partial Regex Card();
}
