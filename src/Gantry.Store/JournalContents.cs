namespace Gantry.Store;

/// <summary>What a journal holds when it is opened.</summary>
public sealed record JournalContents
{
    /// <summary>No revision above this one was ever given out.</summary>
    public Revision Current { get; init; }

    /// <summary>The oldest revision still kept.</summary>
    public Revision Oldest { get; init; }

    /// <summary>Watches that start before it are refused although the history is kept: the file was restored from a snapshot, and the revisions between had other contents.</summary>
    public Revision WatchFloor { get; init; }

    /// <summary>Revisions reserved for writes that are only in memory, by a run that had no orderly end; otherwise none.</summary>
    public Revision Reserved { get; init; }

    /// <summary>The last run may have lost relaxed writes that readers saw: keys that were ever relaxed need a new revision.</summary>
    public bool LostRelaxed { get; init; }

    /// <summary>In any order.</summary>
    public IReadOnlyList<KeyValue> Live { get; init; } = [];

    /// <summary>The last deletion of each key that does not exist now and whose deletion is still kept; by number.</summary>
    public IReadOnlyList<Change> Deleted { get; init; } = [];

    /// <summary>Bytes of kept rows that are not live.</summary>
    public long HistoryBytes { get; init; }

    /// <summary>When which revision was written, a sample by rising revision.</summary>
    public IReadOnlyList<(DateTimeOffset At, Revision Revision)> Times { get; init; } = [];
}
