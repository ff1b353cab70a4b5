namespace Gantry.Store;

/// <summary>The limits of a store; the same for every engine.</summary>
public sealed record StoreOptions
{
    /// <summary>The largest value, bytes. 1.5 MiB is what Kubernetes users meet with etcd; ours is above, so the server's own limit speaks first.</summary>
    public int MaxValueBytes { get; init; } = 4 << 20;

    /// <summary>The ceiling of what the store uses, bytes: beyond it growing puts are <see cref="CommitResult.Full"/>.</summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>History older than this is let go.</summary>
    public TimeSpan HistoryAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>History beyond this many bytes is let go, oldest first. It also shrinks when the live keys need the room below <see cref="MaxBytes"/>.</summary>
    public long HistoryBytes { get; init; } = 256L << 20;

    /// <summary>Live keys with an expiry may hold this many bytes; beyond it those that expire first are deleted early.</summary>
    public long ExpiringBytes { get; init; } = 64L << 20;

    /// <summary>Changes kept in memory for watchers, bytes of values and keys. A watcher further behind replays from the engine's history.</summary>
    public long FeedBytes { get; init; } = 16L << 20;

    /// <summary>Writes that may wait before callers do. 1,024 is several groups: enough to keep the disk busy, little enough to answer soon.</summary>
    public int Queue { get; init; } = 1024;

    /// <summary>Writes per group commit. Bounds how long the first waits for the last.</summary>
    public int Group { get; init; } = 512;

    /// <summary>How long relaxed writes may stay in memory only. Every flush costs one disk write for all of them.</summary>
    public TimeSpan RelaxedFlush { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A commit that takes longer makes the condition <see cref="StoreCondition.Slow"/>.</summary>
    public TimeSpan SlowCommit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Every problem with these options, as sentences that name the option; empty when they are good.</summary>
    public IEnumerable<string> Check()
    {
        if (MaxValueBytes is < 1 or > 256 << 20)
        {
            yield return "store.maxValueBytes must be 1 to 268435456";
        }
        if (MaxBytes < 1 << 20)
        {
            yield return "store.maxBytes must be at least 1048576";
        }
        if (HistoryAge <= TimeSpan.Zero)
        {
            yield return "store.historyAge must be positive";
        }
        if (HistoryBytes < 0 || ExpiringBytes < 0 || FeedBytes < 0)
        {
            yield return "store.historyBytes, store.expiringBytes and store.feedBytes must not be negative";
        }
        if (Queue is < 1 or > 1 << 20 || Group is < 1 or > 1 << 16)
        {
            yield return "store.queue must be 1 to 1048576 and store.group 1 to 65536";
        }
        if (RelaxedFlush <= TimeSpan.Zero || SlowCommit <= TimeSpan.Zero)
        {
            yield return "store.relaxedFlush and store.slowCommit must be positive";
        }
    }
}
