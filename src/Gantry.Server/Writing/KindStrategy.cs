using System.Collections.Frozen;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Server.Writing;

/// <summary>What is particular to a kind when its objects are written: what the server sets itself, and how they go away.</summary>
public sealed record KindStrategy
{
    private static readonly FrozenSet<string> NoGeneration = new[]
    {
        "Binding", "ComponentStatus", "ConfigMap", "Endpoints", "Event", "LimitRange", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "Pod",
        "ResourceQuota", "Secret", "Service", "ServiceAccount", "APIService", "ControllerRevision", "CertificateSigningRequest", "HorizontalPodAutoscaler",
        "Lease", "RuntimeClass", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "CSINode", "CSIStorageCapacity", "StorageClass",
        "VolumeAttachment",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> ConditionalOnly = new[]
    {
        "PodDisruptionBudget", "Lease", "CSIDriver", "CSINode", "CSIStorageCapacity", "VolumeAttachment", "RuntimeClass", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "CustomResourceDefinition",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> MadeByUpdate = new[]
    {
        "Service", "Endpoints", "Event", "LimitRange", "Lease", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> ShownAfterDelete = new[]
    {
        "Pod", "Namespace", "Service", "ServiceAccount", "PodTemplate", "ResourceQuota", "PersistentVolume", "PersistentVolumeClaim", "StorageClass", "CSIDriver", "CSINode",
        "VolumeAttachment",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Kinds whose status writers may not touch any metadata.
    private static readonly FrozenSet<string> BareStatus = new[]
    {
        "VolumeAttachment", "ValidatingAdmissionPolicy", "APIService", "FlowSchema", "PriorityLevelConfiguration",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the kind has a status that only its subresource writes.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether metadata.generation counts the changes of what is wanted.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>What the generation of a new object is; null where it is left as it was sent.</summary>
    public long? FirstGeneration { get; init; } = 1;

    /// <summary>Whether changes count at all: some kinds have a generation that stays.</summary>
    public bool GenerationCounts { get; init; } = true;

    /// <summary>Whether changed annotations count as well.</summary>
    public bool GenerationCountsAnnotations { get; init; }

    /// <summary>Whether changed labels count, too.</summary>
    public bool GenerationCountsLabels { get; init; }

    /// <summary>Whether an update of an absent object creates it.</summary>
    public bool CreatesOnUpdate { get; init; }

    /// <summary>Whether an update may leave out the resourceVersion.</summary>
    public bool AllowsUnconditionalUpdate { get; init; }

    /// <summary>Whether a delete answers the deleted object instead of a Status.</summary>
    public bool ShowsDeleted { get; init; }

    /// <summary>Whether dependents are orphaned unless the delete says otherwise (kinds older than the garbage collector).</summary>
    public bool OrphansByDefault { get; init; }

    /// <summary>Whether what depends on such an object is looked after when it goes; deletes of other kinds name a propagation for nothing.</summary>
    public bool HasDependents { get; init; } = true;

    /// <summary>Whether deletion waits for a grace period.</summary>
    public bool IsPod { get; init; }

    /// <summary>Whether the object stays until its spec.finalizers are gone.</summary>
    public bool IsNamespace { get; init; }

    /// <summary>The metadata fields that an update of the status leaves as they were.</summary>
    public IReadOnlyList<string> StatusKeepsMetadata { get; init; } = [];

    /// <summary>Sets what only the server sets, on a new object that is defaulted and admitted. The tree is the caller's own; the other argument takes warnings.</summary>
    public Action<TreeMap, Action<string>> PrepareCreate { get; init; } = static (_, _) => { };

    /// <summary>The same for an update; the second tree is the stored object.</summary>
    public Action<TreeMap, TreeMap> PrepareUpdate { get; init; } = static (_, _) => { };

    /// <summary>The same for an update of the status.</summary>
    public Action<TreeMap, TreeMap, DateTimeOffset> PrepareStatus { get; init; } = static (_, _, _) => { };

    /// <summary>Whether the object's own resources have to be emptied before it goes.</summary>
    public bool IsDefinition { get; init; }

    /// <summary>How custom resources are written: all alike.</summary>
    public static KindStrategy OfCustom(ResourceType type)
    {
        var hasStatus = type.Subresources.Any(s => s.Name == "status");
        return new KindStrategy
        {
            HasStatus = hasStatus,
            HasGeneration = true,
            StatusKeepsMetadata = ["labels", "annotations", "finalizers", "ownerReferences"],
            PrepareCreate = hasStatus ? static (o, _) => o.Remove("status") : static (_, _) => { },
            PrepareUpdate = hasStatus ? static (now, old) => now["status"] = old["status"] : static (_, _) => { },
        };
    }

    public static KindStrategy Of(ResourceType type)
    {
        var hasStatus = type.Subresources.Any(s => s.Name == "status");
        return new KindStrategy
        {
            HasStatus = hasStatus,
            HasGeneration = !NoGeneration.Contains(type.Kind),
            FirstGeneration = NoGeneration.Contains(type.Kind) || type.Kind == "CSIDriver" ? null : 1,
            GenerationCounts = type.Kind != "PriorityClass",
            GenerationCountsAnnotations = type.Kind == "Deployment",
            GenerationCountsLabels = type.Kind == "EndpointSlice",
            CreatesOnUpdate = MadeByUpdate.Contains(type.Kind),
            AllowsUnconditionalUpdate = !ConditionalOnly.Contains(type.Kind),
            ShowsDeleted = ShownAfterDelete.Contains(type.Kind),
            OrphansByDefault = type is { Group: "", Kind: "ReplicationController" } or { Group: "batch", Kind: "Job" },
            HasDependents = type.Kind != "Event",
            IsPod = type is { Group: "", Kind: "Pod" },
            IsDefinition = type is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" },
            IsNamespace = type is { Group: "", Kind: "Namespace" },
            StatusKeepsMetadata = BareStatus.Contains(type.Kind) ? ["labels", "annotations", "finalizers", "ownerReferences"]
                : type.Kind == "Deployment" ? ["labels"]
                : type.Kind == "Pod" ? ["ownerReferences"]
                : [],
            PrepareCreate = Preparations.Create(type, hasStatus),
            PrepareUpdate = Preparations.Update(type, hasStatus),
            PrepareStatus = Preparations.Status(type),
        };
    }
}
