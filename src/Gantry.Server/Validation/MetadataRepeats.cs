using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>
/// How often what is wrong with an update's metadata is told. Every update is checked once for all kinds, and then by the kind's own rules, most of
/// which check the metadata again; clients see each finding as a cause of its own.
/// </summary>
/// <param name="Whole">How often the kind checks the metadata as such again.</param>
/// <param name="Changes">How often it checks again what an update may not change.</param>
internal readonly record struct MetadataRepeats(int Whole, int Changes)
{
    /// <summary>The repeats of a kind, or of its status.</summary>
    public static MetadataRepeats Of(IApiObject value, string subresource) => value switch
    {
        V1PodDisruptionBudget => new(0, 0),
        V1HorizontalPodAutoscaler or V2HorizontalPodAutoscaler or V1NetworkPolicy or V1CSIDriver or V1Lease or V1PriorityClass => new(0, 1),
        V1Ingress or V1APIService => subresource.Length > 0 ? new(0, 1) : new(1, 1),
        V1IngressClass or V1StorageClass or V1CSIStorageCapacity or V1RuntimeClass or V1CertificateSigningRequest
            or V1Role or V1ClusterRole or V1RoleBinding or V1ClusterRoleBinding => new(1, 1),
        V1CSINode or V1VolumeAttachment => new(2, 0),
        V1FlowSchema or V1PriorityLevelConfiguration or V1ValidatingAdmissionPolicy => new(subresource.Length > 0 ? 0 : 1, 0),
        V1EndpointSlice or V1ValidatingAdmissionPolicyBinding or V1ValidatingWebhookConfiguration or V1MutatingWebhookConfiguration => new(1, 0),
        CoreV1Event => new(0, 0),
        V1PersistentVolume => subresource.Length > 0 ? new(0, 1) : new(2, 0),
        V1PersistentVolumeClaim => new(subresource.Length > 0 ? 0 : 2, 1),
        V1LimitRange => new(1, 0),
        V1ConfigMap or V1Secret or V1Pod or V1Service or V1Endpoints or V1Namespace or V1Node or V1ServiceAccount or V1ReplicationController
            or V1ReplicaSet or V1DaemonSet or V1ControllerRevision or V1Job => new(subresource.Length > 0 && subresource != "ephemeralcontainers" ? 0 : 1, 1),
        _ => new(0, 1),
    };
}
