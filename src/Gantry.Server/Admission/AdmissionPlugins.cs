using System.Collections.Frozen;
using Gantry.Server.Admission.PodSecurity;
using Gantry.Server.Admission.Policies;
using Gantry.Server.Admission.Webhooks;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Writing;
using static Gantry.Server.Writing.AdmissionOperations;

namespace Gantry.Server.Admission;

/// <summary>
/// The built-in plugins in Kubernetes' order, and which of them run unless an option says otherwise. Other than in kube-apiserver, NodeRestriction
/// runs by default, as in every cluster that an installer sets up.
/// </summary>
internal static class AdmissionPlugins
{
    /// <summary>The names by which options know the plugins.</summary>
    public static readonly FrozenSet<string> Names = new[]
    {
        "NamespaceLifecycle", "LimitPodHardAntiAffinityTopology", "LimitRanger", "ServiceAccount", "NodeRestriction", "TaintNodesByCondition", "AlwaysPullImages",
        "PodSecurity", "PodNodeSelector", "Priority", "DefaultTolerationSeconds", "ExtendedResourceToleration", "DefaultStorageClass", "StorageObjectInUseProtection",
        "OwnerReferencesPermissionEnforcement", "PersistentVolumeClaimResize", "RuntimeClass", "CertificateApproval", "CertificateSigning",
        "CertificateSubjectRestriction", "DefaultIngressClass", "DenyServiceExternalIPs", "MutatingAdmissionWebhook", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionWebhook", "ResourceQuota",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] OffByDefault =
    [
        "LimitPodHardAntiAffinityTopology", "AlwaysPullImages", "PodNodeSelector", "ExtendedResourceToleration", "OwnerReferencesPermissionEnforcement",
        "DenyServiceExternalIPs",
    ];

    /// <summary>What the plugins need.</summary>
    internal sealed record Parts(
        IObjects Objects, IAuthorizer Authorizer, Func<RbacSnapshot> Roles, ResourceTable Resources, IIds Ids, WebhookDispatch Webhooks, ResourceQuotaAdmission Quota,
        AdmissionFigures Figures, TimeProvider Clock);

    /// <summary>The plugins that are to run, as one chain.</summary>
    public static AdmissionChain Chain(AdmissionOptions options, Parts parts)
    {
        bool Runs(string name) => options.Enabled.Contains(name, StringComparer.Ordinal)
            || (!options.Disabled.Contains(name, StringComparer.Ordinal) && !OffByDefault.Contains(name, StringComparer.Ordinal));
        // What has no name cannot be switched off.
        return new AdmissionChain(
            [.. All(options, parts).Where(p => Runs(p.Name)), new("", new CertificateRequester(), Create)], [new RbacEscalation(parts.Authorizer, parts.Roles)],
            [new ParameterRights(parts.Objects, parts.Resources, parts.Authorizer)], parts.Figures, parts.Clock);
    }

    private static IEnumerable<AdmissionPlugin> All(AdmissionOptions options, Parts parts) =>
    [
        new("NamespaceLifecycle", new NamespaceLifecycle(parts.Objects), Writes | Delete),
        new("LimitPodHardAntiAffinityTopology", new LimitPodHardAntiAffinityTopology(), Writes),
        new("LimitRanger", new LimitRanger(parts.Objects), Writes),
        new("ServiceAccount", new ServiceAccountAdmission(parts.Objects, () => parts.Ids.Suffix(5), parts.Clock), Writes),
        new("NodeRestriction", new NodeRestriction(parts.Objects), Writes | Delete),
        new("TaintNodesByCondition", new TaintNodesByCondition(), Create),
        new("AlwaysPullImages", new AlwaysPullImages(), Writes),
        new("PodSecurity", new PodSecurityAdmission(parts.Objects, options.ReadPodSecurity()), Writes),
        new("PodNodeSelector", new PodNodeSelector(parts.Objects, options.ReadNodeSelectors()), Create),
        new("Priority", new PodPriority(parts.Objects), Writes),
        new("DefaultTolerationSeconds", new DefaultTolerationSeconds(), Writes),
        new("ExtendedResourceToleration", new ExtendedResourceToleration(), Writes),
        new("DefaultStorageClass", new DefaultStorageClass(parts.Objects), Create),
        new("StorageObjectInUseProtection", new StorageObjectInUseProtection(), Create),
        new("OwnerReferencesPermissionEnforcement", new OwnerReferencesEnforcement(parts.Authorizer, parts.Resources), Writes),
        new("PersistentVolumeClaimResize", new PersistentVolumeClaimResize(parts.Objects), Update),
        new("RuntimeClass", new RuntimeClassAdmission(parts.Objects), Create),
        new("CertificateApproval", new CertificateApproval(parts.Authorizer), Update),
        new("CertificateSigning", new CertificateSigning(parts.Authorizer), Update),
        new("CertificateSubjectRestriction", new CertificateSubjectRestriction(), Create),
        new("DefaultIngressClass", new DefaultIngressClass(parts.Objects), Create),
        new("DenyServiceExternalIPs", new DenyServiceExternalIPs(), Writes),
        // These see what all others made of the object; the quota comes last, so that nothing is booked for what others refuse.
        new("MutatingAdmissionWebhook", new MutatingWebhooks(parts.Webhooks), AdmissionOperations.All),
        new("ValidatingAdmissionPolicy", new PolicyAdmission(parts.Objects, parts.Resources, parts.Authorizer, parts.Figures, parts.Clock), AdmissionOperations.All),
        new("ValidatingAdmissionWebhook", new ValidatingWebhooks(parts.Webhooks), AdmissionOperations.All),
        new("ResourceQuota", parts.Quota, Writes),
    ];
}
