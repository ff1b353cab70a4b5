namespace Gantry.Store;

/// <summary>Answers range queries from one published state, without a lock.</summary>
internal static class Ranges
{
    public static RangeResult Read(Board board, IJournal journal, RangeQuery query)
    {
        var state = board.State;
        var at = query.At ?? state.Current;
        if (at > state.Current)
        {
            return new RangeResult.Future(state.Current);
        }
        if (at < state.Oldest)
        {
            return new RangeResult.Compacted(state.Oldest);
        }
        var keys = query.Continue is { } start ? query.Keys.StartingAt(start) : query.Keys;
        if (at == state.Current)
        {
            return Now(state, keys, query);
        }
        var versions = VersionsAt(board, journal, state, keys, at);
        return board.State.Oldest is var oldest && oldest > at ? new RangeResult.Compacted(oldest) : Then(state, keys, query, at, versions);
    }

    private static RangeResult.Page Now(StoreState state, KeyRange keys, RangeQuery query)
    {
        var count = state.Live.CountIn(keys);
        if (query.CountOnly)
        {
            return new(state.Current, [], null, count);
        }
        var wanted = query.Limit > 0 ? Math.Min(query.Limit, count) : count;
        var items = new List<KeyValue>(wanted < count ? wanted + 1 : wanted);
        state.Live.Collect(keys, wanted < count ? wanted + 1 : 0, items);
        return Cut(state.Current, items, wanted, count);
    }

    private static RangeResult.Page Then(StoreState state, KeyRange keys, RangeQuery query, Revision at, IReadOnlyDictionary<string, KeyValue?> versions)
    {
        var count = state.Live.CountIn(keys);
        var old = new List<KeyValue>();
        foreach (var (key, version) in versions)
        {
            count -= state.Live.Find(key) is null ? 0 : 1;
            if (version is not null)
            {
                count++;
                old.Add(version);
            }
        }
        if (query.CountOnly)
        {
            return new(at, [], null, count);
        }
        var wanted = query.Limit > 0 ? Math.Min(query.Limit, count) : count;
        var live = new List<KeyValue>();
        state.Live.Collect(keys, wanted == count ? 0 : wanted + 1 + versions.Count, live);
        live.RemoveAll(item => versions.ContainsKey(item.Key));
        live.AddRange(old);
        live.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return Cut(at, live, wanted, count);
    }

    private static RangeResult.Page Cut(Revision at, List<KeyValue> items, int wanted, int count)
    {
        var next = items.Count > wanted ? items[wanted].Key : null;
        if (next is not null)
        {
            items.RemoveRange(wanted, items.Count - wanted);
        }
        return new(at, items, next, count);
    }

    private static IReadOnlyDictionary<string, KeyValue?> VersionsAt(Board board, IJournal journal, StoreState state, KeyRange keys, Revision at)
    {
        var batches = new List<ChangeBatch>();
        if (!board.Feed.TryRead(at, state.Current, int.MaxValue, batches))
        {
            return journal.StateAt(keys, at, state.Current);
        }
        var overlay = new Overlay(keys, at);
        foreach (var batch in batches)
        {
            foreach (var change in batch.Changes)
            {
                overlay.Undo(change);
            }
        }
        return overlay.Versions;
    }
}
