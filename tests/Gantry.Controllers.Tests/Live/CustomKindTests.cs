using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Tests.Live;

/// <summary>Kinds that come while the controllers run are theirs as well.</summary>
public sealed class CustomKindTests(LiveCluster cluster) : IClassFixture<LiveCluster>
{
    private const string Definition = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"},
         "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","singular":"widget","kind":"Widget","listKind":"WidgetList"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
        """;

    [Fact]
    public async Task What_a_custom_object_owns_goes_with_it_and_its_namespace_takes_it_along()
    {
        var ns = await cluster.NamespaceAsync("custom");
        (await cluster.Api.CreateAsync(ApiJson.Decode<V1CustomResourceDefinition>(System.Text.Encoding.UTF8.GetBytes(Definition)))).Require();
        ResourceId? widgets = null;
        await cluster.UntilAsync("widgets are served", async () => (widgets = (await cluster.Metadata.ResourcesAsync()).FirstOrDefault(r => r.Plural == "widgets")) is not null);
        var owner = await MakeAsync(widgets!, ns, "owner");
        await MakeAsync(widgets!, ns, "bystander");
        (await cluster.Api.CreateAsync(new V1ConfigMap
        {
            Metadata = new V1ObjectMeta
            {
                Namespace = ns, Name = "owned", OwnerReferences = [new V1OwnerReference { ApiVersion = "example.com/v1", Kind = "Widget", Name = "owner", Uid = owner.Metadata.Uid }],
            },
        })).Require();
        await cluster.Metadata.DeleteAsync(widgets!, ns, "owner");
        await cluster.UntilAsync("what it owned is gone", async () => await cluster.Api.GetAsync<V1ConfigMap>(ns, "owned") is null);

        await cluster.Api.DeleteAsync<V1Namespace>("", ns);
        await cluster.UntilAsync("the namespace is gone", async () => await cluster.Api.GetAsync<V1Namespace>("", ns) is null);
        Assert.Null(await cluster.Metadata.GetAsync(widgets!, ns, "bystander"));
    }

    private async Task<ObjectMetadata> MakeAsync(ResourceId resource, string ns, string name)
    {
        var json = $$$"""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"}}""";
        return (await cluster.Metadata.PatchAsync(resource, ns, name, PatchBody.Apply(json, "test"))).Require();
    }
}
