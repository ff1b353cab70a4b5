namespace Gantry.Store;

/// <summary>One published moment of the store. Immutable but for <see cref="Moved"/>, which completes when the next one is published.</summary>
internal sealed record StoreState
{
    public required Revision Current { get; init; }

    public required Revision Oldest { get; init; }

    public required Revision WatchFloor { get; init; }

    public required SortedSnapshot<KeyValue> Live { get; init; }

    /// <summary>The last deletion of each key that is gone, as long as it is kept: where the history of a deleted key starts.</summary>
    public required SortedSnapshot<Change> Deleted { get; init; }

    /// <summary>Relaxed writes that are visible but not yet in the journal.</summary>
    public required SortedSnapshot<UnflushedWrite> Unflushed { get; init; }

    public TaskCompletionSource Moved { get; init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
