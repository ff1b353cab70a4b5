namespace Gantry.Store;

/// <summary>What one group commit writes, all or nothing.</summary>
public sealed record JournalGroup
{
    /// <summary>In the order of their numbers, except flushed relaxed writes, which come late.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Numbers of rows that were replaced and leave no history.</summary>
    public IReadOnlyList<long> Drops { get; init; } = [];

    /// <summary>Set: revisions up to this one may be given to writes that are only in memory; after a crash the count starts above it.</summary>
    public Revision? Reserve { get; init; }

    /// <summary>Set on an orderly end: everything is written, and this was the current revision.</summary>
    public Revision? Closed { get; init; }
}
