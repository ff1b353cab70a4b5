using System.Globalization;

namespace Gantry.Server.Validation;

/// <summary>Sets of a job's indexes as text: <c>1,3-5,7</c>, in order.</summary>
internal static class JobIndexes
{
    /// <summary>What is wrong with the text, or null.</summary>
    /// <param name="text">The indexes.</param>
    /// <param name="completions">How many indexes the job has.</param>
    /// <param name="total">How many indexes the text names.</param>
    public static string? Parse(string text, int completions, out int total)
    {
        total = 0;
        if (text.Length == 0)
        {
            return null;
        }

        int? last = null;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2)
            {
                return $"the fragment \"{part}\" violates the requirement that an index interval can have at most two parts separated by '-'";
            }

            if (Number(ends[0], completions, out var low) is { } wrong)
            {
                return wrong;
            }

            if (last >= low)
            {
                return string.Create(CultureInfo.InvariantCulture, $"non-increasing order, previous: {last}, current: {low}");
            }

            last = low;
            if (ends.Length == 1)
            {
                total++;
                continue;
            }

            if (Number(ends[1], completions, out var high) is { } wrongEnd)
            {
                return wrongEnd;
            }

            if (low >= high)
            {
                return string.Create(CultureInfo.InvariantCulture, $"non-increasing order, previous: {low}, current: {high}");
            }

            total += high - low + 1;
            last = high;
        }

        return null;
    }

    private static string? Number(string text, int completions, out int value)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return $"cannot convert string to integer for index: \"{text}\"";
        }

        return value >= completions ? string.Create(CultureInfo.InvariantCulture, $"too large index: \"{text}\"") : null;
    }

    /// <summary>Every index that the text names, in order; the text is a good one.</summary>
    public static IEnumerable<(int Low, int High)> Ranges(string text)
    {
        foreach (var part in text.Length == 0 ? [] : text.Split(','))
        {
            var ends = part.Split('-');
            var low = int.Parse(ends[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            yield return (low, ends.Length == 1 ? low : int.Parse(ends[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }
    }
}
