using Gantry.Api.Models;
using Gantry.Client;
using Microsoft.Extensions.Logging;

namespace Gantry.Control;

/// <summary>Leadership by a Lease object, compatible with the elections of Kubernetes' own clients.</summary>
/// <remarks>
/// Rivals' clocks are not trusted: a lease counts as abandoned when this process has seen it unchanged for its whole duration.
/// </remarks>
public sealed class LeaseLeadership : ILeadership
{
    private readonly IApiClient _api;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private (string? Holder, DateTimeOffset? Renewed) _seen;
    private DateTimeOffset _seenAt;

    public LeaseLeadership(IApiClient api, LeaseOptions options, TimeProvider clock, ILogger log)
    {
        _api = api;
        _options = options;
        _clock = clock;
        _log = log;
        _seenAt = clock.GetUtcNow();
    }

    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (true)
        {
            while (!await TryAsync(ct).ConfigureAwait(false))
            {
                await Task.Delay(_options.Pause, _clock, ct).ConfigureAwait(false);
            }

            ControlLog.Leads(_log, _options.Identity, _options.Name);
            await LeadAsync(work, ct).ConfigureAwait(false);
            ControlLog.LostLead(_log, _options.Identity, _options.Name);
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = work(term.Token);
        var holding = HoldAsync(term.Token);
        var first = await Task.WhenAny(working, holding).ConfigureAwait(false);
        var asked = ct.IsCancellationRequested;
        await term.CancelAsync().ConfigureAwait(false);
        // The next term must not start while the work of this one goes on.
        await Task.WhenAll(working, holding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (asked || first == working)
        {
            await ReleaseAsync().ConfigureAwait(false);
            await working.ConfigureAwait(false);
            throw new InvalidOperationException("the work of the leader ended");
        }
    }

    /// <summary>Returns when the lease is lost.</summary>
    private async Task HoldAsync(CancellationToken ct)
    {
        var renewed = _clock.GetUtcNow();
        while (_clock.GetUtcNow() - renewed < _options.RenewLimit)
        {
            await Task.Delay(_options.Pause, _clock, ct).ConfigureAwait(false);
            if (await TryAsync(ct).ConfigureAwait(false))
            {
                renewed = _clock.GetUtcNow();
            }
            else if (_seen.Holder != _options.Identity)
            {
                return;
            }
        }
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            var lease = await _api.GetAsync<V1Lease>(_options.Namespace, _options.Name, ct).ConfigureAwait(false);
            var now = _clock.GetUtcNow();
            var result = lease is null
                ? await _api.CreateAsync(Taken(new V1Lease { Metadata = new V1ObjectMeta { Namespace = _options.Namespace, Name = _options.Name } }, now), ct).ConfigureAwait(false)
                : MayTake(lease, now) ? await _api.UpdateAsync(Taken(lease, now), ct: ct).ConfigureAwait(false) : default;
            if (result.Error is { } error)
            {
                ControlLog.LeaseRefused(_log, _options.Name, error.Message);
                return false;
            }

            if (result.Value is { } mine)
            {
                _seen = (mine.Spec.HolderIdentity, mine.Spec.RenewTime);
                _seenAt = now;
            }

            return result.Value is not null;
        }
        catch (Exception broken) when (broken is ApiException or IOException or HttpRequestException)
        {
            ControlLog.LeaseRefused(_log, _options.Name, broken.Message);
            return false;
        }
    }

    private bool MayTake(V1Lease lease, DateTimeOffset now)
    {
        var state = (lease.Spec.HolderIdentity, lease.Spec.RenewTime);
        if (state != _seen)
        {
            _seen = state;
            _seenAt = now;
        }

        var duration = TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? (int)_options.Duration.TotalSeconds);
        return string.IsNullOrEmpty(lease.Spec.HolderIdentity) || lease.Spec.HolderIdentity == _options.Identity || now - _seenAt >= duration;
    }

    private V1Lease Taken(V1Lease lease, DateTimeOffset now)
    {
        var mine = lease.Spec.HolderIdentity == _options.Identity;
        return lease with
        {
            Spec = lease.Spec with
            {
                HolderIdentity = _options.Identity,
                LeaseDurationSeconds = (int)_options.Duration.TotalSeconds,
                AcquireTime = mine ? lease.Spec.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = mine ? lease.Spec.LeaseTransitions : (lease.Spec.LeaseTransitions ?? -1) + 1,
            },
        };
    }

    /// <summary>Lets a rival take over at once. Best effort: without it the rival waits for the lease to run out.</summary>
    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(_options.Pause, _clock);
        try
        {
            if (await _api.GetAsync<V1Lease>(_options.Namespace, _options.Name, limit.Token).ConfigureAwait(false) is { } lease
                && lease.Spec.HolderIdentity == _options.Identity)
            {
                await _api.UpdateAsync(lease with { Spec = lease.Spec with { HolderIdentity = "", LeaseDurationSeconds = 1 } }, ct: limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception broken) when (broken is ApiException or IOException or HttpRequestException or OperationCanceledException)
        {
            ControlLog.LeaseRefused(_log, _options.Name, broken.Message);
        }
    }
}
