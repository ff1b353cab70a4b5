using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>
/// The objects of one kind, kept current by a list and a watch. Readers take an immutable <see cref="CacheSnapshot{T}"/> and no lock;
/// one loop writes. Objects are shared with every other reader of the process.
/// </summary>
/// <remarks>
/// The loop resumes its watch from the last revision it saw and lists again only when the server no longer keeps that revision, so
/// an undisturbed cache never polls.
/// </remarks>
public sealed class Cache<T> : ICache
    where T : class, IApiObject<T>
{
    private readonly Reflector<T> _reflector;
    private readonly Lock _writing = new();
    private readonly List<Action<CacheChange<T>>> _subscribers = [];
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexes = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CacheSnapshot<T> _snapshot;

    public Cache(IApiReader reader, TimeProvider clock, CacheOptions? options = null)
    {
        _reflector = new Reflector<T>(reader.ListAsync<T>, reader.WatchAsync<T>, Replace, Apply, options ?? new CacheOptions(), clock);
        _snapshot = CacheSnapshot<T>.Empty(_indexes);
    }

    public string Name => T.Resource.QualifiedPlural;

    /// <summary>The present state. Until <see cref="Synced"/> it is empty.</summary>
    public CacheSnapshot<T> Snapshot => _snapshot;

    public bool Synced => _synced.Task.IsCompletedSuccessfully;

    public long Revision => _snapshot.Revision;

    /// <summary>How often the loop had to start over, and why the last time; for health pages.</summary>
    public CacheTrouble Trouble => _reflector.Trouble;

    /// <summary>
    /// Adds a way to find objects by text keys. Allowed until the cache runs; adding a name twice keeps the first.
    /// </summary>
    public Cache<T> WithIndex(string name, Func<T, IEnumerable<string>> keys)
    {
        lock (_writing)
        {
            if (_indexes.ContainsKey(name))
            {
                return this;
            }

            if (_snapshot.Revision > 0)
            {
                throw new InvalidOperationException($"the cache of {Name} is filled already; add index {name} earlier");
            }

            _indexes.Add(name, keys);
            _snapshot = CacheSnapshot<T>.Empty(_indexes);
        }

        return this;
    }

    /// <summary>
    /// Calls <paramref name="onChange"/> for every change from now on, in order, on the cache's loop; first for each object present now.
    /// The snapshot already holds the change. The callback must be quick and must not throw.
    /// </summary>
    public IDisposable Subscribe(Action<CacheChange<T>> onChange)
    {
        lock (_writing)
        {
            _subscribers.Add(onChange);
            foreach (var item in _snapshot.All)
            {
                onChange(new CacheChange<T>(null, item));
            }
        }

        return new Subscription(this, onChange);
    }

    /// <summary>Completes when the first list is in.</summary>
    public Task WaitForSyncAsync(CancellationToken ct = default) => _synced.Task.WaitAsync(ct);

    /// <summary>Completes with the first snapshot, the present one included, for which the condition holds.</summary>
    public async Task<CacheSnapshot<T>> UntilAsync(Func<CacheSnapshot<T>, bool> condition, CancellationToken ct = default)
    {
        while (true)
        {
            // The signal is taken before the state is read, so that a change between the two is not missed.
            var moved = Volatile.Read(ref _moved).Task;
            var now = _snapshot;
            if (condition(now))
            {
                return now;
            }

            await moved.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Fills the cache and keeps it current until <paramref name="ct"/> stops it. Failures are retried with growing pauses.</summary>
    public Task RunAsync(CancellationToken ct) => _reflector.RunAsync(ct);

    private void Replace(IReadOnlyList<T> items, long revision)
    {
        lock (_writing)
        {
            var before = _snapshot;
            var after = CacheSnapshot<T>.Empty(_indexes).With(items, revision);
            _snapshot = after;
            foreach (var old in before.All)
            {
                if (after.Get(ObjectKey.Of(old)) is null)
                {
                    Tell(new CacheChange<T>(old, null));
                }
            }

            foreach (var item in after.All)
            {
                var old = before.Get(ObjectKey.Of(item));
                if (old is null || old.Metadata.ResourceVersion != item.Metadata.ResourceVersion)
                {
                    Tell(new CacheChange<T>(old, item));
                }
            }
        }

        _synced.TrySetResult();
        Signal();
    }

    private void Apply(WatchEvent<T> change)
    {
        lock (_writing)
        {
            var before = _snapshot;
            var revision = Math.Max(before.Revision, Revisions.Parse(change.ResourceVersion));
            if (change.Object is not { } item)
            {
                _snapshot = before.At(revision);
            }
            else if (change.Type == WatchEventType.Deleted)
            {
                var old = before.Get(ObjectKey.Of(item));
                _snapshot = before.Without(ObjectKey.Of(item), revision);
                Tell(new CacheChange<T>(old ?? item, null));
            }
            else
            {
                var old = before.Get(ObjectKey.Of(item));
                _snapshot = before.With(item, revision);
                Tell(new CacheChange<T>(old, item));
            }
        }

        Signal();
    }

    private void Tell(CacheChange<T> change)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber(change);
        }
    }

    private void Signal() =>
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private void Unsubscribe(Action<CacheChange<T>> onChange)
    {
        lock (_writing)
        {
            _subscribers.Remove(onChange);
        }
    }

    private sealed class Subscription(Cache<T> cache, Action<CacheChange<T>> onChange) : IDisposable
    {
        public void Dispose() => cache.Unsubscribe(onChange);
    }
}
