namespace Gantry.Store;

/// <summary>Keeps the rows in memory: the whole journal of the in-memory engine.</summary>
public sealed class MemoryJournal : IJournal
{
    private readonly Lock _gate = new();
    private readonly List<Change> _rows = [];

    public bool IsDurable => false;

    public long UsedBytes => 0;

    public JournalContents Load() => new();

    /// <remarks>Replaced relaxed versions stay until compaction: that they leave no history is there to spare a disk.</remarks>
    public void Write(JournalGroup group)
    {
        lock (_gate)
        {
            _rows.AddRange(group.Changes);
        }
    }

    public Revision Ahead(Revision from, int changes)
    {
        lock (_gate)
        {
            var place = PlaceOf(RowId.LastOf(from) + 1) + changes - 1;
            return place < _rows.Count ? _rows[place].ModRevision : new Revision(long.MaxValue / StoreTransaction.MaxWrites - 1);
        }
    }

    /// <remarks>Rows of live versions go too: the state has those, and a later change carries what it replaced.</remarks>
    public long Compact(Revision from, Revision upTo)
    {
        lock (_gate)
        {
            var end = PlaceOf(RowId.LastOf(upTo) + 1);
            var freed = 0L;
            for (var i = 0; i < end; i++)
            {
                var change = _rows[i];
                freed += change.IsDelete ? RowId.Overhead + change.Key.Length : 0;
                freed += change.Previous is { LeavesNoHistory: false } previous ? previous.Size : 0;
            }
            _rows.RemoveRange(0, end);
            return freed;
        }
    }

    public bool ReturnSpace() => false;

    public void ReleaseReserve()
    {
    }

    public bool TryRestoreReserve() => true;

    public JournalSlice Read(Revision after, Revision upTo, int count)
    {
        lock (_gate)
        {
            var changes = new List<Change>();
            for (var i = PlaceOf(RowId.LastOf(after) + 1); i < _rows.Count && _rows[i].ModRevision <= upTo; i++)
            {
                if (changes.Count >= count && _rows[i].ModRevision != changes[^1].ModRevision)
                {
                    return new(changes, changes[^1].ModRevision);
                }
                changes.Add(_rows[i]);
            }
            return new(changes, upTo);
        }
    }

    public IReadOnlyDictionary<string, KeyValue?> StateAt(KeyRange keys, Revision at, Revision upTo)
    {
        lock (_gate)
        {
            var overlay = new Overlay(keys, at);
            for (var i = PlaceOf(RowId.LastOf(at) + 1); i < _rows.Count && _rows[i].ModRevision <= upTo; i++)
            {
                overlay.Undo(_rows[i]);
            }
            return overlay.Versions;
        }
    }

    public Change? Find(long id)
    {
        lock (_gate)
        {
            var place = PlaceOf(id);
            return place < _rows.Count && _rows[place].Id == id ? _rows[place] : null;
        }
    }

    public void Dispose()
    {
    }

    /// <summary>The place of the first row numbered <paramref name="id"/> or more.</summary>
    private int PlaceOf(long id)
    {
        int low = 0, high = _rows.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _rows[middle].Id < id ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
