using Gantry.Api.Models;
using Gantry.Node.Containers;

namespace Gantry.Node.Volumes;

/// <summary>Where volumes take what they show: API objects, tokens and claims.</summary>
public interface IVolumeSource : IObjectSource
{
    /// <summary>A token of the pod's account, for an audience, that lives at least a fifth of its time from now on.</summary>
    /// <exception cref="Gantry.Client.ApiException">The API refused.</exception>
    ValueTask<string> TokenAsync(V1Pod pod, V1ServiceAccountTokenProjection wanted, CancellationToken ct);

    ValueTask<V1PersistentVolumeClaim?> ClaimAsync(string ns, string name, CancellationToken ct);

    ValueTask<V1PersistentVolume?> PersistentVolumeAsync(string name, CancellationToken ct);
}
