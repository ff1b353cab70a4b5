namespace Gantry.Store;

/// <summary>A relaxed version that is not yet in the journal.</summary>
internal sealed class UnflushedWrite(KeyValue current, long drop) : IKeyed
{
    public string Key => Current.Key;

    public KeyValue Current { get; } = current;

    /// <summary>The journal's row this write replaces and that leaves no history; 0: none.</summary>
    public long Drop { get; } = drop;

    public Change ToChange() => new()
    {
        Key = Key,
        Id = Current.Id,
        Current = Current,
        PreviousId = Current.PreviousId,
        CreateRevision = Current.CreateRevision,
        WrittenAt = Current.WrittenAt,
    };
}
