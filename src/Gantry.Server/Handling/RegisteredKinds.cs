using System.Collections.Frozen;
using Gantry.Api.Schemas;

namespace Gantry.Server.Handling;

/// <summary>
/// The kinds that a body may say it is, although it was sent to another one's path: what they are called in memory, so that a refusal has the words of
/// an API server that would convert them. Kinds of versions that are no longer served are known all the same.
/// </summary>
internal static class RegisteredKinds
{
    // group, version and kinds that are understood without being resources of this release; what follows a colon is the group in which they live.
    private const string Unserved = """
        admissionregistration.k8s.io v1beta1 MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
        admissionregistration.k8s.io v1alpha1 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
        apiextensions.k8s.io v1beta1 CustomResourceDefinition
        apiregistration.k8s.io v1beta1 APIService
        apps v1beta1 ControllerRevision Deployment StatefulSet Scale:autoscaling
        apps v1beta2 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet Scale:autoscaling
        authentication.k8s.io v1 TokenRequest
        authentication.k8s.io v1beta1 SelfSubjectReview TokenReview
        authentication.k8s.io v1alpha1 SelfSubjectReview
        authorization.k8s.io v1beta1 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
        autoscaling v1 Scale
        autoscaling v2beta1 HorizontalPodAutoscaler
        autoscaling v2beta2 HorizontalPodAutoscaler
        batch v1beta1 CronJob
        certificates.k8s.io v1beta1 CertificateSigningRequest
        certificates.k8s.io v1alpha1 ClusterTrustBundle
        coordination.k8s.io v1beta1 Lease
        coordination.k8s.io v1alpha2 LeaseCandidate
        discovery.k8s.io v1beta1 EndpointSlice
        events.k8s.io v1beta1 Event:
        extensions v1beta1 DaemonSet:apps Deployment:apps Ingress:networking NetworkPolicy:networking ReplicaSet:apps Scale:autoscaling
        flowcontrol.apiserver.k8s.io v1beta1 FlowSchema PriorityLevelConfiguration
        flowcontrol.apiserver.k8s.io v1beta2 FlowSchema PriorityLevelConfiguration
        flowcontrol.apiserver.k8s.io v1beta3 FlowSchema PriorityLevelConfiguration
        internal.apiserver.k8s.io v1alpha1 StorageVersion
        networking.k8s.io v1alpha1 IPAddress ServiceCIDR
        networking.k8s.io v1beta1 Ingress IngressClass IPAddress ServiceCIDR
        node.k8s.io v1alpha1 RuntimeClass
        node.k8s.io v1beta1 RuntimeClass
        policy v1 Eviction
        policy v1beta1 Eviction PodDisruptionBudget
        rbac.authorization.k8s.io v1alpha1 ClusterRole ClusterRoleBinding Role RoleBinding
        rbac.authorization.k8s.io v1beta1 ClusterRole ClusterRoleBinding Role RoleBinding
        resource.k8s.io v1alpha3 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
        resource.k8s.io v1beta1 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
        scheduling.k8s.io v1alpha1 PriorityClass
        scheduling.k8s.io v1beta1 PriorityClass
        storage.k8s.io v1alpha1 CSIStorageCapacity VolumeAttachment VolumeAttributesClass
        storage.k8s.io v1beta1 CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass
        storagemigration.k8s.io v1alpha1 StorageVersionMigration
        """;

    // What every group and version knows under its own name.
    private static readonly FrozenSet<string> Options =
        new[] { "CreateOptions", "DeleteOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Unversioned =
        new[] { "Status", "APIVersions", "APIGroup", "APIGroupList", "APIResourceList" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<(string ApiVersion, string Kind), string> Names = Read().ToFrozenDictionary();

    private static readonly FrozenSet<string> Versions = Names.Keys.Select(k => k.ApiVersion).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What a kind is in memory, such as <c>core.Pod</c>, or null where nobody knows it. Options of requests and lists are only equal to themselves.</summary>
    public static string? Find(string apiVersion, string kind) =>
        Names.TryGetValue((apiVersion, kind), out var name) ? name
        : (Options.Contains(kind) && Versions.Contains(apiVersion)) || (Unversioned.Contains(kind) && apiVersion == "v1") ? "v1." + kind
        : null;

    /// <summary>The name in memory of the kind that a path takes.</summary>
    public static string Of(ResourceType type) => Find(type.ApiVersion, type.Kind) ?? Package(type.Group) + "." + type.Kind;

    /// <summary>The name in memory of an object that is answered, or of a list of such; custom resources are all alike there.</summary>
    public static string InMemory(ResourceType type, bool isList) => Find(type.ApiVersion, isList ? type.ListKind : type.Kind) ?? (isList ? "unstructured.UnstructuredList" : "unstructured.Unstructured");

    /// <summary>Where an API server registers the kinds of a group, as its messages say it.</summary>
    public static string SchemeOf(string group) => group switch
    {
        "apiextensions.k8s.io" => "pkg/apiserver/apiserver.go:53",
        "apiregistration.k8s.io" => "pkg/apiserver/scheme/scheme.go:30",
        _ => "pkg/api/legacyscheme/scheme.go:30",
    };

    private static Dictionary<(string ApiVersion, string Kind), string> Read()
    {
        var all = new Dictionary<(string ApiVersion, string Kind), string>();
        foreach (var type in ApiCatalog.Resources)
        {
            var package = Package(type is { Group: "events.k8s.io", Kind: "Event" } ? "" : type.Group);
            all[(type.ApiVersion, type.Kind)] = package + "." + type.Kind;
            if (type.Allows("list"))
            {
                all[(type.ApiVersion, type.ListKind)] = package + "." + type.ListKind;
            }
        }

        foreach (var line in Unserved.Split('\n'))
        {
            var words = line.Trim().Split(' ');
            foreach (var word in words.AsSpan(2))
            {
                var colon = word.IndexOf(':', StringComparison.Ordinal);
                var (kind, group) = colon < 0 ? (word, words[0]) : (word[..colon], word[(colon + 1)..]);
                all.TryAdd(($"{words[0]}/{words[1]}", kind), Package(group) + "." + kind);
            }
        }

        return all;
    }

    private static string Package(string group) => group switch
    {
        "" => "core",
        "internal.apiserver.k8s.io" => "apiserverinternal",
        _ => group.Split('.')[0],
    };
}
