namespace Gantry.Server.Registry;

public enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>
/// One change of one object, and the link to the next: a watcher walks the chain at its own pace and costs the writer nothing.
/// </summary>
public sealed class ObjectChange
{
    private ObjectChange? _next;

    public ObjectChange(ChangeType type, long revision, StoredObject? current, StoredObject? previous)
    {
        Type = type;
        Revision = revision;
        Object = current!;
        Previous = previous;
    }

    public ChangeType Type { get; }

    public long Revision { get; }

    /// <summary>The object after the change; of a deletion its last state, at the revision of the deletion. Null only in the chain's first link.</summary>
    public StoredObject Object { get; }

    public StoredObject? Previous { get; }

    /// <summary>The next change of the same resource, or null when this is the newest.</summary>
    public ObjectChange? Next => Volatile.Read(ref _next);

    /// <summary>The chain's first link: everything up to this revision is before the chain.</summary>
    public static ObjectChange Origin(long revision) => new(ChangeType.Modified, revision, null, null);

    internal void Link(ObjectChange next) => Volatile.Write(ref _next, next);
}
