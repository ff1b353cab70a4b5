namespace Gantry.Store;

/// <summary>Which changes a watch wants: those of <see cref="Keys"/> with a revision greater than <see cref="After"/>.</summary>
public sealed record WatchFrom
{
    public KeyRange Keys { get; init; } = KeyRange.All;

    /// <summary>May lie in the future: earlier changes are then skipped.</summary>
    public required Revision After { get; init; }

    /// <summary>Also hand out empty batches when the store moved on without a change in <see cref="Keys"/>, so the reader knows how far it has seen.</summary>
    public bool Progress { get; init; }
}
