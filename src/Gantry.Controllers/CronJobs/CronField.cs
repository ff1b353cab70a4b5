using System.Globalization;

namespace Gantry.Controllers.CronJobs;

/// <summary>One of the five fields of a schedule.</summary>
/// <param name="Bits">The values that match, as bits.</param>
/// <param name="IsStar">Whether it says nothing at all (<c>*</c> or <c>?</c>), which matters for days.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    public static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    public static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public bool Matches(int value) => (Bits & (1UL << value)) != 0;

    /// <exception cref="FormatException">What is wrong with the text.</exception>
    public static CronField Parse(string text, int low, int high, string[]? names = null)
    {
        var (bits, star) = (0UL, false);
        foreach (var part in text.Split(','))
        {
            var (slash, range) = (part.Split('/'), part.Split('/')[0]);
            if (slash.Length > 2)
            {
                throw new FormatException("too many slashes: " + part);
            }

            var step = slash.Length == 2 ? Number(slash[1], null, 0) : 1;
            var ends = range.Split('-');
            var any = range is "*" or "?";
            var first = any ? low : Number(ends[0], names, low);
            var last = any ? high : ends.Length == 2 ? Number(ends[1], names, low) : slash.Length == 2 ? high : first;
            if (ends.Length > 2 || first < low || last > high || first > last || step < 1)
            {
                throw new FormatException($"{part} is not in the range from {low} to {high}");
            }

            for (var i = first; i <= last; i += step)
            {
                bits |= 1UL << i;
            }

            star |= any && step == 1;
        }

        return new CronField(bits, star);
    }

    private static int Number(string text, string[]? names, int low)
    {
        var name = names is null ? -1 : Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? name + low
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"failed to parse int from {text}");
    }
}
