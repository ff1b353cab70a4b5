using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gantry.Controllers.Jobs;

/// <summary>Completion indexes as ordered intervals, in memory and in the text of a Job's status (<c>1,3-5,7</c>).</summary>
public sealed class IndexSet
{
    public static readonly IndexSet Empty = new([]);
    private readonly ImmutableArray<(int First, int Last)> _intervals;

    private IndexSet(ImmutableArray<(int First, int Last)> intervals)
    {
        _intervals = intervals;
        Count = intervals.Sum(i => i.Last - i.First + 1);
    }

    public int Count { get; }

    /// <summary>Reads the text form. Indexes from <paramref name="limit"/> on and what is not a number are left out.</summary>
    public static IndexSet Parse(string text, int limit)
    {
        var indexes = new List<(int First, int Last)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (TryIndex(ends[0], out var first) && TryIndex(ends[^1], out var last) && first <= last && first < limit)
            {
                indexes.Add((first, Math.Min(last, limit - 1)));
            }
        }

        return Of(indexes);
    }

    public static IndexSet Of(IEnumerable<int> indexes) => Of(indexes.Select(i => (i, i)));

    public IndexSet With(IEnumerable<int> indexes) => Of(_intervals.Concat(indexes.Select(i => (i, i))));

    public IndexSet With(IndexSet other) => Of(_intervals.Concat(other._intervals));

    public bool Contains(int index)
    {
        var (low, high) = (0, _intervals.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last) = _intervals[middle];
            if (index < first)
            {
                high = middle - 1;
            }
            else if (index > last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many indexes both sets hold.</summary>
    public int Common(IndexSet other) => other._intervals.Sum(theirs => _intervals.Sum(ours =>
        Math.Max(0, Math.Min(ours.Last, theirs.Last) - Math.Max(ours.First, theirs.First) + 1)));

    /// <summary>The lowest indexes from 0 to below <paramref name="limit"/> that are not in the set, <paramref name="count"/> at most.</summary>
    public IReadOnlyList<int> FirstMissing(int count, int limit)
    {
        var missing = new List<int>();
        var next = 0;
        foreach (var (first, last) in _intervals.Append((limit, limit)))
        {
            for (; next < Math.Min(first, limit) && missing.Count < count; next++)
            {
                missing.Add(next);
            }

            next = last + 1;
        }

        return missing;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (first, last) in _intervals)
        {
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first)
            {
                text.Append(last == first + 1 ? ',' : '-').Append(CultureInfo.InvariantCulture, $"{last}");
            }
        }

        return text.ToString();
    }

    private static IndexSet Of(IEnumerable<(int First, int Last)> intervals)
    {
        var merged = ImmutableArray.CreateBuilder<(int First, int Last)>();
        foreach (var (first, last) in intervals.Order())
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return merged.Count == 0 ? Empty : new IndexSet(merged.ToImmutable());
    }

    private static bool TryIndex(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
