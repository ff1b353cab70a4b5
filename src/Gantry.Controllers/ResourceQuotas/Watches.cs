using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.ResourceQuotas;

/// <summary>
/// Counts the use of every ResourceQuota. Admission books what comes; what goes only this controller sees.
/// </summary>
public sealed class ResourceQuotaController : IController
{
    private const string Count = "count/";

    /// <summary>After a change the count is checked once more: admission books before an object is stored, so a count in between falls short.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(5);

    /// <summary>Kinds that no cache holds are counted now and then, where a quota names them.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly QuotaMeter _meter;
    private readonly Cache<V1ResourceQuota> _quotas;
    private readonly List<ICache> _caches = [];
    private readonly List<Action<IKeySink>> _watches = [];
    private readonly List<Func<string, IEnumerable<(ResourceType Type, IApiObject Object)>>> _objects = [];
    private readonly HashSet<string> _cached = new(StringComparer.Ordinal);

    public ResourceQuotaController(ControllerContext context, QuotaMeter meter)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _meter = meter;
        _quotas = context.Caches.Of<V1ResourceQuota>().WithIndex(Owners.NamespaceIndex, static q => [q.Metadata.Namespace]);
        Follow<V1Pod>(static (old, now) => old.Status.Phase != now.Status.Phase);
        Follow<V1Service>(static (old, now) => old.Spec != now.Spec);
        Follow<V1PersistentVolumeClaim>(static (old, now) => old.Spec != now.Spec);
        Follow<V1ConfigMap>(static (_, _) => false);
        Follow<V1Secret>(static (_, _) => false);
        Follow<V1ReplicationController>(static (_, _) => false);
        Follow<V1ResourceQuota>(static (_, _) => false);
    }

    public string Name => "resourcequota";

    public int Workers => 5;

    public IEnumerable<ICache> Caches => _caches;

    public void Watch(IKeySink keys)
    {
        _quotas.Subscribe(change =>
        {
            if (change.New is { } quota && change.Old?.Spec != quota.Spec)
            {
                keys.Add(ObjectKey.Of(quota));
            }
        });
        _watches.ForEach(w => w(keys));
    }

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (!_runner.Settled(key))
        {
            return Again.After(TimeSpan.FromMilliseconds(50));
        }

        if (_quotas.Snapshot.Get(key) is not { } quota)
        {
            return Again.No;
        }

        var counts = await CountAsync(quota, ct).ConfigureAwait(false);
        var plan = QuotaPlanner.Plan(new QuotaView { Quota = quota, Objects = _objects.SelectMany(o => o(key.Namespace)), Counts = counts, Meter = _meter });
        var error = await _runner.PerformAsync(key, plan, ct).ConfigureAwait(false);
        return error is not null and not { IsNotFound: true } ? Again.Failed(error.Message)
            : plan.Count > 0 ? Again.After(Doubt)
            : counts.Count > 0 ? Again.After(Interval)
            : Again.No;
    }

    private void Follow<T>(Func<T, T, bool> matters)
        where T : class, IApiObject<T>
    {
        var cache = _context.Caches.Of<T>().WithIndex(Owners.NamespaceIndex, static o => [o.Metadata.Namespace]);
        _caches.Add(cache);
        _cached.Add(Count + T.Resource.QualifiedPlural);
        _objects.Add(ns => cache.Snapshot.By(Owners.NamespaceIndex, ns).Select(o => (T.Resource, (IApiObject)o)));
        _watches.Add(keys => cache.Subscribe(change =>
        {
            if (change.Deleted || (change is { Old: { } old, New: { } now } && matters(old, now)))
            {
                foreach (var quota in _quotas.Snapshot.By(Owners.NamespaceIndex, change.Object.Metadata.Namespace))
                {
                    keys.Add(ObjectKey.Of(quota));
                }
            }
        }));
    }

    private async ValueTask<Dictionary<string, int>> CountAsync(V1ResourceQuota quota, CancellationToken ct)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var wanted = quota.Spec.Hard.Keys.Where(k => k.StartsWith(Count, StringComparison.Ordinal) && !_cached.Contains(k)).ToList();
        if (wanted.Count == 0)
        {
            return counts;
        }

        var resources = await _context.Metadata.ResourcesAsync(ct).ConfigureAwait(false);
        foreach (var name in wanted)
        {
            if (resources.FirstOrDefault(r => Count + (r.Group.Length == 0 ? r.Plural : r.Plural + "." + r.Group) == name) is { } resource && resource.Allows("list"))
            {
                counts[name] = (await _context.Metadata.ListAsync(resource, new ListQuery { Namespace = quota.Metadata.Namespace }, ct).ConfigureAwait(false)).Items.Count;
            }
        }

        return counts;
    }
}
