namespace Gantry.Store.Tests;

/// <summary>A journal on a disk that can be made full, broken or slow.</summary>
public sealed class FaultyJournal : IJournal
{
    private readonly MemoryJournal _inner = new();

    public bool IsFull { get; set; }

    public bool IsBroken { get; set; }

    public bool HasReserve { get; private set; } = true;

    /// <summary>When set, a write waits for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Completes when a write has begun to wait for the gate.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDurable => true;

    public long UsedBytes => 0;

    public JournalContents Load() => _inner.Load();

    public void Write(JournalGroup group)
    {
        if (Gate is { } gate)
        {
            Waiting.TrySetResult();
            gate.Task.GetAwaiter().GetResult();
        }
        if (IsBroken)
        {
            throw new StoreUnavailableException("the disk is broken");
        }
        // A full disk with its reserve released takes small writes.
        if (IsFull && (HasReserve || group.Changes.Any(change => change.Current is { Value.Length: > 100 })))
        {
            throw new JournalFullException("the disk is full");
        }
        _inner.Write(group);
    }

    public Revision Ahead(Revision from, int changes) => _inner.Ahead(from, changes);

    public long Compact(Revision from, Revision upTo) => _inner.Compact(from, upTo);

    public bool ReturnSpace() => false;

    public void ReleaseReserve() => HasReserve = false;

    public bool TryRestoreReserve() => HasReserve = !IsFull;

    public JournalSlice Read(Revision after, Revision upTo, int count) => _inner.Read(after, upTo, count);

    public IReadOnlyDictionary<string, KeyValue?> StateAt(KeyRange keys, Revision at, Revision upTo) => _inner.StateAt(keys, at, upTo);

    public Change? Find(long id) => _inner.Find(id);

    public void Dispose() => _inner.Dispose();
}
