using System.Globalization;

namespace Gantry.Server.Http;

/// <summary>Orders API versions as clients prefer them: v2 over v1, v1 over v1beta1, beta over alpha, anything else last.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y) => Rank(x ?? "").CompareTo(Rank(y ?? "")) is not 0 and var order ? order : string.CompareOrdinal(y, x);

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        var rest = version.AsSpan();
        if (rest.IsEmpty || rest[0] != 'v' || !Number(ref rest, 1, out var major))
        {
            return (0, 0, 0);
        }

        if (rest.IsEmpty)
        {
            return (3, major, 0);
        }

        var stability = rest.StartsWith("beta") ? 2 : rest.StartsWith("alpha") ? 1 : 0;
        return stability > 0 && Number(ref rest, stability == 2 ? 4 : 5, out var minor) && rest.IsEmpty ? (stability, major, minor) : (0, 0, 0);
    }

    private static bool Number(ref ReadOnlySpan<char> text, int skip, out int number)
    {
        text = text[skip..];
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
