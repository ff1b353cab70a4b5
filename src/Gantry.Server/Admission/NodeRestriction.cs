using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Server.Authorization.Node;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;
using Gantry.Server.Statuses;

namespace Gantry.Server.Admission;

/// <summary>
/// Keeps node agents to their own node and its pods, so that one broken machine is not a broken cluster. Rules: Kubernetes documentation, "NodeRestriction".
/// </summary>
public sealed class NodeRestriction : IValidatingAdmission
{
    private const string Mirror = "kubernetes.io/config.mirror";

    private readonly IObjects _objects;

    public NodeRestriction(IObjects objects)
    {
        _objects = objects;
    }

    public ValueTask<ApiStatus?> ValidateAsync(AdmissionRequest request, IApiObject? value, CancellationToken cancellation)
    {
        var why = NodeAuthorizer.NodeOf(request.User) is { } node ? Why(request, value, node) : null;
        return ValueTask.FromResult(why is null ? null : ApiStatus.Forbidden(request.Type, request.Name, why));
    }

    private string? Why(AdmissionRequest request, IApiObject? value, string node) => (request.Type.Group, request.Type.Plural, request.Subresource) switch
    {
        ("", "pods", "") => Pod(request, value as V1Pod, node),
        ("", "pods", "status") => Status(request.Old as V1Pod, value as V1Pod, node),
        ("", "pods", "eviction") => OnNode(request, node) ? null : $"node {node} can only evict pods with spec.nodeName set to itself",
        ("", "pods", _) when request.Operation != AdmissionOperation.Connect =>
            $"unexpected pod subresource \"{request.Subresource}\", only 'status' and 'eviction' are allowed",
        ("", "persistentvolumeclaims", "status") => Claim(request.Old as V1PersistentVolumeClaim, value as V1PersistentVolumeClaim, node),
        ("", "persistentvolumeclaims", _) => "may only update PVC status",
        ("", "nodes", _) => Node(request, value as V1Node, node),
        ("coordination.k8s.io", "leases", "") when request.Namespace != "kube-node-lease" => "can only access leases in the \"kube-node-lease\" system namespace",
        ("coordination.k8s.io", "leases", "") => NameOf(request, value) == node ? null : "can only access node lease with the same name as the requesting node",
        ("storage.k8s.io", "csinodes", "") => NameOf(request, value) == node ? null : "can only access CSINode with the same name as the requesting node",
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

    private string? Mirrored(V1Pod pod, string node)
    {
        if (!pod.Metadata.Annotations.ContainsKey(Mirror))
        {
            return $"pod does not have \"{Mirror}\" annotation, node \"{node}\" can only create mirror pods";
        }

        if (pod.Spec.NodeName != node)
        {
            return $"node \"{node}\" can only create pods with spec.nodeName set to itself";
        }

        if (Owned(pod, node) is { } foreign)
        {
            return foreign;
        }

        if (pod.Spec.ServiceAccountName.Length > 0)
        {
            return $"node \"{node}\" can not create pods that reference a service account";
        }

        return PodMentions.Of(pod).Select(m => m.Kind).FirstOrDefault() is { } kind ? $"node \"{node}\" can not create pods that reference {kind}" : null;
    }

    private string? Owned(V1Pod pod, string node)
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

        var uid = _objects.Get<V1Node>("", node)?.Metadata.Uid;
        return uid is null ? $"error looking up node {node} to verify uid: node \"{node}\" not found"
            : uid == owner.Uid ? null
            : $"node {node} UID mismatch: expected {owner.Uid} got {uid}";
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
        if (NameOf(request, now) != node)
        {
            return $"node \"{node}\" is not allowed to modify node \"{NameOf(request, now)}\"";
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

    /// <summary>Why a node may not have that token, or null. A node gets tokens only for pods that run on it.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="ns">The account's namespace.</param>
    /// <param name="account">The account.</param>
    /// <param name="asked">What token is wanted.</param>
    public ApiStatus? TokenRefusal(UserInfo user, string ns, string account, AuthenticationV1TokenRequest asked) =>
        NodeAuthorizer.NodeOf(user) is { } node && Token(ns, asked, node) is { } why ? ApiStatus.Forbidden(V1ServiceAccount.Resource, account, why) : null;

    private string? Token(string ns, AuthenticationV1TokenRequest asked, string node)
    {
        if (asked.Spec.BoundObjectRef is not { Kind: "Pod", ApiVersion: "v1", Name.Length: > 0 } bound)
        {
            return "node requested token not bound to a pod";
        }

        if (bound.Uid.Length == 0)
        {
            return "node requested token with a pod binding without a uid";
        }

        // Whether the pod is there and runs as that account, the issuer tells.
        return _objects.Get<V1Pod>(ns, bound.Name) is not { } pod ? null
            : pod.Metadata.Uid != bound.Uid
                ? $"the UID in the bound object reference ({bound.Uid}) does not match the UID in record. The object might have been deleted and then recreated"
            : pod.Spec.NodeName != node ? "node requested token bound to a pod scheduled on a different node"
            : null;
    }

    private static string NameOf(AdmissionRequest request, IApiObject? value) => request.Name.Length > 0 ? request.Name : value?.Metadata.Name ?? "";
}
