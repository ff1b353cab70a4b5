using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Node.Volumes;

/// <summary>What volumes and environments show, from the API.</summary>
public sealed class ApiVolumeSource : IVolumeSource, IAsyncDisposable
{
    // A pod that waits for an object longer than this is told so, and tries again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IApiClient _api;
    private readonly TimeProvider _clock;
    private readonly WatchedObjects<V1ConfigMap> _maps;
    private readonly WatchedObjects<V1Secret> _secrets;
    private readonly ServiceAccountTokens _tokens;

    /// <param name="api">The API.</param>
    /// <param name="changed">Called with the uid of each pod that uses an object that changed; must be quick.</param>
    /// <param name="clock">The time.</param>
    public ApiVolumeSource(IApiClient api, Action<string> changed, TimeProvider clock)
    {
        _api = api;
        _clock = clock;
        _maps = new WatchedObjects<V1ConfigMap>(api, changed, clock);
        _secrets = new WatchedObjects<V1Secret>(api, changed, clock);
        _tokens = new ServiceAccountTokens(api, clock);
    }

    public ValueTask<V1ConfigMap?> ConfigMapAsync(string ns, string name, string podUid, CancellationToken ct) =>
        PatientlyAsync($"configmap \"{name}\"", limit => _maps.GetAsync(ns, name, podUid, limit), ct);

    public ValueTask<V1Secret?> SecretAsync(string ns, string name, string podUid, CancellationToken ct) =>
        PatientlyAsync($"secret \"{name}\"", limit => _secrets.GetAsync(ns, name, podUid, limit), ct);

    public ValueTask<string> TokenAsync(V1Pod pod, V1ServiceAccountTokenProjection wanted, CancellationToken ct) => _tokens.GetAsync(pod, wanted, ct);

    public ValueTask<V1PersistentVolumeClaim?> ClaimAsync(string ns, string name, CancellationToken ct) => _api.GetAsync<V1PersistentVolumeClaim>(ns, name, ct);

    public ValueTask<V1PersistentVolume?> PersistentVolumeAsync(string name, CancellationToken ct) => _api.GetAsync<V1PersistentVolume>("", name, ct);

    /// <summary>A pod is gone.</summary>
    public void Release(string podUid)
    {
        _maps.Release(podUid);
        _secrets.Release(podUid);
        _tokens.Forget(podUid);
    }

    public async ValueTask DisposeAsync()
    {
        await _maps.DisposeAsync();
        await _secrets.DisposeAsync();
    }

    private async ValueTask<T?> PatientlyAsync<T>(string what, Func<CancellationToken, ValueTask<T?>> get, CancellationToken ct)
        where T : class
    {
        using var limit = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await get(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new VolumeException($"failed to read {what}: the API did not answer in time");
        }
    }
}
