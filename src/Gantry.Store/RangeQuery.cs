namespace Gantry.Store;

/// <summary>Which keys to read, and as of when.</summary>
public sealed record RangeQuery
{
    public KeyRange Keys { get; init; } = KeyRange.All;

    /// <summary>Read the state as of this revision; null: as of now. Pages after the first pass the revision of the first.</summary>
    public Revision? At { get; init; }

    /// <summary>At most this many items; 0: all.</summary>
    public int Limit { get; init; }

    /// <summary>Start at this key: <see cref="RangeResult.Page.Next"/> of the page before.</summary>
    public string? Continue { get; init; }

    /// <summary>Count only: the page has no items.</summary>
    public bool CountOnly { get; init; }

    public static RangeQuery Prefix(string prefix) => new() { Keys = KeyRange.Prefix(prefix) };

    public static RangeQuery One(string key) => new() { Keys = KeyRange.One(key) };
}
