namespace Gantry.Store;

/// <summary>Changes read back, and the revision up to which they are complete.</summary>
public sealed record JournalSlice(IReadOnlyList<Change> Changes, Revision Reached);
