using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>
/// Books what an object costs on every quota of its namespace before it is stored, or refuses it. Comes last, so that nothing is booked for what
/// others refuse. What is booked for a write that fails afterwards, the quota controller takes back when it counts again.
/// </summary>
public sealed class ResourceQuotaAdmission : IValidatingAdmission, IDisposable
{
    // Losing this often against the quota controller means something writes quotas in a loop.
    private const int Attempts = 5;

    private readonly IObjects _objects;
    private readonly IQuotaLedger _ledger;

    // One at a time in a namespace: two creates must not both see the last free place. Waiting costs less than losing races on the same quota.
    // Namespaces that share a turn only wait for each other.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly TimeProvider _clock;

    /// <param name="objects">Tells cheaply whether a namespace has quotas at all.</param>
    /// <param name="ledger">Reads and books usage.</param>
    /// <param name="clock">Tells which pods should be gone.</param>
    public ResourceQuotaAdmission(IObjects objects, IQuotaLedger ledger, TimeProvider clock)
    {
        _clock = clock;
        _objects = objects;
        _ledger = ledger;
    }

    public async ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        if (value is null || request.Namespace.Length == 0 || !Counts(request, value) || !_objects.List<V1ResourceQuota>(request.Namespace).Any())
        {
            return null;
        }

        var now = _clock.GetUtcNow();
        var cost = Difference(
            QuotaUsage.Of(request.Type, value, now), QuotaUsage.Of(request.Type, request.Operation == AdmissionOperation.Update ? request.Old : null, now));
        if (cost.Count == 0)
        {
            return null;
        }

        var turn = _turns[(uint)string.GetHashCode(request.Namespace, StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await BookAsync(request, value, cost, cancellation).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var turn in _turns)
        {
            turn.Dispose();
        }
    }

    // Pods cost nothing more once they are there; services change their type, claims their size; of everything else there is one more or not.
    private static bool Counts(AdmissionRequest request, IApiObject value) => request.Operation switch
    {
        AdmissionOperation.Create => request.Subresource.Length == 0 && !QuotaUsage.IsIgnored(request.Type),
        AdmissionOperation.Update => (request.Subresource.Length == 0 && value is V1Service or V1PersistentVolumeClaim)
            || (request.Subresource == "status" && value is V1PersistentVolumeClaim),
        _ => false,
    };

    private async ValueTask<ApiStatus?> BookAsync(
        AdmissionRequest request, IApiObject value, IReadOnlyDictionary<string, Quantity> cost, CancellationToken cancellation)
    {
        var booked = new HashSet<string>(StringComparer.Ordinal);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // First every quota is asked, then all are booked: a refusal by the second must not leave a booking on the first.
            var plan = new List<V1ResourceQuota>();
            foreach (var quota in await _ledger.QuotasAsync(request.Namespace, cancellation).ConfigureAwait(false))
            {
                if (booked.Contains(quota.Metadata.Name))
                {
                    continue;
                }

                var (after, refusal) = QuotaRules.Charge(quota, request.Type, value, cost, request.Operation == AdmissionOperation.Create);
                if (refusal is not null)
                {
                    return request.Forbid(value, refusal);
                }

                if (after is not null)
                {
                    plan.Add(after);
                }
            }

            if (request.DryRun)
            {
                return null;
            }

            var lost = false;
            foreach (var quota in plan)
            {
                if (await _ledger.TryBookAsync(quota, cancellation).ConfigureAwait(false))
                {
                    _ = booked.Add(quota.Metadata.Name);
                }
                else
                {
                    lost = true;
                }
            }

            if (!lost)
            {
                return null;
            }
        }

        return ApiStatus.Internal("resource quota evaluation timed out");
    }

    // Only what grows is charged; what shrinks, the controller gives back when it counts again.
    private static Dictionary<string, Quantity> Difference(IReadOnlyDictionary<string, Quantity> now, IReadOnlyDictionary<string, Quantity> before)
    {
        var difference = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (resource, amount) in now)
        {
            var delta = before.TryGetValue(resource, out var old) ? amount - old : amount;
            if (delta.Sign > 0)
            {
                difference[resource] = delta;
            }
        }

        return difference;
    }
}
