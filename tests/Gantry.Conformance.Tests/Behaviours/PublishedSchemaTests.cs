using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>The schemas of custom resources in the OpenAPI documents, and what kubectl makes of them.</summary>
[Collection(SharedCluster.Name)]
public sealed class PublishedSchemaTests(SimulatedCluster cluster)
{
    private const string Foo = """{"type":"object","properties":{"spec":{"type":"object","description":"Specification of Foo","properties":{"bars":{"type":"array","description":"List of Bars and their specs.","items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","description":"Name of Bar."},"age":{"type":"string","description":"Age of Bar."},"bazs":{"type":"array","items":{"type":"string"}}}}}}},"status":{"type":"object"}}}""";

    [Fact]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD with validation schema")]
    public async Task A_schema_is_published_and_kubectl_checks_and_explains_by_it()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, Foo);
        await DefinedAsync(custom, "v1", true);
        await cluster.KubectlWorksAsync($"apply --namespace {custom.Namespace} -f -", custom.Object("good", """ "spec":{"bars":[{"name":"test-bar"}]} """));
        var (code, _, errors) = await cluster.KubectlAsync($"create --namespace {custom.Namespace} -f -", custom.Object("bad", """ "spec":{"foo":true} """));
        Assert.Equal(1, code);
        Assert.Contains("unknown field \"spec.foo\"", errors, StringComparison.Ordinal);
        (code, _, errors) = await cluster.KubectlAsync($"create --namespace {custom.Namespace} -f -", custom.Object("bad", """ "spec":{"bars":[{"age":"10"}]} """));
        Assert.Equal(1, code);
        Assert.Contains("spec.bars[0].name: Required value", errors, StringComparison.Ordinal);
        Assert.Contains("Specification of Foo", await cluster.KubectlWorksAsync($"explain {custom.Plural}.spec"), StringComparison.Ordinal);
        Assert.Contains("List of Bars", await cluster.KubectlWorksAsync($"explain {custom.Plural}.spec.bars"), StringComparison.Ordinal);
        Assert.Contains("bazs", await cluster.KubectlWorksAsync($"explain {custom.Plural} --recursive"), StringComparison.Ordinal);
        Assert.Equal(1, (await cluster.KubectlAsync($"explain {custom.Plural}.spec.bars2")).Code);
    }

    [Fact]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD without validation schema")]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD preserving unknown fields at the schema root")]
    public async Task A_schema_that_takes_everything_lets_kubectl_take_everything()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""");
        await DefinedAsync(custom, "v1", true);
        await cluster.KubectlWorksAsync($"create --namespace {custom.Namespace} -f -", custom.Object("any", """ "a":{"foo":[{"b":1}]} """));
        await cluster.KubectlWorksAsync($"apply --namespace {custom.Namespace} -f -", custom.Object("any", """ "a":{"foo":[{"b":2}]} """));
        Assert.Contains(custom.Kind, await cluster.KubectlWorksAsync($"explain {custom.Plural}"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for CRD preserving unknown fields in an embedded object")]
    public async Task An_embedded_object_may_hold_anything()
    {
        var custom = await CustomDefinition.CreateAsync(cluster, """{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"x-kubernetes-embedded-resource":true}}}""");
        await DefinedAsync(custom, "v1", true);
        await cluster.KubectlWorksAsync($"create --namespace {custom.Namespace} -f -", custom.Object("any", """ "spec":{"apiVersion":"v1","kind":"X","metadata":{"name":"x"},"b":[{"c":"d"}]} """));
        Assert.Contains(custom.Kind, await cluster.KubectlWorksAsync($"explain {custom.Plural}"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of different groups")]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of same group and version but different kinds")]
    public async Task Definitions_of_one_group_or_of_several_are_all_published()
    {
        var one = await CustomDefinition.CreateAsync(cluster, Foo);
        var other = await CustomDefinition.CreateAsync(cluster, Foo);
        var same = await CustomDefinition.CreateVersionsAsync(cluster, $$$"""[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{Foo}}}}}]""", group: one.Group);
        foreach (var custom in (CustomDefinition[])[one, other, same])
        {
            await DefinedAsync(custom, "v1", true);
        }
    }

    [Fact]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] works for multiple CRDs of same group but different versions")]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] removes definition from spec when one version gets changed to not be served")]
    [Trait("Conformance", "CustomResourcePublishOpenAPI [Privileged:ClusterAdmin] updates the published spec when one version gets renamed")]
    public async Task Versions_are_published_while_they_are_served()
    {
        static string Version(string name, bool served, bool storage) =>
            $$$"""{"name":"{{{name}}}","served":{{{(served ? "true" : "false")}}},"storage":{{{(storage ? "true" : "false")}}},"schema":{"openAPIV3Schema":{{{Foo}}}}}""";
        var custom = await CustomDefinition.CreateVersionsAsync(cluster, $"[{Version("v2", true, true)},{Version("v3", true, false)}]");
        await DefinedAsync(custom, "v2", true);
        await DefinedAsync(custom, "v3", true);
        await cluster.MergeAsync(custom.Definition, $$$"""{"spec":{"versions":[{{{Version("v2", true, true)}}},{{{Version("v4", true, false)}}}]}}""");
        await DefinedAsync(custom, "v4", true);
        await DefinedAsync(custom, "v3", false);
        await DefinedAsync(custom, "v2", true);
        await cluster.MergeAsync(custom.Definition, $$$"""{"spec":{"versions":[{{{Version("v2", true, true)}}},{{{Version("v4", false, false)}}}]}}""");
        await DefinedAsync(custom, "v4", false);
        await DefinedAsync(custom, "v2", true);
    }

    // In the old document by its name, in the new ones by the document of its version.
    private async Task DefinedAsync(CustomDefinition custom, string version, bool there)
    {
        var name = string.Join('.', custom.Group.Split('.').Reverse()) + $".{version}.{custom.Kind}";
        await cluster.UntilAsync("/openapi/v2", doc => doc["definitions"]!.AsObject().ContainsKey(name) == there);
        var paths = (await cluster.GetAsync("/openapi/v3"))["paths"]!.AsObject();
        var document = $"apis/{custom.Group}/{version}";
        if (there)
        {
            var schemas = (await cluster.GetAsync((string)paths[document]!["serverRelativeURL"]!))["components"]!["schemas"]!.AsObject();
            Assert.Equal(custom.Kind, schemas[name].Text("x-kubernetes-group-version-kind.0.kind"));
        }
        else
        {
            Assert.False(paths.ContainsKey(document));
        }
    }
}
