using Gantry.Server.Encryption;
using Gantry.Store;

namespace Gantry.Server.Registry;

/// <summary>The state of one resource at one revision.</summary>
/// <param name="Objects">By <see cref="StoredObject.Key"/>.</param>
/// <param name="Revision">The revision of the newest change contained.</param>
/// <param name="Last">The newest change: a watcher that starts with this state goes on after it.</param>
public sealed record CacheSnapshot(SortedChunks<StoredObject> Objects, long Revision, ObjectChange Last)
{
    public StoredObject? Find(string ns, string name) => Objects.Find(StoredObject.KeyOf(ns, name));

    /// <summary>The objects of a namespace, or of all when it is empty.</summary>
    public SortedRange<StoredObject> In(string ns, string after = "") => Objects.Range(ns.Length == 0 ? "" : ns + "/", after);
}

/// <summary>All objects of one resource, in memory: readers take an immutable snapshot; the store's feed is the only writer.</summary>
public sealed class ResourceCache
{
    // As many changes as a client may miss and still resume its watch here.
    private const int Window = 4096;

    private CacheSnapshot _snapshot;
    private IReadOnlyDictionary<string, string>? _unread;
    private ObjectChange _oldest;
    private int _kept;
    private TaskCompletionSource? _pulse;
    private readonly ChangeSignals _watchers = new();
    private readonly List<ObjectChange> _untold = [];

    public ResourceCache(ResourceKind kind, SortedChunks<StoredObject> objects, long revision, IReadOnlyDictionary<string, string>? unread = null)
    {
        Kind = kind;
        _unread = unread;
        _oldest = ObjectChange.Origin(revision);
        _snapshot = new CacheSnapshot(objects, revision, _oldest);
    }

    public ResourceKind Kind { get; }

    public CacheSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>
    /// Objects that the store holds and that cannot be read as long as whoever has their key is away: by key, with the reason. They are not in the snapshot. Null for none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Unread => Volatile.Read(ref _unread);

    /// <summary>The oldest revision a watch can start from.</summary>
    public long OldestRevision => Volatile.Read(ref _oldest).Revision;

    /// <summary>Completes when the snapshot after this call differs from the one before. Take it first, look at the chain second.</summary>
    public Task Pulse
    {
        get
        {
            if (Volatile.Read(ref _pulse) is { } known)
            {
                return known.Task;
            }

            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (Interlocked.CompareExchange(ref _pulse, made, null) ?? made).Task;
        }
    }

    /// <summary>Has a watcher signalled at changes from now on, until it is taken off with the same pin.</summary>
    /// <param name="signal">Set after each change that may concern the watcher, and now and then without.</param>
    /// <param name="pin">What every object that concerns it has; null where all may.</param>
    public void Attach(ChangeSignal signal, ChangePin? pin) => _watchers.Add(signal, pin);

    public void Detach(ChangeSignal signal, ChangePin? pin) => _watchers.Remove(signal, pin);

    /// <summary>The place in the chain after which every change is newer than the revision, or null when those changes are no longer kept.</summary>
    /// <param name="revision">What the watcher has seen already.</param>
    /// <param name="oldest">The oldest revision a watch can start from.</param>
    public ObjectChange? After(long revision, out long oldest)
    {
        var at = Volatile.Read(ref _oldest);
        oldest = at.Revision;
        if (revision < at.Revision)
        {
            return null;
        }

        while (at.Next is { } next && next.Revision <= revision)
        {
            at = next;
        }

        return at;
    }

    /// <summary>Takes in the changes of one revision. Only the feed calls this, one batch after the other, and <see cref="Tell"/> once it has no more at hand.</summary>
    /// <param name="changes">Changes of keys of this resource.</param>
    public void Apply(IReadOnlyList<Change> changes) => Publish(Prepare(changes));

    /// <summary>The state after the changes of one revision, which nobody sees before it is published.</summary>
    internal PreparedChanges Prepare(IReadOnlyList<Change> changes)
    {
        var objects = _snapshot.Objects;
        var links = new List<ObjectChange>(changes.Count);
        var revision = _snapshot.Revision;
        var unread = _unread is null ? null : new Dictionary<string, string>(_unread, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            var key = change.Key[Kind.KeyPrefix.Length..];
            var before = objects.Find(key);
            // What is read late is news now.
            revision = Math.Max(revision, change.ModRevision.Value);
            if (change.Current is { Keeper: not null } closed && EncryptedStore.ProblemOf(closed) is { } problem)
            {
                (unread ??= new Dictionary<string, string>(StringComparer.Ordinal))[key] = problem;
                continue;
            }

            unread?.Remove(key);
            ObjectChange link;
            if (change.Current is { } current)
            {
                var stored = StoredObject.Keep(Kind, current);
                objects = objects.Set(key, stored);
                link = new ObjectChange(before is null ? ChangeType.Added : ChangeType.Modified, revision, stored, before);
            }
            else if (before is not null)
            {
                objects = objects.Remove(key);
                link = new ObjectChange(ChangeType.Deleted, revision, before.At(revision), before);
            }
            else
            {
                continue;
            }

            links.Add(link);
        }

        return new PreparedChanges(objects, revision, links, unread is { Count: > 0 } ? unread : null);
    }

    /// <summary>
    /// Wakes whoever waits for changes. What the store commits together is told together: each watcher then sends it in one piece, which is what
    /// makes a hundred of them cheap.
    /// </summary>
    public void Tell()
    {
        if (_untold.Count > 0)
        {
            _watchers.Tell(_untold);
            _untold.Clear();
        }

        Interlocked.Exchange(ref _pulse, null)?.TrySetResult();
    }

    /// <summary>Makes a prepared state the present one.</summary>
    internal void Publish(PreparedChanges prepared)
    {
        var last = _snapshot.Last;
        foreach (var link in prepared.Links)
        {
            last.Link(link);
            last = link;
            _kept++;
            if (Kind.IsHeavy)
            {
                link.Previous?.Forget();
            }
        }

        for (; _kept > Window; _kept--)
        {
            Volatile.Write(ref _oldest, _oldest.Next!);
        }

        Volatile.Write(ref _snapshot, new CacheSnapshot(prepared.Objects, prepared.Revision, last));
        Volatile.Write(ref _unread, prepared.Unread);
        _untold.AddRange(prepared.Links);
    }
}
