namespace Gantry.Store;

/// <summary>What became of a transaction. Lost I/O is not in the list: it is a <see cref="StoreUnavailableException"/>.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>All writes took effect at <paramref name="At"/>. When nothing changed (deletes of absent keys) it is the current revision.</summary>
    public sealed record Committed(Revision At) : CommitResult;

    /// <summary>A condition did not hold, nothing was written. <paramref name="Actual"/> is the revision of the key's last write, <see cref="Revision.None"/> if it does not exist; <paramref name="Current"/> its value.</summary>
    public sealed record Conflict(string Key, Revision Actual, KeyValue? Current) : CommitResult;

    /// <summary>No room: the store reached its ceiling, or the disk is full. Nothing was written. Deletes, and puts no larger than what they replace, still work.</summary>
    public sealed record Full(string Reason) : CommitResult;
}
