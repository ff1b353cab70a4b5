namespace Gantry.Store;

/// <summary>One key's change at one revision: a put when <see cref="Current"/> is there, otherwise a deletion.</summary>
public sealed class Change : IKeyed
{
    public required string Key { get; init; }

    /// <summary>The number of this write; see <see cref="RowId"/>.</summary>
    public required long Id { get; init; }

    /// <summary>The key as this write left it; null: it was deleted.</summary>
    public KeyValue? Current { get; init; }

    /// <summary>
    /// The key as it was before; null when this write created it, or when that version is no longer retained (a replay from disk of a version
    /// that left no history).
    /// </summary>
    public KeyValue? Previous { get; init; }

    /// <summary>The write that made the previous version kept as history, or 0.</summary>
    public long PreviousId { get; init; }

    /// <summary>The revision at which the key came into being (of a deletion: the deleted key's).</summary>
    public required Revision CreateRevision { get; init; }

    public required DateTimeOffset WrittenAt { get; init; }

    public Revision ModRevision => RowId.RevisionOf(Id);

    public bool IsDelete => Current is null;

    public bool IsCreate => Current is { Version: 1 };
}
