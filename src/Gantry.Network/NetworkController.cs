using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Network.Dns;
using Gantry.Network.Facts;
using Gantry.Network.Nft;
using Gantry.Network.Services;
using Microsoft.Extensions.Logging;

namespace Gantry.Network;

/// <summary>
/// Keeps names and packet rules in step with Services and EndpointSlices. There is one key for everything: changes that arrive while
/// one transaction is under way go into the next together, so a burst costs a few transactions and not one each.
/// </summary>
public sealed class NetworkController : IController
{
    private const string ByService = "network.service";
    private static readonly ObjectKey Everything = new("services");

    private readonly Cache<V1Service> _services;
    private readonly Cache<V1EndpointSlice> _slices;
    private readonly Cache<V1Namespace> _namespaces;
    private readonly Func<NetworkOptions> _options;
    private readonly NftApplier _applier;
    private readonly Responder _responder;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly HashSet<ServiceName> _changed = [];
    private NetworkPlan? _plan;

    /// <summary>The options are asked for at the first reconciliation only, when the machine has been prepared.</summary>
    public NetworkController(Func<NetworkOptions> options, CacheSet caches, NftApplier applier, Responder responder, ILogger log)
    {
        _services = caches.Of<V1Service>();
        _slices = caches.Of<V1EndpointSlice>().WithIndex(ByService, static slice => Owner(slice) is { } owner ? [owner.ToString()] : []);
        _namespaces = caches.Of<V1Namespace>();
        _options = options;
        _applier = applier;
        _responder = responder;
        _log = log;
    }

    public string Name => "network";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_services, _slices, _namespaces];

    public void Watch(IKeySink keys)
    {
        _services.Subscribe(change => Note(keys, new(change.Object.Metadata.Namespace, change.Object.Metadata.Name)));
        _slices.Subscribe(change =>
        {
            // A slice that changed hands concerns both Services.
            foreach (var owner in new[] { change.Old, change.New }.OfType<V1EndpointSlice>().Select(Owner).OfType<ServiceName>().Distinct())
            {
                Note(keys, owner);
            }
        });

        // Even a cluster without Services needs the table: it masquerades for pods.
        keys.Add(Everything);
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        _plan ??= new(_options());
        var changed = TakeChanged();
        var zone = _responder.Zone;
        foreach (var name in changed)
        {
            var service = _services.Snapshot.Get(name.Namespace, name.Name) is { } found ? FactReader.Service(found) : null;
            List<SliceFact> slices = [.. _slices.Snapshot.By(ByService, name.ToString()).Select(FactReader.Slice).OfType<SliceFact>()];
            zone = zone.With(name, service, slices);
            _plan.Set(name, service, slices);
        }

        // Names first: they cannot fail, and a name is asked for before its address is used.
        _responder.Zone = zone;
        switch (await _applier.ApplyAsync(_plan.Program(), ct).ConfigureAwait(false))
        {
            case ApplyResult.Failed(var reason):
                NetworkLog.Refused(_log, reason);
                return Again.Failed(reason);
            case ApplyResult.Applied(var text):
                NetworkLog.Applied(_log, changed.Count, text.Length);
                return Again.No;
            default:
                return Again.No;
        }
    }

    private static ServiceName? Owner(V1EndpointSlice slice) =>
        slice.Metadata.Labels.TryGetValue(FactReader.ServiceLabel, out var service) && service.Length > 0 ? new(slice.Metadata.Namespace, service) : null;

    private void Note(IKeySink keys, ServiceName name)
    {
        lock (_lock)
        {
            _changed.Add(name);
        }

        keys.Add(Everything);
    }

    private List<ServiceName> TakeChanged()
    {
        lock (_lock)
        {
            List<ServiceName> taken = [.. _changed.Order()];
            _changed.Clear();
            return taken;
        }
    }
}
