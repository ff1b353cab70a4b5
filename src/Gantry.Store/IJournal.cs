namespace Gantry.Store;

/// <summary>
/// Where an engine keeps its rows, under the one write path of <see cref="StoreEngine"/>. Only the writer calls the writing methods, one at
/// a time; the reading methods may be called by anyone at any time. A failed read or write is a <see cref="StoreUnavailableException"/>;
/// after a failed write the journal is as before it.
/// </summary>
public interface IJournal : IDisposable
{
    /// <summary>Writes take the time of a disk: they get a thread of their own and are grouped.</summary>
    bool IsDurable { get; }

    /// <summary>What the rows really take, bytes; it counts against <see cref="StoreOptions.MaxBytes"/> when it is more than keys and values are.</summary>
    long UsedBytes { get; }

    /// <summary>Everything the writer must know at the start. Called once, first.</summary>
    JournalContents Load();

    /// <summary>Writes the group as one unit, durably. Throws <see cref="JournalFullException"/> when the disk has no room.</summary>
    void Write(JournalGroup group);

    /// <summary>The revision of the change that comes <paramref name="changes"/> after <paramref name="from"/>; the largest possible when there are fewer.</summary>
    Revision Ahead(Revision from, int changes);

    /// <summary>
    /// Drops what only states before <paramref name="upTo"/> need: versions replaced after <paramref name="from"/> and at or before
    /// <paramref name="upTo"/>, and the deletions in between. Returns the bytes of the dropped rows, counted as <see cref="KeyValue.Size"/>.
    /// </summary>
    long Compact(Revision from, Revision upTo);

    /// <summary>Gives a part of the unused space back; true when there is more to give.</summary>
    bool ReturnSpace();

    /// <summary>Frees the space kept for hard times, so that deletes and compaction have room on a full disk.</summary>
    void ReleaseReserve();

    /// <summary>Tries to set that space aside again; false while the disk has no room for it.</summary>
    bool TryRestoreReserve();

    /// <summary>Changes of whole revisions, in order, from after <paramref name="after"/> up to <paramref name="upTo"/>; stops near <paramref name="count"/>.</summary>
    JournalSlice Read(Revision after, Revision upTo, int count);

    /// <summary>
    /// For every key of <paramref name="keys"/> changed after <paramref name="at"/> and at or before <paramref name="upTo"/>: its version as of
    /// <paramref name="at"/>, null if it did not exist. A key whose version is no longer kept has a newer one in its place, or is left out.
    /// </summary>
    IReadOnlyDictionary<string, KeyValue?> StateAt(KeyRange keys, Revision at, Revision upTo);

    /// <summary>The write with this number, with <see cref="Change.Previous"/> where it is kept; null if it is gone.</summary>
    Change? Find(long id);
}
