namespace Gantry.Store;

/// <summary>
/// The fast lane of all watchers: the newest batches, bounded in bytes, shared by all. A watcher only remembers a revision; while that is
/// inside the feed it reads here, and when it has fallen out it replays from the journal. So the writer does the same work for no watcher
/// as for a thousand, and a slow one holds no memory. A queue per watcher is set aside: it costs the writer a step per watcher.
/// </summary>
internal sealed class Feed(long capacity, Revision floor)
{
    private readonly Lock _gate = new();
    private ChangeBatch[] _ring = new ChangeBatch[256];
    private int _head;
    private int _count;
    private long _bytes;
    private Revision _floor = floor;

    public void Append(IReadOnlyList<ChangeBatch> batches)
    {
        lock (_gate)
        {
            foreach (var batch in batches)
            {
                if (_count == _ring.Length)
                {
                    Grow();
                }
                _ring[(_head + _count++) & (_ring.Length - 1)] = batch;
                _bytes += SizeOf(batch);
            }
            while (_bytes > capacity && _count > 0)
            {
                var oldest = _ring[_head];
                _ring[_head] = null!;
                _head = (_head + 1) & (_ring.Length - 1);
                _count--;
                _bytes -= SizeOf(oldest);
                _floor = oldest.Revision;
            }
        }
    }

    /// <summary>
    /// Adds the batches after <paramref name="after"/> and up to <paramref name="upTo"/>, at most <paramref name="limit"/>.
    /// False when the feed no longer reaches back to <paramref name="after"/>.
    /// </summary>
    public bool TryRead(Revision after, Revision upTo, int limit, List<ChangeBatch> into)
    {
        lock (_gate)
        {
            if (after < _floor)
            {
                return false;
            }
            int low = 0, high = _count;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                (low, high) = At(middle).Revision <= after ? (middle + 1, high) : (low, middle);
            }
            for (var i = low; i < _count && limit-- > 0 && At(i).Revision <= upTo; i++)
            {
                into.Add(At(i));
            }
            return true;
        }
    }

    private static long SizeOf(ChangeBatch batch)
    {
        var size = 0L;
        foreach (var change in batch.Changes)
        {
            size += (change.Current?.Size ?? RowId.Overhead) + (change.Previous?.Size ?? 0);
        }
        return size;
    }

    private ChangeBatch At(int place) => _ring[(_head + place) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new ChangeBatch[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = At(i);
        }
        (_ring, _head) = (larger, 0);
    }
}
