namespace Gantry.Store;

/// <summary>
/// The kept changes of one key, newest first; deletions included, so a deleted key has a history too. It reaches back to where compaction,
/// or the asked limit, cut it; <paramref name="Oldest"/> is the compaction revision.
/// </summary>
public sealed record HistoryResult(IReadOnlyList<Change> Changes, Revision Oldest);
