using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>Claims that name no storage class get the default one: of several the newest.</summary>
public sealed class DefaultStorageClass : IMutatingAdmission
{
    private const string OldAnnotation = "volume.beta.kubernetes.io/storage-class";

    private readonly IObjects _objects;

    public DefaultStorageClass(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation)
    {
        if (request.Creates("", "persistentvolumeclaims")
            && value.Map("spec")?.Contains("storageClassName") != true
            && value.Map("metadata")?.Map("annotations")?.Contains(OldAnnotation) != true
            && DefaultOf(_objects.List<V1StorageClass>()) is { } name)
        {
            value.OwnMap("spec")["storageClassName"] = name;
        }

        return ValueTask.FromResult<ApiStatus?>(null);
    }

    private static string? DefaultOf(IEnumerable<V1StorageClass> classes) => classes
        .Where(c => c.Metadata.Annotations.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true"
            || c.Metadata.Annotations.GetValueOrDefault("storageclass.beta.kubernetes.io/is-default-class") == "true")
        .OrderByDescending(c => c.Metadata.CreationTimestamp).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal)
        .FirstOrDefault()?.Metadata.Name;
}
