using Gantry.Api.Schemas;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Writing;

/// <summary>
/// Rights that belong to a resource and not to a plugin: asked after everybody has changed the object and before it is validated, so that who may not write it
/// at all learns nothing of its faults (kube-apiserver: the storage of <c>rbac.authorization.k8s.io</c>).
/// </summary>
internal interface IWriteGuard
{
    /// <summary>Whether it has to be asked about that resource.</summary>
    bool Guards(ResourceType type);

    /// <param name="request">What is done by whom.</param>
    /// <param name="value">The object as it is to become.</param>
    /// <param name="cancellation">Ends look-ups.</param>
    /// <returns>The refusal, or null.</returns>
    ValueTask<ApiStatus?> CheckAsync(AdmissionRequest request, Api.Models.IApiObject value, CancellationToken cancellation);
}
