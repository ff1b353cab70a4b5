using Gantry.Api.Models;
using Gantry.Server.Handling;

namespace Gantry.Server.Validation;

/// <summary>Finds the rules of the kinds outside of the core, apps and batch groups.</summary>
internal static class GroupRules
{
    /// <summary>Applies them.</summary>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="value">The object.</param>
    /// <param name="old">The stored object, null for a create.</param>
    /// <param name="subresource">Through what it is written; empty for the object itself.</param>
    public static void Check(FieldErrors errors, IApiObject value, IApiObject? old, string subresource)
    {
        if (!HasStatus(errors, value, old, subresource) && subresource.Length == 0)
        {
            Whole(errors, value, old);
        }
    }

    // Kinds of which a part is written through a subresource.
    private static bool HasStatus(FieldErrors errors, IApiObject value, IApiObject? old, string subresource)
    {
        switch (value)
        {
            case V1PodDisruptionBudget budget:
                DisruptionBudgetRules.DisruptionBudget(errors, budget, subresource);
                break;
            case V1HorizontalPodAutoscaler h1:
                AutoscalerRules.Autoscaler(errors, AutoscalerConversion.Newer(h1), old is V1HorizontalPodAutoscaler before ? AutoscalerConversion.Newer(before) : null, subresource);
                break;
            case V2HorizontalPodAutoscaler h2:
                AutoscalerRules.Autoscaler(errors, h2, old as V2HorizontalPodAutoscaler, subresource);
                break;
            case V1Ingress ingress:
                IngressRules.Ingress(errors, ingress, old as V1Ingress, subresource);
                break;
            case V1VolumeAttachment attachment:
                CsiRules.Attachment(errors, attachment, old as V1VolumeAttachment);
                break;
            case V1CertificateSigningRequest request:
                SigningRequestRules.SigningRequest(errors, request, old as V1CertificateSigningRequest, subresource);
                break;
            case V1FlowSchema schema:
                FlowSchemaRules.FlowSchema(errors, schema, subresource);
                break;
            case V1PriorityLevelConfiguration level:
                PriorityLevelRules.PriorityLevel(errors, level, subresource);
                break;
            case V1ValidatingAdmissionPolicy policy:
                AdmissionPolicyRules.Policy(errors, policy, old as V1ValidatingAdmissionPolicy, subresource);
                break;
            case V1APIService service:
                ApiServiceRules.ApiService(errors, service, subresource);
                break;
            default:
                return false;
        }

        return true;
    }

    private static void Whole(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1Role role:
                RbacRules.PolicyRules(errors, role.Rules, namespaced: true);
                break;
            case V1ClusterRole role:
                RbacRules.ClusterRole(errors, role);
                break;
            case V1RoleBinding b:
                RbacRules.Binding(errors, b.RoleRef, b.Subjects, true, (old as V1RoleBinding)?.RoleRef);
                break;
            case V1ClusterRoleBinding b:
                RbacRules.Binding(errors, b.RoleRef, b.Subjects, false, (old as V1ClusterRoleBinding)?.RoleRef);
                break;
            case V1EndpointSlice slice:
                EndpointSliceRules.EndpointSlice(errors, slice, old as V1EndpointSlice);
                break;
            case V1IngressClass c:
                IngressRules.IngressClass(errors, c, old as V1IngressClass);
                break;
            case V1NetworkPolicy policy:
                NetworkPolicyRules.NetworkPolicy(errors, policy);
                break;
            case V1Lease lease:
                LeaseRules.Lease(errors, lease);
                break;
            case V1PriorityClass c:
                ClassRules.PriorityClass(errors, c, old as V1PriorityClass);
                break;
            case V1RuntimeClass c:
                ClassRules.RuntimeClass(errors, c, old as V1RuntimeClass);
                break;
            default:
                StorageAndExtensions(errors, value, old);
                break;
        }
    }

    private static void StorageAndExtensions(FieldErrors errors, IApiObject value, IApiObject? old)
    {
        switch (value)
        {
            case V1StorageClass c:
                StorageClassRules.StorageClass(errors, c, old as V1StorageClass);
                break;
            case V1CSIStorageCapacity capacity:
                StorageClassRules.Capacity(errors, capacity, old as V1CSIStorageCapacity);
                break;
            case V1CSIDriver driver:
                CsiRules.Driver(errors, driver, old as V1CSIDriver);
                break;
            case V1CSINode node:
                CsiRules.Node(errors, node, old as V1CSINode);
                break;
            case V1ValidatingWebhookConfiguration validating:
                WebhookRules.Validating(errors, validating, old as V1ValidatingWebhookConfiguration);
                break;
            case V1MutatingWebhookConfiguration mutating:
                WebhookRules.Mutating(errors, mutating, old as V1MutatingWebhookConfiguration);
                break;
            case V1ValidatingAdmissionPolicyBinding binding:
                MatchResourceRules.Binding(errors, binding);
                break;
        }
    }
}
