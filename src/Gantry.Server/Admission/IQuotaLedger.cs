using Gantry.Api.Models;

namespace Gantry.Server.Admission;

/// <summary>Where quota usage is booked.</summary>
public interface IQuotaLedger
{
    /// <summary>The quotas of a namespace, not older than the last booking.</summary>
    ValueTask<IReadOnlyList<V1ResourceQuota>> QuotasAsync(string ns, CancellationToken cancellation);

    /// <summary>Stores the usage in the quota's status if the quota is still at its resourceVersion.</summary>
    /// <returns>False when somebody else changed the quota meanwhile.</returns>
    ValueTask<bool> TryBookAsync(V1ResourceQuota quota, CancellationToken cancellation);
}
