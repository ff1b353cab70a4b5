namespace Gantry.Store;

/// <summary>Where the writer publishes and everyone else reads: the newest state and the feed of recent changes.</summary>
internal sealed class Board(StoreState first, Feed feed)
{
    private volatile StoreState _state = first;

    public StoreState State => _state;

    public Feed Feed { get; } = feed;

    /// <summary>The feed first, so that whoever sees the state finds its changes there.</summary>
    public void Publish(StoreState next, IReadOnlyList<ChangeBatch> batches)
    {
        Feed.Append(batches);
        var last = _state;
        _state = next;
        last.Moved.TrySetResult();
    }
}
