using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text.RegularExpressions;
using Gantry.Api;

namespace Gantry.Server.CustomResources;

/// <summary>The formats of texts that schemas of custom resources may ask for (Kubernetes documentation, "Validation": the formats of go-openapi).</summary>
public static partial class TextFormats
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Checks = new Dictionary<string, Func<string, bool>>(StringComparer.Ordinal)
    {
        ["bsonobjectid"] = static text => ObjectId().IsMatch(text),
        ["uri"] = UriText.IsRequestUri,
        ["email"] = static text => MailAddress.TryCreate(text, out _),
        ["hostname"] = IsHostname,
        ["ipv4"] = static text => text.Contains('.', StringComparison.Ordinal) && IsAddress(text),
        ["ipv6"] = static text => text.Contains(':', StringComparison.Ordinal) && IsAddress(text),
        ["cidr"] = IsCidr,
        ["mac"] = static text => Mac().IsMatch(text),
        ["uuid"] = static text => Uuid().IsMatch(text),
        ["uuid3"] = static text => Uuid3().IsMatch(text),
        ["uuid4"] = static text => Uuid4().IsMatch(text),
        ["uuid5"] = static text => Uuid5().IsMatch(text),
        ["isbn"] = static text => CheckDigits.IsIsbn10(text) || CheckDigits.IsIsbn13(text),
        ["isbn10"] = CheckDigits.IsIsbn10,
        ["isbn13"] = CheckDigits.IsIsbn13,
        ["creditcard"] = CheckDigits.IsCreditCard,
        ["ssn"] = static text => SocialSecurity().IsMatch(text),
        ["hexcolor"] = static text => HexColor().IsMatch(text),
        ["rgbcolor"] = static text => RgbColor().IsMatch(text),
        ["byte"] = static text => Base64Text().IsMatch(text),
        ["password"] = static _ => true,
        ["date"] = IsDate,
        ["duration"] = IsDuration,
        ["datetime"] = IsDateTime,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Each with its names; the last one counts as the beginning of longer words, such as seconds.
    private static readonly string[][] Units = [["ns", "nano"], ["us", "µs", "micro"], ["ms", "milli"], ["s", "sec"], ["m", "min"], ["h", "hr", "hour"], ["d", "day"], ["w", "wk", "week"]];

    /// <summary>The format as it is given, or nothing where no such format is checked.</summary>
    public static string Known(string format) => Checks.ContainsKey(Normal(format)) ? format : "";

    /// <summary>Whether the text has the format; unknown formats say nothing.</summary>
    public static bool Fits(string format, string text) => !Checks.TryGetValue(Normal(format), out var check) || check(text);

    private static string Normal(string format) => format.Replace("-", "", StringComparison.Ordinal);

    private static bool IsHostname(string text) => text.Length <= 255 && Hostname().IsMatch(text) && text.Split('.').All(p => p.Length <= 63);

    private static bool IsAddress(string text) => !text.Contains('%', StringComparison.Ordinal) && GoAddress.Parse(text, false, out _) is null;

    private static bool IsCidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IsAddress(text[..slash]))
        {
            return false;
        }

        var bits = text[(slash + 1)..];
        return bits.Length is > 0 and <= 3 && bits.All(char.IsAsciiDigit)
            && int.Parse(bits, CultureInfo.InvariantCulture) <= (IPAddress.Parse(text[..slash]).AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 128 : 32);
    }

    private static bool IsDate(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsDateTime(string text)
    {
        var parts = text.ToLowerInvariant().Split('t');
        return parts.Length >= 2 && IsDate(parts[0]) && TimeOfDay().Match(parts[1]) is { Success: true } time
            && string.CompareOrdinal(time.Groups[1].Value, "23") <= 0 && string.CompareOrdinal(time.Groups[2].Value, "59") <= 0
            && string.CompareOrdinal(time.Groups[3].Value, "59") <= 0;
    }

    private static bool IsDuration(string text)
    {
        if (GoDuration.TryParse(text, out _, out _))
        {
            return true;
        }

        return Spans().Matches(text).Any(m => Units.Any(names => names
            .Any(n => string.Equals(n, m.Groups[1].Value, StringComparison.OrdinalIgnoreCase)) || m.Groups[1].Value.StartsWith(names[^1], StringComparison.OrdinalIgnoreCase)));
    }

    [GeneratedRegex("^[0-9a-fA-F]{24}\\z", RegexOptions.None, 1000)]
    private static partial Regex ObjectId();

    [GeneratedRegex("^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})\\z", RegexOptions.NonBacktracking, 1000)]
    private static partial Regex Hostname();

    [GeneratedRegex("^([0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}|[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){7}|[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){19}|[0-9a-fA-F]{4}(\\.[0-9a-fA-F]{4}){2}|[0-9a-fA-F]{4}(\\.[0-9a-fA-F]{4}){3}|[0-9a-fA-F]{4}(\\.[0-9a-fA-F]{4}){9})\\z", RegexOptions.None, 1000)]
    private static partial Regex Mac();

    [GeneratedRegex("^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Uuid();

    [GeneratedRegex("^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Uuid3();

    [GeneratedRegex("^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Uuid4();

    [GeneratedRegex("^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Uuid5();

    [GeneratedRegex("^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\\z", RegexOptions.None, 1000)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\\z", RegexOptions.None, 1000)]
    private static partial Regex HexColor();

    [GeneratedRegex("^rgb\\(\\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\\s*,\\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\\s*,\\s*(0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\\s*\\)\\z", RegexOptions.None, 1000)]
    private static partial Regex RgbColor();

    [GeneratedRegex("^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\\z", RegexOptions.NonBacktracking, 1000)]
    private static partial Regex Base64Text();

    [GeneratedRegex("^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})\\z", RegexOptions.None, 1000)]
    private static partial Regex TimeOfDay();

    [GeneratedRegex("[0-9]+\\s*([A-Za-zµ]+)", RegexOptions.NonBacktracking, 1000)]
    private static partial Regex Spans();
}
