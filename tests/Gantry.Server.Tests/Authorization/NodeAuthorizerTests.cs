using Gantry.Api.Models;
using Gantry.Client.Selectors;
using Gantry.Server.Authorization.Node;
using Gantry.Server.Pipeline;
using Gantry.Server.Registry;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Authorization;

public sealed class NodeAuthorizerTests
{
    private static readonly UserInfo Agent = new() { Name = "system:node:one", Groups = ["system:nodes", "system:authenticated"] };
    private readonly FixedApiObjects _objects = new();
    private readonly NodeAuthorizer _authorizer;

    public NodeAuthorizerTests()
    {
        _authorizer = new NodeAuthorizer(new NodeFactsSource(_objects), []);
        _objects.Add(new V1Pod
        {
            Metadata = new V1ObjectMeta { Namespace = "ns", Name = "web" },
            Spec = new V1PodSpec
            {
                NodeName = "one", ServiceAccountName = "robot",
                Volumes =
                [
                    new V1Volume { Name = "s", Secret = new V1SecretVolumeSource { SecretName = "mounted" } },
                    new V1Volume { Name = "c", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data" } },
                ],
            },
        });
        _objects.Add(new V1Pod
        {
            Metadata = new V1ObjectMeta { Namespace = "ns", Name = "mirror", Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "x" } },
            Spec = new V1PodSpec { NodeName = "one", Volumes = [new V1Volume { Name = "s", Secret = new V1SecretVolumeSource { SecretName = "wished" } }] },
        });
        _objects.Add(new V1PersistentVolumeClaim { Metadata = new V1ObjectMeta { Namespace = "ns", Name = "data" }, Spec = new V1PersistentVolumeClaimSpec { VolumeName = "disk" } });
        _objects.Add(new V1PersistentVolume
        {
            Metadata = new V1ObjectMeta { Name = "disk" },
            Spec = new V1PersistentVolumeSpec
            {
                ClaimRef = new V1ObjectReference { Namespace = "ns", Name = "data" },
                Csi = new V1CSIPersistentVolumeSource
                {
                    NodeStageSecretRef = new V1SecretReference { Namespace = "vault", Name = "stage" },
                    ControllerPublishSecretRef = new V1SecretReference { Namespace = "vault", Name = "attach" },
                },
            },
        });
        _objects.Add(new V1VolumeAttachment { Metadata = new V1ObjectMeta { Name = "csi-1" }, Spec = new V1VolumeAttachmentSpec { NodeName = "one" } });
    }

    [Theory]
    [InlineData("get", "", "secrets", "", "ns", "mounted")]
    [InlineData("watch", "", "secrets", "", "ns", "mounted")]
    [InlineData("get", "", "secrets", "", "vault", "stage")]
    [InlineData("get", "", "persistentvolumeclaims", "", "ns", "data")]
    [InlineData("patch", "", "persistentvolumeclaims", "status", "ns", "data")]
    [InlineData("get", "", "persistentvolumes", "", "", "disk")]
    [InlineData("get", "storage.k8s.io", "volumeattachments", "", "", "csi-1")]
    [InlineData("create", "", "serviceaccounts", "token", "ns", "robot")]
    [InlineData("get", "", "pods", "", "ns", "web")]
    [InlineData("create", "", "pods", "eviction", "ns", "other")]
    [InlineData("get", "", "nodes", "", "", "one")]
    [InlineData("update", "", "nodes", "status", "", "other")]
    [InlineData("create", "coordination.k8s.io", "leases", "", "kube-node-lease", "")]
    [InlineData("delete", "storage.k8s.io", "csinodes", "", "", "one")]
    public async Task An_agent_may_do_what_its_pods_need(string verb, string group, string resource, string subresource, string ns, string name) =>
        Assert.Equal(Opinion.Allow, (await AskAsync(verb, group, resource, subresource, ns, name)).Opinion);

    [Theory]
    [InlineData("get", "", "secrets", "", "ns", "other", "no relationship found between node 'one' and this object")]
    [InlineData("get", "", "secrets", "", "ns", "wished", "no relationship found between node 'one' and this object")]
    [InlineData("get", "", "secrets", "", "vault", "attach", "no relationship found between node 'one' and this object")]
    [InlineData("list", "", "secrets", "", "ns", "", "No Object name found")]
    [InlineData("list", "", "secrets", "", "", "mounted", "can only read namespaced object of this type")]
    [InlineData("update", "", "configmaps", "", "ns", "x", "can only read resources of this type")]
    [InlineData("list", "", "persistentvolumeclaims", "", "ns", "data", "can only get individual resources of this type")]
    [InlineData("get", "", "persistentvolumes", "status", "", "disk", "cannot get subresource")]
    [InlineData("get", "", "persistentvolumeclaims", "status", "ns", "data", "can only get/update/patch this type")]
    [InlineData("create", "", "serviceaccounts", "", "ns", "", "can only create tokens for individual service accounts")]
    [InlineData("create", "", "serviceaccounts", "x", "ns", "robot", "can only create token subresource of serviceaccount")]
    [InlineData("list", "coordination.k8s.io", "leases", "", "kube-node-lease", "", "can only get, create, update, patch, or delete a node lease")]
    [InlineData("get", "coordination.k8s.io", "leases", "", "ns", "one", "can only access leases in the \"kube-node-lease\" system namespace")]
    [InlineData("get", "coordination.k8s.io", "leases", "", "kube-node-lease", "two", "can only access node lease with the same name as the requesting node")]
    [InlineData("get", "storage.k8s.io", "csinodes", "x", "", "one", "cannot authorize CSINode subresources")]
    [InlineData("list", "", "nodes", "", "", "", "node 'one' cannot read all nodes, only its own Node object")]
    [InlineData("get", "", "nodes", "", "", "two", "node 'one' cannot read 'two', only its own Node object")]
    [InlineData("delete", "", "nodes", "", "", "one", "")]
    [InlineData("list", "", "pods", "", "", "", "can only list/watch pods with spec.nodeName field selector")]
    [InlineData("get", "", "pods", "", "ns", "other", "no relationship found between node 'one' and this object")]
    public async Task An_agent_is_refused_the_rest_in_the_usual_words(string verb, string group, string resource, string subresource, string ns, string name, string why)
    {
        var decision = await AskAsync(verb, group, resource, subresource, ns, name);
        Assert.Equal((Opinion.NoOpinion, why), (decision.Opinion, decision.Reason));
    }

    [Theory]
    [InlineData("one", true)]
    [InlineData("two", false)]
    public async Task An_agent_may_follow_the_pods_of_its_own_node(string node, bool allowed)
    {
        var asked = new AuthorizationAttributes { User = Agent, Verb = "watch", IsResource = true, Resource = "pods", FieldSelector = [new FieldRequirement("spec.nodeName", true, node)] };
        Assert.Equal(allowed, (await _authorizer.AuthorizeAsync(asked, default)).Opinion == Opinion.Allow);
    }

    [Fact]
    public async Task A_node_without_a_name_is_told_so()
    {
        var asked = new AuthorizationAttributes { User = Agent with { Name = "system:node:" }, Verb = "get", IsResource = true, Resource = "nodes" };
        Assert.Equal("unknown node for user \"system:node:\"", (await _authorizer.AuthorizeAsync(asked, default)).Reason);
    }

    private ValueTask<AuthorizationDecision> AskAsync(string verb, string group, string resource, string subresource, string ns, string name) => _authorizer.AuthorizeAsync(
        new AuthorizationAttributes { User = Agent, IsResource = true, Verb = verb, Group = group, Resource = resource, Subresource = subresource, Namespace = ns, Name = name }, default);
}
