using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Watching;

public enum WatchItemType
{
    Added,
    Modified,
    Deleted,
    Bookmark,

    /// <summary>A bookmark after the objects that were there when the watch began.</summary>
    InitialEnd,
    Error,
}

/// <summary>One thing that a watch tells.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object; null for bookmarks and errors.</param>
/// <param name="Revision">How far the watch is with this.</param>
/// <param name="Status">Why the watch cannot go on; only of errors.</param>
public readonly record struct WatchItem(WatchItemType Type, StoredObject? Object, long Revision, ApiStatus? Status = null);
