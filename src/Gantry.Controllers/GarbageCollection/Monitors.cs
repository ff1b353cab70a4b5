using Gantry.Client;

namespace Gantry.Controllers.GarbageCollection;

/// <summary>Follows the metadata of every kind that is served, and of new kinds as they come.</summary>
internal sealed class Monitors
{
    /// <summary>A kind that cannot be listed for that long no longer holds up the others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ControllerContext _context;
    private readonly Graph _graph;
    private readonly Action _grown;
    private readonly Dictionary<(string Group, string Plural), Monitor> _running = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<ResourceId> _resources = [];

    /// <param name="context">The parts.</param>
    /// <param name="graph">What the monitors fill.</param>
    /// <param name="grown">Called when kinds came that were not served before.</param>
    public Monitors(ControllerContext context, Graph graph, Action grown)
    {
        (_context, _graph, _grown) = (context, graph, grown);
    }

    /// <summary>The resources that are served, each in one version.</summary>
    public IReadOnlyList<ResourceId> Resources => _resources;

    /// <summary>Whether the graph holds all that was there when the kinds were found out.</summary>
    public bool Ready
    {
        get
        {
            var now = _context.Clock.GetUtcNow();
            lock (_running)
            {
                return _resources.Count > 0 && _running.Values.All(m => m.Filled || now - m.Since > Patience);
            }
        }
    }

    /// <summary>Says that kinds may have come or gone.</summary>
    public void Refresh() => Volatile.Read(ref _changed).TrySetResult();

    public async Task RunAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (true)
            {
                var changed = Volatile.Read(ref _changed).Task;
                var complete = await DiscoverAsync(all.Token).ConfigureAwait(false);
                await Task.Delay(Pause, _context.Clock, ct).ConfigureAwait(false);
                if (complete)
                {
                    await changed.WaitAsync(ct).ConfigureAwait(false);
                    Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                }
            }
        }
        finally
        {
            await all.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_running.Values.Select(m => m.Loop)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> DiscoverAsync(CancellationToken ct)
    {
        IReadOnlyList<ResourceId> served;
        try
        {
            served = await _context.Metadata.ResourcesAsync(ct).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is ApiException or HttpRequestException or IOException)
        {
            return false;
        }

        var followed = served.Where(IsFollowed).DistinctBy(r => (r.Group, r.Plural)).ToDictionary(r => (r.Group, r.Plural));
        List<Monitor> gone;
        var grown = false;
        lock (_running)
        {
            gone = [.. _running.Where(m => !followed.TryGetValue(m.Key, out var r) || r != m.Value.Resource).Select(m => m.Value)];
            gone.ForEach(m => _running.Remove((m.Resource.Group, m.Resource.Plural)));
            foreach (var (key, resource) in followed.Where(f => !_running.ContainsKey(f.Key)))
            {
                _running.Add(key, new Monitor(resource, _graph, _context, ct));
                grown = true;
            }
        }

        _resources = served;
        foreach (var monitor in gone)
        {
            await monitor.StopAsync().ConfigureAwait(false);
            if (!followed.ContainsKey((monitor.Resource.Group, monitor.Resource.Plural)))
            {
                _graph.Forget(monitor.Resource);
            }
        }

        if (grown)
        {
            _grown();
        }

        return true;
    }

    // Events are many, short-lived and never owned.
    private static bool IsFollowed(ResourceId resource) =>
        resource.Allows("list") && resource.Allows("watch") && resource.Allows("delete") && resource is not { Plural: "events", Group: "" or "events.k8s.io" };

    private sealed class Monitor
    {
        private readonly CancellationTokenSource _stop;

        public Monitor(ResourceId resource, Graph graph, ControllerContext context, CancellationToken ct)
        {
            Resource = resource;
            Since = context.Clock.GetUtcNow();
            _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var reflector = new Reflector<ObjectMetadata>(
                (query, c) => context.Metadata.ListAsync(resource, query, c),
                (query, c) => context.Metadata.WatchAsync(resource, query, c),
                (items, _) =>
                {
                    graph.Replace(resource, items);
                    Filled = true;
                },
                change => graph.Apply(resource, change),
                new CacheOptions { PageSize = 500 },
                context.Clock);
            Loop = Task.Run(() => reflector.RunAsync(_stop.Token), CancellationToken.None);
        }

        public ResourceId Resource { get; }

        public DateTimeOffset Since { get; }

        public bool Filled { get; private set; }

        public Task Loop { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await Loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
