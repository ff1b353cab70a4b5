namespace Gantry.Store;

/// <summary>
/// What a watch hands out: all changes of one revision that fall in the watched range, in the order they were written; or, as the last
/// item of the watch, <see cref="IsCompacted"/>.
/// </summary>
public sealed class ChangeBatch
{
    /// <summary>
    /// The revision of these changes: the watcher has now seen everything up to and including it. In a compacted batch: the oldest revision
    /// a watch may start after.
    /// </summary>
    public required Revision Revision { get; init; }

    /// <summary>Empty in a compacted and in a progress batch.</summary>
    public required IReadOnlyList<Change> Changes { get; init; }

    /// <summary>The changes after the asked revision are no longer kept: range again and watch from there. The watch ends after this batch.</summary>
    public bool IsCompacted { get; init; }
}
