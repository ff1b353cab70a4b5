using System.Collections.Frozen;
using Gantry.Server.Admission.PodSecurity;
using Gantry.Server.Admission.Policies;
using Gantry.Server.Admission.Webhooks;
using Gantry.Server.Authorization.Rbac;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Writing;

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
        "NamespaceLifecycle", "LimitRanger", "ServiceAccount", "NodeRestriction", "TaintNodesByCondition", "PodSecurity", "Priority", "DefaultTolerationSeconds",
        "DefaultStorageClass", "StorageObjectInUseProtection", "OwnerReferencesPermissionEnforcement", "PersistentVolumeClaimResize", "RuntimeClass",
        "CertificateApproval", "CertificateSigning", "CertificateSubjectRestriction", "DefaultIngressClass", "MutatingAdmissionWebhook",
        "ValidatingAdmissionPolicy", "ValidatingAdmissionWebhook", "ResourceQuota",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] OffByDefault = ["OwnerReferencesPermissionEnforcement"];

    /// <summary>What the plugins need.</summary>
    internal sealed record Parts(
        IObjects Objects, IAuthorizer Authorizer, Func<RbacSnapshot> Roles, ResourceTable Resources, IIds Ids, WebhookDispatch Webhooks, ResourceQuotaAdmission Quota);

    /// <summary>The plugins that are to run, as one chain.</summary>
    public static AdmissionChain Chain(AdmissionOptions options, Parts parts)
    {
        bool Runs(string name) => options.Enabled.Contains(name, StringComparer.Ordinal)
            || (!options.Disabled.Contains(name, StringComparer.Ordinal) && !OffByDefault.Contains(name, StringComparer.Ordinal));
        var plugins = All(options, parts).Where(p => Runs(p.Name)).ToList();
        return new AdmissionChain(
            [.. plugins.Select(p => p.Plugin).OfType<IMutatingAdmission>(), new CertificateRequester()],
            // Escalation is no plugin and cannot be switched off: no role that is too mighty comes as far as the plugins.
            [new RbacEscalation(parts.Authorizer, parts.Roles), .. plugins.Select(p => p.Plugin).OfType<IValidatingAdmission>()]);
    }

    private static IEnumerable<(string Name, object Plugin)> All(AdmissionOptions options, Parts parts) =>
    [
        ("NamespaceLifecycle", new NamespaceLifecycle(parts.Objects)),
        ("LimitRanger", new LimitRanger(parts.Objects)),
        ("ServiceAccount", new ServiceAccountAdmission(parts.Objects, () => parts.Ids.Suffix(5))),
        ("NodeRestriction", new NodeRestriction(parts.Objects)),
        ("TaintNodesByCondition", new TaintNodesByCondition()),
        ("PodSecurity", new PodSecurityAdmission(parts.Objects, options.ReadPodSecurity())),
        ("Priority", new PodPriority(parts.Objects)),
        ("DefaultTolerationSeconds", new DefaultTolerationSeconds()),
        ("DefaultStorageClass", new DefaultStorageClass(parts.Objects)),
        ("StorageObjectInUseProtection", new StorageObjectInUseProtection()),
        ("OwnerReferencesPermissionEnforcement", new OwnerReferencesEnforcement(parts.Authorizer, parts.Resources)),
        ("PersistentVolumeClaimResize", new PersistentVolumeClaimResize(parts.Objects)),
        ("RuntimeClass", new RuntimeClassAdmission(parts.Objects)),
        ("CertificateApproval", new CertificateApproval(parts.Authorizer)),
        ("CertificateSigning", new CertificateSigning(parts.Authorizer)),
        ("CertificateSubjectRestriction", new CertificateSubjectRestriction()),
        ("DefaultIngressClass", new DefaultIngressClass(parts.Objects)),
        // These see what all others made of the object; the quota comes last, so that nothing is booked for what others refuse.
        ("MutatingAdmissionWebhook", new MutatingWebhooks(parts.Webhooks)),
        ("ValidatingAdmissionPolicy", new PolicyAdmission(parts.Objects, parts.Resources, parts.Authorizer)),
        ("ValidatingAdmissionWebhook", new ValidatingWebhooks(parts.Webhooks)),
        ("ResourceQuota", parts.Quota),
    ];
}
