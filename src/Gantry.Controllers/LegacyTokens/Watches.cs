using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Control;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.LegacyTokens;

/// <summary>Looks once a day for tokens of service accounts that nobody uses any more.</summary>
public sealed class LegacyTokenCleaner : IController
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(24);
    private static readonly ObjectKey Tracking = new(LegacyTokenPlanner.TrackingNamespace, LegacyTokenPlanner.TrackingName);

    private readonly ControllerContext _context;
    private readonly PlanRunner _runner;
    private readonly TimeSpan _life;
    private readonly PodSecretNames _mentions;
    private readonly Cache<V1Secret> _secrets;
    private readonly Cache<V1ServiceAccount> _accounts;
    private readonly Cache<V1Pod> _pods;
    private readonly Cache<V1ConfigMap> _maps;

    /// <param name="context">The parts.</param>
    /// <param name="life">How long a token may go unused.</param>
    /// <param name="mentions">The Secrets that a pod uses.</param>
    public LegacyTokenCleaner(ControllerContext context, TimeSpan life, PodSecretNames mentions)
    {
        _context = context;
        _runner = new PlanRunner(context);
        _life = life;
        _mentions = mentions;
        _secrets = context.Caches.Of<V1Secret>();
        _accounts = context.Caches.Of<V1ServiceAccount>();
        _pods = context.Caches.Of<V1Pod>();
        _maps = context.Caches.Of<V1ConfigMap>();
    }

    public string Name => "legacy-service-account-token-cleaner";

    public int Workers => 1;

    public IEnumerable<ICache> Caches => [_secrets, _accounts, _pods, _maps];

    // One key: all tokens are looked at in one go, from the day on since when their use is recorded.
    public void Watch(IKeySink keys) => _maps.Subscribe(change =>
    {
        if (change.New is { } map && ObjectKey.Of(map) == Tracking)
        {
            keys.Add(Tracking);
        }
    });

    public async ValueTask<Again> ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var (now, tracking) = (_context.Clock.GetUtcNow(), _maps.Snapshot.Get(key));
        if (!LegacyTokenPlanner.Knows(tracking, now, _life))
        {
            return tracking is null ? Again.No : Again.After(Pause);
        }

        var mounted = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        string? failure = null;
        foreach (var secret in _secrets.Snapshot.All.Where(s => LegacyTokenPlanner.IsOld(s, now, _life)))
        {
            var view = new LegacyTokenView(secret, Account(secret), Mounted(mounted, secret.Metadata.Namespace).Contains(secret.Metadata.Name), tracking, now);
            var error = await _runner.PerformAsync(ObjectKey.Of(secret), LegacyTokenPlanner.Plan(view, _life), ct).ConfigureAwait(false);
            // One that was just used, or is gone, is another matter tomorrow; the others are not to wait for one that failed.
            failure ??= error is null or { IsConflict: true } or { IsNotFound: true } ? null : error.Message;
        }

        return failure is null ? Again.After(Pause) : Again.Failed(failure);
    }

    private V1ServiceAccount? Account(V1Secret secret)
    {
        var (name, uid) = (secret.Metadata.Annotations.GetValueOrDefault("kubernetes.io/service-account.name", ""), secret.Metadata.Annotations.GetValueOrDefault("kubernetes.io/service-account.uid", ""));
        return name.Length > 0 && _accounts.Snapshot.Get(secret.Metadata.Namespace, name) is { } account && (uid.Length == 0 || uid == account.Metadata.Uid) ? account : null;
    }

    private HashSet<string> Mounted(Dictionary<string, HashSet<string>> known, string ns)
    {
        if (!known.TryGetValue(ns, out var names))
        {
            names = _pods.Snapshot.All.Where(p => p.Metadata.Namespace == ns).SelectMany(p => _mentions(p)).ToHashSet(StringComparer.Ordinal);
            known.Add(ns, names);
        }

        return names;
    }
}
