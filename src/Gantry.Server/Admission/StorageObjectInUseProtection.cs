using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Volumes and claims that are in use are not deleted under their users: a finalizer holds them.</summary>
public sealed class StorageObjectInUseProtection : IMutatingAdmission
{
    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        var finalizer = request.Creates("", "persistentvolumeclaims") ? "kubernetes.io/pvc-protection"
            : request.Creates("", "persistentvolumes") ? "kubernetes.io/pv-protection"
            : null;
        if (finalizer is not null && value.Map("metadata")?.List("finalizers")?.Contains(new TreeString(finalizer)) != true)
        {
            value.OwnMap("metadata").OwnList("finalizers").Add(finalizer);
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }
}
