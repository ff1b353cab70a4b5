using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.History;

/// <summary>Tells why a revision could not be made.</summary>
internal static class CollisionWatch
{
    /// <summary>Whether its name is taken by another template or another owner, and not by itself because the cache lags.</summary>
    public static async ValueTask<bool> CollidedAsync(IApiReader api, V1ControllerRevision wanted, CancellationToken ct) =>
        await api.GetAsync<V1ControllerRevision>(wanted.Metadata.Namespace, wanted.Metadata.Name, ct).ConfigureAwait(false) is { } there
        && (Owners.ControllerOf(there)?.Uid != Owners.ControllerOf(wanted)?.Uid || RevisionData.Template(there) != RevisionData.Template(wanted));
}
