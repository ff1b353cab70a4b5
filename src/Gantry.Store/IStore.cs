namespace Gantry.Store;

/// <summary>
/// Keys and bytes under one order of revisions. Every engine keeps these promises (the contract suite checks them):
/// a transaction is atomic and has one revision; a result is given only after the write is as durable as asked; a read sees every write
/// acknowledged before it; a watch sees every change once, in order, without gaps; no reader or watcher can slow the writer.
/// Every method may throw <see cref="ObjectDisposedException"/> after disposal and <see cref="StoreUnavailableException"/> on lost I/O.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>How the store is: a full or slow disk shows here. Costs nothing to read.</summary>
    StoreHealth Health { get; }

    /// <summary>The revision of the newest acknowledged write.</summary>
    ValueTask<Revision> CurrentRevisionAsync(CancellationToken cancel = default);

    /// <summary>
    /// Writes, if the conditions hold. Waits while the queue is full: that is the back-pressure. Once queued, a cancelled call may still take effect.
    /// Throws <see cref="ArgumentException"/> for a malformed transaction.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancel = default);

    /// <summary>Reads keys in order, now or as of a kept revision.</summary>
    ValueTask<RangeResult> RangeAsync(RangeQuery query, CancellationToken cancel = default);

    /// <summary>
    /// The changes after a revision: first those that already happened, then each as it happens, until <paramref name="cancel"/>
    /// (then <see cref="OperationCanceledException"/>) or a batch with <see cref="ChangeBatch.IsCompacted"/>.
    /// </summary>
    IAsyncEnumerable<ChangeBatch> WatchAsync(WatchFrom from, CancellationToken cancel = default);

    /// <summary>The kept versions of one key, newest first, at most <paramref name="limit"/> (at least 1).</summary>
    ValueTask<HistoryResult> HistoryAsync(string key, int limit = 100, CancellationToken cancel = default);

    /// <summary>
    /// Lets go of everything only needed to read or watch from before <paramref name="upTo"/> (capped at the current revision).
    /// Returns, when the space is free, the oldest revision still kept.
    /// </summary>
    ValueTask<Revision> CompactAsync(Revision upTo, CancellationToken cancel = default);

    /// <summary>Like <see cref="CompactAsync(Revision, CancellationToken)"/>, up to the newest revision that is at least <paramref name="age"/> old.</summary>
    ValueTask<Revision> CompactAsync(TimeSpan age, CancellationToken cancel = default);
}
