namespace Gantry.Store.Sqlite;

/// <summary>Where the embedded store is, and its limits.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. Beside it lie its log (-wal, -shm), its lock (.lock) and the room kept for a full disk (.reserve). Mode 0600.</summary>
    public required string File { get; init; }

    /// <summary>Room set aside for deletes and compaction on a full disk, bytes; 0: none. 8 MiB is room for tens of thousands of deletions.</summary>
    public long ReserveBytes { get; init; } = 8L << 20;

    public StoreOptions Limits { get; init; } = new();

    /// <summary>Every problem with these options.</summary>
    public IEnumerable<string> Check() =>
        [.. string.IsNullOrEmpty(File) ? ["store.file must be set"] : Array.Empty<string>(),
         .. ReserveBytes < 0 ? ["store.reserveBytes must not be negative"] : Array.Empty<string>(),
         .. Limits.Check()];
}
