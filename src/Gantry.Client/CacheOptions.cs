namespace Gantry.Client;

/// <summary>What a cache holds and how it behaves when the server is away.</summary>
public sealed record CacheOptions
{
    /// <summary>Namespace and selectors of the objects to hold.</summary>
    public ListQuery Scope { get; init; } = ListQuery.All;

    /// <summary>Items per page of the first list; 0 for one page, which costs nothing in the server's own process.</summary>
    public int PageSize { get; init; }

    /// <summary>The pause after the first failure.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The pause never grows beyond this: a server that comes back is seen within it.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Every problem with these values.</summary>
    public IEnumerable<string> Check()
    {
        if (PageSize < 0)
        {
            yield return "cache.pageSize must not be negative";
        }

        if (FirstPause <= TimeSpan.Zero || LongestPause < FirstPause)
        {
            yield return "cache pauses must be positive and the longest not shorter than the first";
        }
    }
}
