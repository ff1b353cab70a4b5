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
    private const int Retries = 3;

    private readonly IObjects _objects;
    private readonly IQuotaLedger _ledger;

    // One at a time in a namespace: two creates must not both see the last free place. Waiting costs less than losing races on the same quota.
    // Namespaces that share a turn only wait for each other.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly IReadOnlyList<LimitedResource> _limited;
    private readonly TimeProvider _clock;

    /// <param name="objects">Tells cheaply whether a namespace has quotas at all.</param>
    /// <param name="ledger">Reads and books usage.</param>
    /// <param name="clock">Tells which pods should be gone.</param>
    /// <param name="limited">What nobody may have without a quota.</param>
    public ResourceQuotaAdmission(IObjects objects, IQuotaLedger ledger, TimeProvider clock, IReadOnlyList<LimitedResource> limited)
    {
        _limited = limited;
        _clock = clock;
        _objects = objects;
        _ledger = ledger;
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        value is null || request.Namespace.Length == 0 || !request.Type.Namespaced || !Counts(request, value)
            || (_limited.Count == 0 && !_objects.List<V1ResourceQuota>(request.Namespace).Any())
            ? default
            : ChargeAsync(request, value, cancellation);

    private async ValueTask<ApiStatus?> ChargeAsync(AdmissionRequest request, IApiObject value, CancellationToken cancellation)
    {
        // An object that comes by an update replaces nothing.
        var charged = new QuotaRequest(request.Type, value, request.Operation == AdmissionOperation.Update ? request.Old : null, request.Subresource == "status");
        var turn = _turns[(uint)string.GetHashCode(request.Namespace, StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await BookAsync(request, charged, cancellation).ConfigureAwait(false);
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

    private async ValueTask<ApiStatus?> BookAsync(AdmissionRequest request, QuotaRequest charged, CancellationToken cancellation)
    {
        var booked = new HashSet<string>(StringComparer.Ordinal);
        for (var attempt = 0; ; attempt++)
        {
            // First every quota is asked, then all are booked: a refusal by the second must not leave a booking on the first.
            var quotas = await _ledger.QuotasAsync(request.Namespace, cancellation).ConfigureAwait(false);
            var (changed, refusal) = QuotaRules.Charge([.. quotas.Where(q => !booked.Contains(q.Metadata.Name))], charged, attempt == 0 ? _limited : [], _clock.GetUtcNow());
            if (refusal is not null)
            {
                return refusal.IsFault ? new ApiStatus { Code = 500, Message = refusal.Why } : request.Forbid(charged.Value, refusal.Why);
            }

            if (request.DryRun)
            {
                return null;
            }

            var lost = "";
            foreach (var quota in changed)
            {
                if (await _ledger.TryBookAsync(quota, cancellation).ConfigureAwait(false))
                {
                    _ = booked.Add(quota.Metadata.Name);
                }
                else
                {
                    lost = quota.Metadata.Name;
                }
            }

            if (lost.Length == 0)
            {
                return null;
            }

            if (attempt == Retries)
            {
                return ApiStatus.Modified(V1ResourceQuota.Resource, lost);
            }
        }
    }
}
