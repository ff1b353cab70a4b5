using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authorization.Node;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;
using Gantry.Server.Subresources;

namespace Gantry.Server.Admission;

/// <summary>
/// Keeps node agents to their own node and its pods, so that one broken machine is not a broken cluster. Rules: Kubernetes documentation, "NodeRestriction".
/// </summary>
internal sealed class NodeRestriction : IMutatingAdmission, IObjectlessAdmission
{
    private const string Mirror = "kubernetes.io/config.mirror";

    private static readonly string[] Unmentionable = ["secrets", "configmaps", "persistentvolumeclaims"];

    private readonly IObjects _objects;

    public NodeRestriction(IObjects objects)
    {
        _objects = objects;
    }

    // Changes nothing, but is asked where objects are changed: what a node may not write is not looked at for faults.
    public ValueTask<ApiStatus?> MutateAsync(AdmissionRequest request, TreeMap value, CancellationToken cancellation) => NodeAuthorizer.NodeOf(request.User) is { } node
        ? ValueTask.FromResult(Check(request, Looks(request) ? Read(request, value) : null, node))
        : default;

    public ValueTask<ApiStatus?> AdmitAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation) =>
        NodeAuthorizer.NodeOf(request.User) is { } node ? ValueTask.FromResult(Check(request, value, node)) : default;

    private static bool Looks(AdmissionRequest request) => request.Type is { Group: "", Plural: "pods" or "persistentvolumeclaims" or "nodes" or "serviceaccounts" }
        && request.Subresource is "" or "status" or "token";

    private static object? Read(AdmissionRequest request, TreeMap value) => request.Kind is null ? ApiModels.Decode(request.Type, TreeJson.Write(value))
        : ReferenceEquals(request.Kind, SubresourceKinds.TokenRequest) ? ApiJson.Decode<AuthenticationV1TokenRequest>(TreeJson.Write(value))
        : null;

    private ApiStatus? Check(AdmissionRequest request, object? value, string node) =>
        Missing(request, value, node) ?? (Why(request, value, node) is { } why ? ApiStatus.Forbidden(request.Type, request.Name, why) : null);

    // What is not there is not forbidden.
    private ApiStatus? Missing(AdmissionRequest request, object? value, string node) => (request.Type.Group, request.Type.Plural, request.Subresource) switch
    {
        ("", "pods", "eviction") => MissingPod(request.Namespace, request.Name),
        ("", "serviceaccounts", "token") when value is AuthenticationV1TokenRequest asked && Unbound(asked) is null => MissingPod(request.Namespace, asked.Spec.BoundObjectRef!.Name),
        ("", "pods", "") when request.Operation == AdmissionOperation.Create && value is V1Pod pod && MirrorFault(pod, node) is null && _objects.Get<V1Node>("", node) is null =>
            ApiStatus.NotFound(V1Node.Resource, node),
        _ => null,
    };

    private ApiStatus? MissingPod(string ns, string name) => _objects.Get<V1Pod>(ns, name) is null ? ApiStatus.NotFound(V1Pod.Resource, name) : null;

    private string? Why(AdmissionRequest request, object? value, string node) => (request.Type.Group, request.Type.Plural, request.Subresource) switch
    {
        ("", "pods", "") => Pod(request, value as V1Pod, node),
        ("", "pods", "status") => Status(request.Old as V1Pod, value as V1Pod, node),
        ("", "pods", "eviction") => OnNode(request, node) ? null : $"node {node} can only evict pods with spec.nodeName set to itself",
        ("", "pods", _) =>
            $"unexpected pod subresource \"{request.Subresource}\", only 'status' and 'eviction' are allowed",
        ("", "persistentvolumeclaims", "status") => Claim(request.Old as V1PersistentVolumeClaim, value as V1PersistentVolumeClaim, node),
        ("", "persistentvolumeclaims", _) => "may only update PVC status",
        ("", "nodes", _) => Node(request, value as V1Node, node),
        ("", "serviceaccounts", "token") => value is AuthenticationV1TokenRequest asked ? Token(request.Namespace, asked, node) : null,
        ("coordination.k8s.io", "leases", "") when request.Namespace != "kube-node-lease" => "can only access leases in the \"kube-node-lease\" system namespace",
        ("coordination.k8s.io", "leases", "") => request.Name == node ? null : "can only access node lease with the same name as the requesting node",
        ("storage.k8s.io", "csinodes", "") => request.Name == node ? null : "can only access CSINode with the same name as the requesting node",
        _ => null,
    };

    private string? Pod(AdmissionRequest request, V1Pod? pod, string node)
    {
        switch (request.Operation)
        {
            case AdmissionOperation.Create when pod is not null:
                return Mirrored(pod, node);
            case AdmissionOperation.Delete:
                return (request.Old as V1Pod)?.Spec.NodeName == node ? null : $"node \"{node}\" can only delete pods with spec.nodeName set to itself";
            default:
                return $"unexpected operation \"{request.Verb}\", node \"{node}\" can only create and delete mirror pods";
        }
    }

    private static string? MirrorFault(V1Pod pod, string node)
    {
        if (!pod.Metadata.Annotations.ContainsKey(Mirror))
        {
            return $"pod does not have \"{Mirror}\" annotation, node \"{node}\" can only create mirror pods";
        }

        if (pod.Spec.NodeName != node)
        {
            return $"node \"{node}\" can only create pods with spec.nodeName set to itself";
        }

        return Owned(pod, node);
    }

    private string? Mirrored(V1Pod pod, string node)
    {
        if (MirrorFault(pod, node) is { } fault)
        {
            return fault;
        }

        var (owner, uid) = (pod.Metadata.OwnerReferences[0].Uid, _objects.Get<V1Node>("", node)?.Metadata.Uid);
        if (owner != uid)
        {
            return $"node {node} UID mismatch: expected {owner} got {uid}";
        }

        if (pod.Spec.ServiceAccountName.Length > 0)
        {
            return $"node \"{node}\" can not create pods that reference a service account";
        }

        var mentioned = PodMentions.OfSpec(pod).Select(m => m.Kind).ToHashSet(StringComparer.Ordinal);
        return Unmentionable.FirstOrDefault(mentioned.Contains) is { } kind ? $"node \"{node}\" can not create pods that reference {kind}" : null;
    }

    private static string? Owned(V1Pod pod, string node)
    {
        if (pod.Metadata.OwnerReferences.Count > 1)
        {
            return $"node \"{node}\" can only create pods with a single owner reference set to itself";
        }

        if (pod.Metadata.OwnerReferences.Count == 0 || pod.Metadata.OwnerReferences[0] is not { ApiVersion: "v1", Kind: "Node" } owner || owner.Name != node)
        {
            return $"node \"{node}\" can only create pods with an owner reference set to itself";
        }

        if (owner.Controller != true)
        {
            return $"node \"{node}\" can only create pods with a controller owner reference set to itself";
        }

        if (owner.BlockOwnerDeletion == true)
        {
            return $"node \"{node}\" must not set blockOwnerDeletion on an owner reference";
        }

        return null;
    }

    // Apart from how large it is and how its resize goes, a claim is none of a node's business.
    private static string? Claim(V1PersistentVolumeClaim? old, V1PersistentVolumeClaim? now, string node)
    {
        static V1PersistentVolumeClaim Rest(V1PersistentVolumeClaim claim) => claim with
        {
            Metadata = claim.Metadata with { ResourceVersion = "", ManagedFields = [] },
            Status = claim.Status with
            {
                Capacity = JsonModel.Empty<Quantity>(), Conditions = [], AllocatedResources = JsonModel.Empty<Quantity>(), AllocatedResourceStatuses = JsonModel.Empty<string>(),
            },
        };
        return old is null || now is null || ApiJson.Encode(Rest(old)).AsSpan().SequenceEqual(ApiJson.Encode(Rest(now)))
            ? null
            : $"node \"{node}\" is not allowed to update fields other than status.capacity and status.conditions";
    }

    private static string? Status(V1Pod? old, V1Pod? now, string node)
    {
        if (old is null || old.Spec.NodeName != node)
        {
            return $"node \"{node}\" can only update pod status for pods with spec.nodeName set to itself";
        }

        if (now is null)
        {
            return null;
        }

        return !JsonModel.SameMap(old.Metadata.Labels, now.Metadata.Labels) ? $"node \"{node}\" cannot update labels through pod status"
            : !JsonModel.SameList(old.Status.ResourceClaimStatuses, now.Status.ResourceClaimStatuses) ? $"node \"{node}\" cannot update resource claim statues"
            : null;
    }

    private bool OnNode(AdmissionRequest request, string node) => _objects.Get<V1Pod>(request.Namespace, request.Name)?.Spec.NodeName == node;

    private static string? Node(AdmissionRequest request, V1Node? now, string node)
    {
        if (request.Name != node)
        {
            return $"node \"{node}\" is not allowed to modify node \"{request.Name}\"";
        }

        if (now is null)
        {
            return null;
        }

        var old = request.Old as V1Node;
        if (now.Spec.ConfigSource is not null && old?.Spec.ConfigSource != now.Spec.ConfigSource)
        {
            return old is null ? $"node \"{node}\" is not allowed to create pods with a non-nil configSource"
                : $"node \"{node}\" is not allowed to update configSource to a new non-nil configSource";
        }

        if (old is not null && !JsonModel.SameList(old.Spec.Taints, now.Spec.Taints))
        {
            return $"node \"{node}\" is not allowed to modify taints";
        }

        var before = old?.Metadata.Labels ?? JsonModel.Empty<string>();
        var changed = now.Metadata.Labels.Where(l => before.GetValueOrDefault(l.Key) != l.Value).Select(l => l.Key)
            .Concat(before.Keys.Where(k => !now.Metadata.Labels.ContainsKey(k)));
        var forbidden = changed.Where(k => !NodeLabels.MaySet(k)).Order(StringComparer.Ordinal).ToList();
        return forbidden.Count == 0 ? null
            : old is null ? $"node \"{node}\" is not allowed to set the following labels: {string.Join(", ", forbidden)}"
            : $"is not allowed to modify labels: {string.Join(", ", forbidden)}";
    }

    private string? Token(string ns, AuthenticationV1TokenRequest asked, string node)
    {
        if (Unbound(asked) is { } unbound)
        {
            return unbound;
        }

        var bound = asked.Spec.BoundObjectRef!;
        return _objects.Get<V1Pod>(ns, bound.Name) is not { } pod ? null
            : pod.Metadata.Uid != bound.Uid
                ? $"the UID in the bound object reference ({bound.Uid}) does not match the UID in record. The object might have been deleted and then recreated"
            : pod.Spec.NodeName != node ? "node requested token bound to a pod scheduled on a different node"
            : null;
    }

    private static string? Unbound(AuthenticationV1TokenRequest asked) => asked.Spec.BoundObjectRef switch
    {
        not { Kind: "Pod", ApiVersion: "v1", Name.Length: > 0 } => "node requested token not bound to a pod",
        { Uid.Length: 0 } => "node requested token with a pod binding without a uid",
        _ => null,
    };
}
