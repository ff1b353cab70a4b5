using Gantry.Server.Handling;
using Gantry.Server.Reading;

namespace Gantry.Server.Watching;

/// <summary>What a watch is to deliver.</summary>
public sealed record WatchRequest
{
    public required ServedResource Resource { get; init; }

    public required Selection Selection { get; init; }

    /// <summary>The changes after this revision; null or 0 for the present objects first.</summary>
    public long? After { get; init; }

    /// <summary>Whether the end of the present objects is to be marked by a bookmark.</summary>
    public bool MarksInitial { get; init; }

    /// <summary>Whether to tell now and then how far the watch is although nothing matched.</summary>
    public bool Bookmarks { get; init; }

    /// <summary>How long the watch stays open.</summary>
    public required TimeSpan Timeout { get; init; }
}
