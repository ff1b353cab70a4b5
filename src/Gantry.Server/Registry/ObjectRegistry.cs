using System.Collections.Concurrent;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Encryption;
using Gantry.Store;
using Microsoft.Extensions.Logging;

namespace Gantry.Server.Registry;

/// <summary>
/// Every served resource and its cache, kept equal to the store by one reader of the store's change feed. Resources can be added while
/// the server runs: a custom resource is one more entry, not another mechanism.
/// </summary>
public sealed class ObjectRegistry : IObjects
{
    private const string DefinitionPrefix = "/registry/apiextensions.k8s.io/customresourcedefinitions/";

    // Watchers hear of changes at the latest after this many batches.
    private const int MostTogether = 64;

    // Whoever has a key and is away is asked again that often; a failure is not forgotten sooner.
    private static readonly TimeSpan RereadPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(3);

    private readonly IStore _store;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, ResourceCache> _byPrefix = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ResourceType, ResourceCache> _byType = new();
    private readonly HashSet<ResourceCache> _changed = [];
    private readonly HashSet<ResourceCache> _unread = [];
    private readonly TimeProvider _time;
    private RereadRound _round = new();
    private DateTimeOffset _reread;
    private RevisionClock _clock = new(0);

    public ObjectRegistry(IStore store, TimeProvider time, ILogger log)
    {
        _store = store;
        _time = time;
        _log = log;
        _round.Over.SetResult();
    }

    /// <summary>Called with changed definitions of custom resources and the revision, before anybody sees them.</summary>
    internal Func<PreparedChanges, long, CancellationToken, ValueTask>? Reshape { get; set; }

    /// <summary>How far all caches are.</summary>
    public RevisionClock Clock => _clock;

    public IStore Store => _store;

    /// <summary>Whether the store keeps an object otherwise than it would write it today: then a write that changes nothing is still a write.</summary>
    public ValueTask<bool> IsStaleAsync(string key, CancellationToken cancellation) =>
        _store is EncryptedStore encrypted ? encrypted.IsStaleAsync(key, cancellation) : new(false);

    public IReadOnlyCollection<ResourceCache> Caches => [.. _byType.Values];

    public ResourceCache? Find(ResourceType type) => _byType.GetValueOrDefault(type);

    public ResourceCache Require(ResourceType type) => Find(type) ?? throw new InvalidOperationException($"{type} is not served");

    public T? Get<T>(string ns, string name)
        where T : class, IApiObject<T> => Require(T.Resource).Snapshot.Find(ns, name)?.Typed as T;

    public IEnumerable<T> List<T>(string ns = "")
        where T : class, IApiObject<T> => Require(T.Resource).Snapshot.In(ns).Select(o => (T)o.Typed);

    public object Version<T>()
        where T : class, IApiObject<T> => Require(T.Resource).Snapshot;

    /// <summary>Reads the whole store into the caches. Called once, before anything is served.</summary>
    /// <param name="kinds">The resources that have storage of their own.</param>
    /// <param name="cancellation">Stops the loading.</param>
    public async Task LoadAsync(IReadOnlyList<ResourceKind> kinds, CancellationToken cancellation)
    {
        var page = await ReadAsync(RangeQuery.Prefix("/registry/"), cancellation).ConfigureAwait(false);
        var revision = page.At.Value;
        var caches = new Dictionary<string, ResourceCache>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            caches[kind.KeyPrefix] = new ResourceCache(kind, SortedChunks<StoredObject>.Empty, revision);
        }

        foreach (var group in page.Items.GroupBy(i => PrefixOf(i.Key), StringComparer.Ordinal))
        {
            if (!caches.TryGetValue(group.Key, out var cache))
            {
                // Groups with a dot that are not built in belong to custom resources, whose definitions are read next.
                if (!IsCustom(group.Key))
                {
                    RegistryLog.UnknownPrefix(_log, group.Key);
                }

                continue;
            }

            caches[group.Key] = CacheOf(cache.Kind, group, revision);
        }

        foreach (var cache in caches.Values)
        {
            Take(cache);
        }

        _clock = new RevisionClock(revision);
    }

    /// <summary>Follows the store until cancelled. A failure here means that readers would see the past, so it is thrown to the host.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        var from = new WatchFrom { Keys = KeyRange.Prefix("/registry/"), After = new Revision(_clock.Current), Progress = true };
        var feed = _store.WatchAsync(from, cancellation).GetAsyncEnumerator(cancellation);
        await using var end = feed.ConfigureAwait(false);
        var together = 0;
        while (true)
        {
            var next = feed.MoveNextAsync();
            if (!next.IsCompleted || ++together == MostTogether)
            {
                together = 0;
                Tell();
            }

            if (!await NextAsync(next, cancellation).ConfigureAwait(false))
            {
                return;
            }

            await TakeAsync(feed.Current, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask TakeAsync(ChangeBatch batch, CancellationToken cancellation)
    {
        if (batch.IsCompacted)
        {
            throw new InvalidOperationException("the store dropped changes that the caches have not seen");
        }

        if (Reshape is not null && batch.Changes.Any(IsDefinition))
        {
            await ReshapeAsync(batch, cancellation).ConfigureAwait(false);
        }
        else
        {
            Apply(batch.Changes);
        }

        _clock.Advance(batch.Revision.Value);
    }

    private void Tell()
    {
        foreach (var cache in _changed)
        {
            cache.Tell();
        }

        _changed.Clear();
    }

    /// <summary>Takes in a resource and what the store holds of it. Called between two batches of the feed, or before it is followed.</summary>
    /// <param name="kind">The resource.</param>
    /// <param name="revision">How far the feed is.</param>
    /// <param name="cancellation">Ends reading.</param>
    public async ValueTask<ResourceCache> AddAsync(ResourceKind kind, long revision, CancellationToken cancellation)
    {
        var query = new RangeQuery { Keys = KeyRange.Prefix(kind.KeyPrefix), At = new Revision(revision) };
        var cache = CacheOf(kind, (await ReadAsync(query, cancellation).ConfigureAwait(false)).Items, revision);
        Take(cache);
        return cache;
    }

    /// <summary>Has what could not be read (<see cref="ResourceCache.Unread"/>) read once more, and waits until that has been tried.</summary>
    public Task RereadAsync(CancellationToken cancellation)
    {
        var round = Volatile.Read(ref _round);
        round.Asked.TrySetResult();
        return round.Over.Task.WaitAsync(cancellation);
    }

    /// <summary>Lets go of a resource. Called between two batches of the feed.</summary>
    public void Remove(ResourceKind kind)
    {
        if (_byType.TryRemove(kind.Type, out var cache))
        {
            _byPrefix.TryRemove(KeyValuePair.Create(kind.KeyPrefix, cache));
            _unread.Remove(cache);
        }
    }

    private void Take(ResourceCache cache)
    {
        if (_byPrefix.TryGetValue(cache.Kind.KeyPrefix, out var before))
        {
            _byType.TryRemove(before.Kind.Type, out _);
            _unread.Remove(before);
        }

        _byPrefix[cache.Kind.KeyPrefix] = cache;
        _byType[cache.Kind.Type] = cache;
        Note(cache);
    }

    private async ValueTask<RangeResult.Page> ReadAsync(RangeQuery query, CancellationToken cancellation)
    {
        var result = _store is EncryptedStore encrypted
            ? await encrypted.ReadAsync(query, cancellation).ConfigureAwait(false)
            : await _store.RangeAsync(query, cancellation).ConfigureAwait(false);
        return result.Require();
    }

    private static ResourceCache CacheOf(ResourceKind kind, IEnumerable<KeyValue> items, long revision)
    {
        var objects = new List<KeyValuePair<string, StoredObject>>();
        Dictionary<string, string>? unread = null;
        foreach (var item in items)
        {
            var key = item.Key[kind.KeyPrefix.Length..];
            if (EncryptedStore.ProblemOf(item) is { } problem)
            {
                (unread ??= new Dictionary<string, string>(StringComparer.Ordinal))[key] = problem;
                continue;
            }

            objects.Add(KeyValuePair.Create(key, StoredObject.Keep(kind, item)));
        }

        return new ResourceCache(kind, SortedChunks<StoredObject>.FromSorted(objects), revision, unread);
    }

    // Once something cannot be read, tries begin.
    private void Note(ResourceCache cache)
    {
        if (cache.Unread is null)
        {
            return;
        }

        _unread.Add(cache);
        if (_round.Over.Task.IsCompleted)
        {
            Volatile.Write(ref _round, new RereadRound());
        }
    }

    private ValueTask<bool> NextAsync(ValueTask<bool> next, CancellationToken cancellation) =>
        _unread.Count == 0 ? next : new ValueTask<bool>(RereadAsync(next.AsTask(), cancellation));

    // Waits for the feed as long as something cannot be read, and tries to read it in the meantime.
    private async Task<bool> RereadAsync(Task<bool> next, CancellationToken cancellation)
    {
        while (_unread.Count > 0)
        {
            var round = _round;
            if (!round.Asked.Task.IsCompleted)
            {
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                var first = await Task.WhenAny(next, round.Asked.Task, Task.Delay(RereadPause, _time, waiting.Token)).ConfigureAwait(false);
                await waiting.CancelAsync().ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (first == next)
                {
                    return await next.ConfigureAwait(false);
                }
            }

            Volatile.Write(ref _round, new RereadRound());
            await RereadAllAsync(cancellation).ConfigureAwait(false);
            Tell();
            round.Over.TrySetResult();
        }

        // Whoever asks now need not wait.
        _round.Over.TrySetResult();
        return await next.ConfigureAwait(false);
    }

    private async ValueTask RereadAllAsync(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        if (now - _reread < FailureLife)
        {
            return;
        }

        _reread = now;
        foreach (var cache in _unread.ToList())
        {
            var query = RangeQuery.Prefix(cache.Kind.KeyPrefix) with { At = new Revision(_clock.Current) };
            var changes = (await ReadAsync(query, cancellation).ConfigureAwait(false)).Items
                .Where(i => EncryptedStore.ProblemOf(i) is null && cache.Unread!.ContainsKey(i.Key[cache.Kind.KeyPrefix.Length..]))
                .Select(i => new Change { Key = i.Key, Id = i.Id, Current = i, CreateRevision = i.CreateRevision, WrittenAt = i.WrittenAt }).ToList();
            var prepared = cache.Prepare(changes);
            if (Reshape is not null && cache.Kind.KeyPrefix == DefinitionPrefix)
            {
                await Reshape(prepared, _clock.Current, cancellation).ConfigureAwait(false);
            }

            cache.Publish(prepared);
            _changed.Add(cache);
            if (cache.Unread is null)
            {
                _unread.Remove(cache);
                _reread = default;
            }
        }
    }

    private static bool IsCustom(string prefix)
    {
        var group = prefix.Split('/', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1) ?? "";
        return group.Contains('.', StringComparison.Ordinal) && ApiCatalog.Resources.All(r => r.Group != group);
    }

    private static bool IsDefinition(Change change) => change.Key.StartsWith(DefinitionPrefix, StringComparison.Ordinal);

    // What a definition defines is served before the definition can be seen, with all objects that are there by then.
    private async ValueTask ReshapeAsync(ChangeBatch batch, CancellationToken cancellation)
    {
        Apply([.. batch.Changes.Where(c => !IsDefinition(c))]);
        var cache = _byPrefix[DefinitionPrefix];
        var prepared = cache.Prepare([.. batch.Changes.Where(IsDefinition)]);
        await Reshape!(prepared, batch.Revision.Value, cancellation).ConfigureAwait(false);
        cache.Publish(prepared);
        _changed.Add(cache);
        Note(cache);
    }

    private void Apply(IReadOnlyList<Change> changes)
    {
        if (changes.Count == 1)
        {
            Apply(PrefixOf(changes[0].Key), changes);
        }
        else
        {
            foreach (var group in changes.GroupBy(c => PrefixOf(c.Key), StringComparer.Ordinal))
            {
                Apply(group.Key, [.. group]);
            }
        }
    }

    private void Apply(string prefix, IReadOnlyList<Change> changes)
    {
        if (_byPrefix.GetValueOrDefault(prefix) is { } cache)
        {
            cache.Apply(changes);
            _changed.Add(cache);
            Note(cache);
        }
    }

    // "/registry/apps/deployments/" of "/registry/apps/deployments/ns/name".
    private static string PrefixOf(string key)
    {
        var group = key.IndexOf('/', "/registry/".Length);
        var plural = group < 0 ? -1 : key.IndexOf('/', group + 1);
        return plural < 0 ? key : key[..(plural + 1)];
    }
}
