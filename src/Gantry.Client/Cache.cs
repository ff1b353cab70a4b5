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
    private readonly IApiReader _reader;
    private readonly CacheOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private readonly List<Action<CacheChange<T>>> _subscribers = [];
    private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexes = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CacheSnapshot<T> _snapshot;

    public Cache(IApiReader reader, TimeProvider clock, CacheOptions? options = null)
    {
        _reader = reader;
        _clock = clock;
        _options = options ?? new CacheOptions();
        _snapshot = CacheSnapshot<T>.Empty(_indexes);
    }

    public string Name => T.Resource.QualifiedPlural;

    /// <summary>The present state. Until <see cref="Synced"/> it is empty.</summary>
    public CacheSnapshot<T> Snapshot => _snapshot;

    public bool Synced => _synced.Task.IsCompletedSuccessfully;

    public long Revision => _snapshot.Revision;

    /// <summary>How often the loop had to start over, and why the last time; for health pages.</summary>
    public CacheTrouble Trouble { get; private set; } = new(0, null);

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
    public async Task RunAsync(CancellationToken ct)
    {
        var pause = _options.FirstPause;
        var listed = false;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (!listed)
                {
                    await ListAsync(ct).ConfigureAwait(false);
                    listed = true;
                }

                var progress = await WatchAsync(ct).ConfigureAwait(false);
                pause = progress ? _options.FirstPause : Longer(pause);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
            catch (ApiException gone) when (gone.Error.IsGone)
            {
                listed = false;
                Trouble = new(Trouble.Count + 1, gone);
                pause = Longer(pause);
            }
#pragma warning disable CA1031 // whatever breaks a connection is retried: the cache outlives its server
            catch (Exception broken)
#pragma warning restore CA1031
            {
                Trouble = new(Trouble.Count + 1, broken);
                pause = Longer(pause);
            }

            if (pause > _options.FirstPause)
            {
                await Task.Delay(pause, _clock, ct).ConfigureAwait(false);
            }
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < _options.LongestPause ? pause * 2 : _options.LongestPause;

    private async Task ListAsync(CancellationToken ct)
    {
        var items = new List<T>();
        var page = new ApiList<T>([], "");
        do
        {
            page = await _reader.ListAsync<T>(_options.Scope with { Limit = _options.PageSize, Continue = page.Continue }, ct).ConfigureAwait(false);
            items.AddRange(page.Items);
        }
        while (page.Continue.Length > 0);
        Replace(items, Revisions.Parse(page.ResourceVersion));
        _synced.TrySetResult();
    }

    /// <summary>Whether anything arrived before the server closed the watch.</summary>
    private async Task<bool> WatchAsync(CancellationToken ct)
    {
        var query = new WatchQuery
        {
            Namespace = _options.Scope.Namespace,
            LabelSelector = _options.Scope.LabelSelector,
            FieldSelector = _options.Scope.FieldSelector,
            ResourceVersion = Revisions.Text(Revision),
        };
        var progress = false;
        await foreach (var change in _reader.WatchAsync<T>(query, ct).ConfigureAwait(false))
        {
            progress = true;
            Apply(change);
        }

        return progress;
    }

    private void Replace(List<T> items, long revision)
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
