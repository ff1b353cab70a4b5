using Gantry.Api.Models;

namespace Gantry.Client;

/// <summary>
/// The caches of a process: one per kind, shared by everything that asks. Ask for caches and add their indexes first, then run the set.
/// </summary>
public sealed class CacheSet
{
    private readonly IApiReader _reader;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, ICache> _caches = [];

    public CacheSet(IApiReader reader, TimeProvider clock)
    {
        _reader = reader;
        _clock = clock;
    }

    /// <summary>The caches asked for so far, in the order of the first request.</summary>
    public IReadOnlyList<ICache> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _caches.Values];
            }
        }
    }

    /// <summary>The cache of all objects of a kind.</summary>
    public Cache<T> Of<T>()
        where T : class, IApiObject<T>
    {
        lock (_lock)
        {
            if (!_caches.TryGetValue(typeof(T), out var cache))
            {
                cache = new Cache<T>(_reader, _clock);
                _caches.Add(typeof(T), cache);
            }

            return (Cache<T>)cache;
        }
    }

    /// <summary>The cache of a kind if anybody asked for it, else null.</summary>
    public Cache<T>? Find<T>()
        where T : class, IApiObject<T>
    {
        lock (_lock)
        {
            return _caches.GetValueOrDefault(typeof(T)) as Cache<T>;
        }
    }

    /// <summary>Completes when every cache asked for so far has its first list.</summary>
    public Task WaitForSyncAsync(CancellationToken ct = default) => Task.WhenAll(All.Select(c => c.WaitForSyncAsync(ct)));

    /// <summary>Runs every cache asked for so far until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(All.Select(c => c.RunAsync(ct)));
}
