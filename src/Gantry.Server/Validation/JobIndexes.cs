using System.Globalization;
using Gantry.Api.Trees;

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
            if (Interval(part, completions, out var low, out var high) is { } wrong)
            {
                return wrong;
            }

            if (last >= low)
            {
                return NotRising(last.Value, low);
            }

            total += high - low + 1;
            last = high;
        }

        return null;
    }

    private static string? Number(string text, int completions, out int value)
    {
        var isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        value = (int)Math.Clamp(number, int.MinValue, int.MaxValue);
        return !isNumber ? $"cannot convert string to integer for index: {GoSyntax.Quoted(text)}"
            : number >= completions ? $"too large index: {GoSyntax.Quoted(text)}"
            : null;
    }

    /// <summary>The intervals that the text names, in its order; parts that are none are left out.</summary>
    /// <param name="text">The indexes.</param>
    /// <param name="completions">How many indexes the job has.</param>
    public static IEnumerable<(int Low, int High)> Ranges(string text, int completions)
    {
        foreach (var part in text.Length == 0 ? [] : text.Split(','))
        {
            if (Interval(part, completions, out var low, out var high) is null)
            {
                yield return (low, high);
            }
        }
    }

    private static string? Interval(string part, int completions, out int low, out int high)
    {
        high = 0;
        var ends = part.Split('-');
        if (ends.Length > 2)
        {
            low = 0;
            return $"the fragment {GoSyntax.Quoted(part)} violates the requirement that an index interval can have at most two parts separated by '-'";
        }

        if (Number(ends[0], completions, out low) is { } wrong)
        {
            return wrong;
        }

        high = low;
        if (ends.Length == 1)
        {
            return null;
        }

        return Number(ends[1], completions, out high) is { } wrongEnd ? wrongEnd : low >= high ? NotRising(low, high) : null;
    }

    private static string NotRising(int before, int now) => string.Create(CultureInfo.InvariantCulture, $"non-increasing order, previous: {before}, current: {now}");
}
