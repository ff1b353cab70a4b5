namespace Gantry.Client;

/// <summary>A page of objects.</summary>
/// <param name="Items">The objects.</param>
/// <param name="ResourceVersion">The revision the whole list was read at: where a watch goes on.</param>
/// <param name="Continue">The place to go on for the next page; empty at the end.</param>
public sealed record ApiList<T>(IReadOnlyList<T> Items, string ResourceVersion, string Continue = "")
    where T : class
{
    /// <summary>How many items are on later pages, where the server knows.</summary>
    public long? Remaining { get; init; }
}
