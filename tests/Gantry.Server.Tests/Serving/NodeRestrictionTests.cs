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
