using Gantry.Api.Models;

namespace Gantry.Node.Containers;

/// <summary>The objects a pod refers to, as the API has them now; null for one that does not exist.</summary>
public interface IObjectSource
{
    ValueTask<V1ConfigMap?> ConfigMapAsync(string ns, string name, string podUid, CancellationToken ct);

    ValueTask<V1Secret?> SecretAsync(string ns, string name, string podUid, CancellationToken ct);
}
