namespace Gantry.Store;

/// <summary>The keys from <paramref name="From"/> up to but not including <paramref name="To"/>, by ordinal order; a null <paramref name="To"/> has no upper end.</summary>
public readonly record struct KeyRange(string From, string? To)
{
    public static readonly KeyRange All = new("", null);

    /// <summary>All keys that start with <paramref name="prefix"/>.</summary>
    public static KeyRange Prefix(string prefix)
    {
        for (var last = prefix.Length - 1; last >= 0; last--)
        {
            if (prefix[last] < char.MaxValue)
            {
                return new(prefix, string.Concat(prefix.AsSpan(0, last), [(char)(prefix[last] + 1)]));
            }
        }
        return new(prefix, null);
    }

    /// <summary>This one key.</summary>
    public static KeyRange One(string key) => new(key, key + "\0");

    /// <summary>The part of this range at and after <paramref name="key"/>.</summary>
    public KeyRange StartingAt(string key) => string.CompareOrdinal(key, From) > 0 ? this with { From = key } : this;

    public bool Contains(string key) =>
        string.CompareOrdinal(key, From) >= 0 && (To is null || string.CompareOrdinal(key, To) < 0);
}
