using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.EndpointSlices;

/// <summary>Keeps the EndpointSlices of every Service with a selector.</summary>
public sealed class EndpointSliceController : IController
{
    private const string ServiceIndex = "service";
    private const string ZoneLabel = "topology.kubernetes.io/zone";
    private readonly PlanRunner _runner;
    private readonly ServiceWatch _watch;
    private readonly Cache<V1EndpointSlice> _slices;
    private readonly Cache<V1Node> _nodes;

    public EndpointSliceController(ControllerContext context)
    {
        _runner = new PlanRunner(context);
        _watch = new ServiceWatch(context.Caches);
        _slices = context.Caches.Of<V1EndpointSlice>().WithIndex(ServiceIndex, static s => Managed(s) is { } key ? [key.ToString()] : []);
        _nodes = context.Caches.Of<V1Node>();
    }

    public string Name => "endpointslice";

    public int Workers => 4;

    public IEnumerable<ICache> Caches => [_watch.Services, _watch.Pods, _slices, _nodes];

    public void Watch(IKeySink keys)
    {
        _watch.Watch(keys);
        _slices.Subscribe(change =>
        {
            if (Managed(change.Object) is { } key)
            {
                keys.Add(key);
            }
        });
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(100));
        }

        // Slices of a deleted Service go with it: it owns them.
        if (_watch.Services.Snapshot.Get(key) is not { Metadata.DeletionTimestamp: null } service || !ServiceWatch.Applies(service))
        {
            return Again.No;
        }

        var view = new ServiceView
        {
            Service = service,
            Pods = _watch.Selected(service),
            Slices = _slices.Snapshot.By(ServiceIndex, key.ToString()),
            Zones = Zones(),
        };
        var error = await _runner.PerformAsync(key, EndpointSlicePlanner.Plan(view), ct).ConfigureAwait(false);
        return error is null or { IsNamespaceTerminating: true } ? Again.No : Again.Failed(error.Message);
    }

    private Dictionary<string, string> Zones()
    {
        var zones = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in _nodes.Snapshot.All)
        {
            if (node.Metadata.Labels.TryGetValue(ZoneLabel, out var zone))
            {
                zones[node.Metadata.Name] = zone;
            }
        }

        return zones;
    }

    private static ObjectKey? Managed(V1EndpointSlice slice) =>
        slice.Metadata.Labels.GetValueOrDefault(EndpointSlicePlanner.ManagerLabel) == EndpointSlicePlanner.Manager
        && slice.Metadata.Labels.TryGetValue(EndpointSlicePlanner.ServiceLabel, out var service)
            ? new ObjectKey(slice.Metadata.Namespace, service)
            : null;
}
