namespace Gantry.Store;

/// <summary>What became of a range query.</summary>
public abstract record RangeResult
{
    private RangeResult()
    {
    }

    /// <summary>
    /// The items in key order, all as of <paramref name="At"/>. <paramref name="Next"/> is the key the next page starts at, null on the last page.
    /// <paramref name="Count"/> is how many keys match from the start of this page (including these items).
    /// One exception to "as of": for a version of an earlier revision that left no history (relaxed or expiring), a newer one stands in.
    /// </summary>
    public sealed record Page(Revision At, IReadOnlyList<KeyValue> Items, string? Next, long Count) : RangeResult;

    /// <summary>The asked revision is no longer kept; the oldest kept is <paramref name="Oldest"/>.</summary>
    public sealed record Compacted(Revision Oldest) : RangeResult;

    /// <summary>The asked revision has not happened yet; the store is at <paramref name="Current"/>.</summary>
    public sealed record Future(Revision Current) : RangeResult;

    /// <summary>The page, for callers that asked for the present; throws <see cref="InvalidOperationException"/> otherwise.</summary>
    public Page Require() => this as Page ?? throw new InvalidOperationException($"the range has no page: {this}");
}
