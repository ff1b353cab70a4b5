using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>Policies in expressions that decide what is admitted.</summary>
[Collection(SharedCluster.Name)]
public sealed class PolicyTests(SimulatedCluster cluster)
{
    private const string Policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";

    [Fact]
    [Trait("Conformance", "ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should validate against a Deployment")]
    public async Task A_deployment_is_checked_by_expressions()
    {
        var ns = await BoundAsync("""[{"expression":"object.spec.replicas > 1","messageExpression":"'wants replicas > 1, got ' + string(object.spec.replicas)"},{"expression":"namespaceObject.metadata.name.startsWith('ns-')","message":"Internal error! Other namespace should not be allowed."}]""", "[]");
        await cluster.DoAsync("POST", $"/apis/apps/v1/namespaces/{ns}/deployments", Deployment("enough", 2));
        var refused = await cluster.RefusedAsync(422, "POST", $"/apis/apps/v1/namespaces/{ns}/deployments", Deployment("few", 1));
        Assert.Equal("Invalid", refused.Text("reason"));
        Assert.Contains("denied request: wants replicas > 1, got 1", refused.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Conformance", "ValidatingAdmissionPolicy [Privileged:ClusterAdmin] should allow expressions to refer variables.")]
    public async Task Expressions_use_variables_that_others_made()
    {
        var ns = await BoundAsync("""[{"expression":"variables.oddReplicas || variables.replicas > 1"},{"expression":"variables.replicas > 1","messageExpression":"'only ' + string(variables.replicas)"}]""",
            """[{"name":"replicas","expression":"object.spec.replicas"},{"name":"oddReplicas","expression":"variables.replicas % 2 == 1"}]""");
        await cluster.DoAsync("POST", $"/apis/apps/v1/namespaces/{ns}/deployments", Deployment("enough", 2));
        Assert.Contains("only 1", (await cluster.RefusedAsync(422, "POST", $"/apis/apps/v1/namespaces/{ns}/deployments", Deployment("few", 1))).Text("message"), StringComparison.Ordinal);
    }

    private static string Deployment(string name, int replicas) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = JsonNode.Parse("""{"matchLabels":{"app":"a"}}"""),
            ["template"] = JsonNode.Parse("""{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"none"}]}}"""),
        },
    }.ToJsonString();

    /// <summary>A policy for deployments and its binding to a new namespace, in force when this returns.</summary>
    private async Task<string> BoundAsync(string validations, string variables)
    {
        var ns = await cluster.NamespaceAsync();
        var name = $"policy-{ns}.example.com";
        await cluster.DoAsync("POST", Policies, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["matchConstraints"] = JsonNode.Parse("""{"resourceRules":[{"apiGroups":["apps"],"apiVersions":["v1"],"operations":["CREATE","UPDATE"],"resources":["deployments"]}]}"""),
                ["variables"] = JsonNode.Parse(variables),
                ["validations"] = JsonNode.Parse(validations),
            },
        }.ToJsonString());
        await cluster.UntilAsync($"{Policies}/{name}", p => p.Number("status.observedGeneration") == 1 && p.At("status.typeChecking") is not null);
        Assert.Null((await cluster.GetAsync($"{Policies}/{name}")).At("status.typeChecking.expressionWarnings"));
        await cluster.DoAsync("POST", Policies.Replace("policies", "policybindings", StringComparison.Ordinal), new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["policyName"] = name,
                ["validationActions"] = new JsonArray("Deny"),
                ["matchResources"] = new JsonObject { ["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["kubernetes.io/metadata.name"] = ns } } },
            },
        }.ToJsonString());
        return ns;
    }
}
