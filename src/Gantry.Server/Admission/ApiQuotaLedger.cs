using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Server.Admission;

/// <summary>Books quota usage through the API itself, so that watchers see it like any other change.</summary>
public sealed class ApiQuotaLedger : IQuotaLedger
{
    private readonly Func<IApiClient> _client;

    /// <param name="client">The server's own client; asked for late, because admission is built before the pipeline it is part of.</param>
    public ApiQuotaLedger(Func<IApiClient> client)
    {
        _client = client;
    }

    public async ValueTask<IReadOnlyList<V1ResourceQuota>> QuotasAsync(string ns, CancellationToken cancellation) =>
        (await _client().ListAsync<V1ResourceQuota>(new ListQuery { Namespace = ns }, cancellation).ConfigureAwait(false)).Items;

    public async ValueTask<bool> TryBookAsync(V1ResourceQuota quota, CancellationToken cancellation)
    {
        var result = await _client().UpdateAsync(quota, "status", cancellation).ConfigureAwait(false);
        if (result.Ok)
        {
            return true;
        }

        return result.Error.IsConflict || result.Error.IsNotFound ? false : throw new ApiException(result.Error);
    }
}
