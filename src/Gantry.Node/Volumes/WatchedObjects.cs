using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Node.Volumes;

/// <summary>
/// The objects of one kind that pods of this node refer to. Each is watched by itself while any pod needs it, because a node may see
/// no others; a change tells the pods.
/// </summary>
public sealed class WatchedObjects<T> : IAsyncDisposable
    where T : class, IApiObject<T>
{
    private readonly IApiReader _api;
    private readonly TimeProvider _clock;
    private readonly Action<string> _changed;
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];

    /// <param name="api">Where the objects are.</param>
    /// <param name="changed">Called with the uid of each pod that needs an object that changed; must be quick.</param>
    /// <param name="clock">The time.</param>
    public WatchedObjects(IApiReader api, Action<string> changed, TimeProvider clock)
    {
        _api = api;
        _changed = changed;
        _clock = clock;
    }

    /// <summary>The object as it is now, or null; from now on the pod is told of its changes.</summary>
    public async ValueTask<T?> GetAsync(string ns, string name, string podUid, CancellationToken ct)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(new ObjectKey(ns, name), out entry!))
            {
                entry = new Entry(this, ns, name);
                _entries.Add(new ObjectKey(ns, name), entry);
            }

            entry.Pods.Add(podUid);
        }

        await entry.Cache.WaitForSyncAsync(ct);
        return entry.Cache.Snapshot.Get(ns, name);
    }

    /// <summary>A pod needs nothing any more; what nobody needs is no longer watched.</summary>
    public void Release(string podUid)
    {
        List<Entry> idle = [];
        lock (_lock)
        {
            foreach (var (key, entry) in _entries.ToList())
            {
                if (entry.Pods.Remove(podUid) && entry.Pods.Count == 0)
                {
                    _entries.Remove(key);
                    idle.Add(entry);
                }
            }
        }

        foreach (var entry in idle)
        {
            entry.Stop();
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Entry> all;
        lock (_lock)
        {
            all = [.. _entries.Values];
            _entries.Clear();
        }

        foreach (var entry in all)
        {
            entry.Stop();
            await entry.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(Entry entry)
    {
        List<string> pods;
        lock (_lock)
        {
            pods = [.. entry.Pods];
        }

        foreach (var uid in pods)
        {
            _changed(uid);
        }
    }

#pragma warning disable CA1001 // see Stop
    private sealed class Entry
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _stop = new();

        public Entry(WatchedObjects<T> owner, string ns, string name)
        {
            var scope = new ListQuery { Namespace = ns, FieldSelector = "metadata.name=" + name };
            Cache = new Cache<T>(owner._api, owner._clock, new CacheOptions { Scope = scope });
            // The first list is what the pod that asked waits for; only what comes after it is news.
            Cache.Subscribe(_ =>
            {
                if (Cache.Synced)
                {
                    owner.Tell(this);
                }
            });
            var ct = _stop.Token;
            Running = Task.Run(() => Cache.RunAsync(ct), CancellationToken.None);
        }

        public Cache<T> Cache { get; }

        public HashSet<string> Pods { get; } = new(StringComparer.Ordinal);

        public Task Running { get; }

        // The token source is left to the collector: its token may still be in use by the watch that ends.
        public void Stop() => _stop.Cancel();
    }
}
