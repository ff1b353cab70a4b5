using Gantry.Api.Schemas;

namespace Gantry.Api.Apply;

/// <summary>
/// Which fields a write is not noted for, because it cannot change them: the status through the object itself, everything else through the status. Kubernetes
/// names less than it resets for some kinds and more for others, so what managers own can be more than what is there.
/// </summary>
public static class ResetFields
{
    private static readonly FieldFilter Status = Without("status");

    private static readonly FieldFilter Spec = Without("spec");

    private static readonly FieldFilter SpecAndMetadata = Without("spec", "metadata");

    private static readonly Dictionary<(string Group, string Plural, string Subresource), FieldFilter> Special = new()
    {
        [("", "pods", "status")] = Without("spec", "metadata.deletionTimestamp", "metadata.ownerReferences"),
        [("", "pods", "ephemeralcontainers")] = FieldFilter.Only(FieldSet.Of("spec.ephemeralContainers")),
        [("", "namespaces", "finalize")] = Status,
        [("apps", "deployments", "status")] = Without("spec", "metadata.labels"),
        [("apiregistration.k8s.io", "apiservices", "status")] = SpecAndMetadata,
        [("storage.k8s.io", "volumeattachments", "status")] = SpecAndMetadata,
        [("flowcontrol.apiserver.k8s.io", "flowschemas", "status")] = SpecAndMetadata,
        [("flowcontrol.apiserver.k8s.io", "prioritylevelconfigurations", "status")] = SpecAndMetadata,
        [("apiextensions.k8s.io", "customresourcedefinitions", "status")] = SpecAndMetadata,
        [("admissionregistration.k8s.io", "validatingadmissionpolicies", "status")] = SpecAndMetadata,
        [("certificates.k8s.io", "certificatesigningrequests", "")] = Without("spec", "status"),
        [("certificates.k8s.io", "certificatesigningrequests", "status")] = Without("spec", "status.conditions"),
        [("certificates.k8s.io", "certificatesigningrequests", "approval")] = Without("spec", "status.certificate"),
    };

    /// <summary>The filter for a write to a resource; null where everything can be changed.</summary>
    /// <param name="resource">What is written.</param>
    /// <param name="subresource">Empty for the object itself.</param>
    public static FieldFilter? Of(ResourceType resource, string subresource)
    {
        if (Special.TryGetValue((resource.Group, resource.Plural, subresource), out var special))
        {
            return special;
        }
        if (!resource.Subresources.Any(s => s.Name == "status"))
        {
            return null;
        }

        return subresource switch
        {
            "" => Status,
            "status" => Spec,
            _ => null,
        };
    }

    private static FieldFilter Without(params ReadOnlySpan<string> fields) => FieldFilter.Without(FieldSet.Of(fields));
}
