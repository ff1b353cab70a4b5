using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Requests;

namespace Gantry.Server.Tests.Serving;

[Collection(SharedServer.Name)]
public sealed class NodeRestrictionTests(RunningServer server)
{
    [Fact]
    public async Task A_node_registers_itself_and_no_other()
    {
        var (name, node) = Node();
        Assert.Null((await node.CreateAsync(Named(name))).Error);

        var other = await node.CreateAsync(Named(server.Name("other")));
        Assert.True(other.Error!.IsForbidden);
        Assert.Contains($"node \"{name}\" is not allowed to modify node", other.Error.Message);
    }

    [Theory]
    [InlineData("kubernetes.io/hostname", true)]
    [InlineData("example.com/anything", true)]
    [InlineData("node.kubernetes.io/x", true)]
    [InlineData("node-restriction.kubernetes.io/fips", false)]
    [InlineData("node-role.kubernetes.io/control-plane", false)]
    public async Task A_node_gives_itself_only_labels_that_are_its_own(string label, bool allowed)
    {
        var (name, node) = Node();
        var made = await node.CreateAsync(Named(name) with { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { [label] = "x" } } });
        Assert.Equal(allowed, made.Ok);
    }

    [Fact]
    public async Task A_node_reports_on_its_own_pods_and_creates_none()
    {
        var (name, node) = Node();
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""{"metadata":{"name":"mine"},"spec":{"nodeName":"{{{name}}}","containers":[{"name":"c","image":"i"}]} }""");
        await server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"other"},"spec":{"nodeName":"elsewhere","containers":[{"name":"c","image":"i"}]}}""");
        var running = PatchBody.Merge("""{"status":{"phase":"Running"}}""");

        Assert.Null((await node.PatchAsync<V1Pod>(ns, "mine", running, "status")).Error);
        Assert.True((await node.PatchAsync<V1Pod>(ns, "other", running, "status")).Error!.IsForbidden);
        Assert.True((await node.CreateAsync(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "new", Namespace = ns },
            Spec = new V1PodSpec { NodeName = name, Containers = [new V1Container { Name = "c", Image = "i" }] },
        })).Error!.IsForbidden);
    }

    [Fact]
    public async Task A_node_mirrors_the_pods_of_its_files_and_nothing_that_mentions_more()
    {
        var (name, node) = Node();
        var ns = await server.NamespaceAsync();
        var mirror = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = "mirror", Namespace = ns, Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "x" },
                OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = name, Uid = "u", Controller = true }],
            },
            Spec = new V1PodSpec { NodeName = name, Containers = [new V1Container { Name = "c", Image = "i" }] },
        };
        V1Pod By(string uid) => mirror with { Metadata = mirror.Metadata with { OwnerReferences = [mirror.Metadata.OwnerReferences[0] with { Uid = uid }] } };

        Assert.Equal($"nodes \"{name}\" not found", (await node.CreateAsync(mirror)).Error!.Message);
        var uid = (await node.CreateAsync(Named(name))).Require().Metadata.Uid;
        Assert.Equal($"pods \"mirror\" is forbidden: node {name} UID mismatch: expected u got {uid}", (await node.CreateAsync(mirror)).Error!.Message);
        var greedy = By(uid) with { Spec = mirror.Spec with { Volumes = [new V1Volume { Name = "v", ConfigMap = new V1ConfigMapVolumeSource { Name = "m" } }] } };
        Assert.Equal($"pods \"mirror\" is forbidden: node \"{name}\" can not create pods that reference configmaps", (await node.CreateAsync(greedy)).Error!.Message);
        Assert.Null((await node.CreateAsync(By(uid))).Error);
    }

    [Fact]
    public async Task What_a_node_may_not_write_is_not_looked_at_for_faults()
    {
        var (name, node) = Node();
        (await node.CreateAsync(Named(name))).Require();

        var refused = (await node.UpdateAsync(Named(name) with { Spec = new V1NodeSpec { Taints = [new V1Taint { Key = "!", Effect = "x" }] } })).Error!;

        Assert.Equal((403, $"nodes \"{name}\" is forbidden: node \"{name}\" is not allowed to modify taints"), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task A_node_reads_a_secret_by_name_when_its_pods_use_it()
    {
        var (name, node) = Node();
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await server.PostAsync($"/api/v1/namespaces/{ns}/secrets", """{"metadata":{"name":"used"}}""");
        await server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""
            {"metadata":{"name":"p"},"spec":{"nodeName":"{{{name}}}","containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","secret":{"secretName":"used"} }] } }
            """);

        Assert.Single((await node.ListAsync<V1Secret>(new ListQuery { Namespace = ns, FieldSelector = "metadata.name=used" })).Items);
        await Assert.ThrowsAsync<ApiException>(async () => await node.ListAsync<V1Secret>(new ListQuery { Namespace = ns }));
    }

    private (string Name, InProcess.InProcessApiClient Client) Node()
    {
        var name = server.Name("node");
        return (name, server.Server.Client.As(new UserInfo { Name = "system:node:" + name, Groups = ["system:nodes", UserInfo.AuthenticatedGroup] }));
    }

    private static V1Node Named(string name) => new() { Metadata = new V1ObjectMeta { Name = name } };
}
