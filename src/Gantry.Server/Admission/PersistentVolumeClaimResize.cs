using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Claims grow only where their storage class allows it.</summary>
public sealed class PersistentVolumeClaimResize : IValidatingAdmission
{
    private readonly IObjects _objects;

    public PersistentVolumeClaimResize(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) => ValueTask.FromResult(
        request.Operation == AdmissionOperation.Update && request.IsOf("", "persistentvolumeclaims")
            && value is V1PersistentVolumeClaim claim && request.Old is V1PersistentVolumeClaim old && SizeOf(claim) > SizeOf(old)
            ? Check(request, claim, old)
            : null);

    private ApiStatus? Check(AdmissionRequest request, V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old)
    {
        if (old.Status.Phase != "Bound")
        {
            return request.Forbid(claim, "Only bound persistent volume claims can be expanded");
        }

        var name = ClassOf(claim);
        var allowed = name.Length > 0 && name == ClassOf(old) && _objects.Get<V1StorageClass>("", name)?.AllowVolumeExpansion == true;
        return allowed ? null : request.Forbid(
            claim, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }

    private static Quantity SizeOf(V1PersistentVolumeClaim claim) => claim.Spec.Resources.Requests.GetValueOrDefault("storage");

    private static string ClassOf(V1PersistentVolumeClaim claim) =>
        claim.Metadata.Annotations.GetValueOrDefault("volume.beta.kubernetes.io/storage-class") ?? claim.Spec.StorageClassName ?? "";
}
