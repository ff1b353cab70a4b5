using System.Runtime.CompilerServices;

namespace Gantry.Store;

/// <summary>One watch: a revision that walks forward, through the feed while it can, through the journal when it fell behind.</summary>
internal static class Watcher
{
    /// <summary>Batches taken from the feed at once: few enough that a slow reader holds next to nothing.</summary>
    private const int Lane = 64;

    /// <summary>Changes read from the journal at once.</summary>
    private const int ReplayPage = 256;

    public static async IAsyncEnumerable<ChangeBatch> WatchAsync(
        Board board, IJournal journal, WatchFrom from, Func<bool> ended, [EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = from.After;
        if (TooOld(board.State, seen) is { } refused)
        {
            yield return refused;
            yield break;
        }
        var batches = new List<ChangeBatch>();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var state = board.State;
            ObjectDisposedException.ThrowIf(ended(), typeof(IStore));
            if (seen >= state.Current)
            {
                await state.Moved.Task.WaitAsync(cancel).ConfigureAwait(false);
                continue;
            }
            batches.Clear();
            var reached = state.Current;
            if (!board.Feed.TryRead(seen, state.Current, Lane, batches))
            {
                reached = Replay(journal, state, seen, batches);
                if (TooOld(board.State, seen) is { } late)
                {
                    yield return late;
                    yield break;
                }
            }
            else if (batches.Count == Lane)
            {
                reached = batches[^1].Revision;
            }
            var told = seen;
            foreach (var batch in batches)
            {
                if (Select(batch, from.Keys) is { } selected)
                {
                    cancel.ThrowIfCancellationRequested();
                    yield return selected;
                    told = batch.Revision;
                }
            }
            seen = reached;
            if (from.Progress && told < reached)
            {
                yield return new ChangeBatch { Revision = reached, Changes = [] };
            }
        }
    }

    private static ChangeBatch? TooOld(StoreState state, Revision after) =>
        after < state.Oldest || after < state.WatchFloor
            ? new ChangeBatch { Revision = state.Oldest > state.WatchFloor ? state.Oldest : state.WatchFloor, Changes = [], IsCompacted = true }
            : null;

    private static ChangeBatch? Select(ChangeBatch batch, KeyRange keys)
    {
        var matching = 0;
        foreach (var change in batch.Changes)
        {
            matching += keys.Contains(change.Key) ? 1 : 0;
        }
        return matching == batch.Changes.Count ? batch
            : matching == 0 ? null
            : new ChangeBatch { Revision = batch.Revision, Changes = [.. batch.Changes.Where(change => keys.Contains(change.Key))] };
    }

    private static Revision Replay(IJournal journal, StoreState state, Revision seen, List<ChangeBatch> into)
    {
        // The state was taken before the journal is read: a write flushed in between is in both, and one of them is dropped.
        var slice = journal.Read(seen, state.Current, ReplayPage);
        var changes = new SortedDictionary<long, Change>();
        foreach (var change in slice.Changes)
        {
            changes[change.Id] = change;
        }
        var unflushed = new List<UnflushedWrite>();
        state.Unflushed.Collect(KeyRange.All, 0, unflushed);
        foreach (var write in unflushed)
        {
            if (write.Current.ModRevision > seen && write.Current.ModRevision <= slice.Reached)
            {
                changes.TryAdd(write.Current.Id, write.ToChange());
            }
        }
        foreach (var revision in changes.Values.GroupBy(change => change.ModRevision))
        {
            into.Add(new ChangeBatch { Revision = revision.Key, Changes = [.. revision] });
        }
        return slice.Reached;
    }
}
