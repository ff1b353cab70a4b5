using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class PodSecurityTests(RunningServer server)
{
    private const string Hardened = """
        "securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},
        "containers":[{"name":"c","image":"i","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]} }}]
        """;

    private const string HostNetwork = """ "hostNetwork":true,"containers":[{"name":"c","image":"i"}] """;

    [Fact]
    public async Task A_pod_that_breaks_the_standard_of_its_namespace_is_refused()
    {
        var ns = await NamespaceAsync("""{"pod-security.kubernetes.io/enforce":"restricted"}""");

        var refused = await PodAsync(ns, "bad", """ "containers":[{"name":"c","image":"i","securityContext":{"privileged":true}}] """);
        Assert.Equal((403, "Forbidden"), (refused.Code, refused.Reason));
        Assert.Equal(
            "pods \"bad\" is forbidden: violates PodSecurity \"restricted:latest\": privileged (container \"c\" must not set securityContext.privileged=true), "
                + "allowPrivilegeEscalation != false (container \"c\" must set securityContext.allowPrivilegeEscalation=false), "
                + "unrestricted capabilities (container \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), "
                + "runAsNonRoot != true (pod or container \"c\" must set securityContext.runAsNonRoot=true), "
                + "seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")",
            refused.Message);
        Assert.Empty(refused.Warnings);
        Assert.Equal(201, (await PodAsync(ns, "good", Hardened)).Code);
    }

    [Fact]
    public async Task A_workload_is_made_with_a_warning()
    {
        var ns = await NamespaceAsync("""{"pod-security.kubernetes.io/enforce":"baseline","pod-security.kubernetes.io/enforce-version":"v1.30"}""");

        var made = await server.PostAsync($"/apis/apps/v1/namespaces/{ns}/deployments", $$$"""
            {"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{ {{{HostNetwork}}} } } } }
            """);

        Assert.Equal(201, made.Code);
        Assert.Equal("299 - \"would violate PodSecurity \\\"baseline:v1.30\\\": host namespaces (hostNetwork=true)\"", Assert.Single(made.Warnings));
    }

    [Fact]
    public async Task Labels_that_mean_nothing_are_refused_when_they_come_and_not_when_they_stay()
    {
        var wrong = await server.PostAsync("/api/v1/namespaces", $$$"""
            {"metadata":{"name":"{{{server.Name("wrong")}}}","labels":{"pod-security.kubernetes.io/enforce":"strict","pod-security.kubernetes.io/warn-version":"v2"} } }
            """);
        Assert.Equal((422, "Invalid"), (wrong.Code, wrong.Reason));
        Assert.EndsWith(
            "is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of privileged, baseline, restricted, "
                + "metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"v2\": must be \"latest\" or \"v1.x\"]",
            wrong.Message);

        var ns = await NamespaceAsync("{}");
        Assert.Equal(422, (await LabelAsync(ns, """{"pod-security.kubernetes.io/audit":"x"}""")).Code);
    }

    [Fact]
    public async Task A_stricter_level_tells_which_pods_would_not_be_let_in_again()
    {
        var ns = await NamespaceAsync("{}");
        foreach (var name in new[] { "b", "a" })
        {
            Assert.Equal(201, (await PodAsync(ns, name, HostNetwork)).Code);
        }

        Assert.Equal(201, (await PodAsync(ns, "ok", Hardened)).Code);
        var enforced = await LabelAsync(ns, """{"pod-security.kubernetes.io/enforce":"baseline"}""");

        Assert.Equal(200, enforced.Code);
        Assert.Equal(
            [
                $"299 - \"existing pods in namespace \\\"{ns}\\\" violate the new PodSecurity enforce level \\\"baseline:latest\\\"\"",
                "299 - \"a (and 1 other pod): host namespaces\"",
            ],
            enforced.Warnings);
        Assert.Empty((await LabelAsync(ns, """{"pod-security.kubernetes.io/enforce":"privileged"}""")).Warnings);
    }

    [Fact]
    public async Task Running_pods_may_still_change_in_ways_that_do_not_matter()
    {
        var ns = await NamespaceAsync("{}");
        Assert.Equal(201, (await PodAsync(ns, "p", HostNetwork)).Code);
        await LabelAsync(ns, """{"pod-security.kubernetes.io/enforce":"baseline"}""");
        var path = $"/api/v1/namespaces/{ns}/pods/p";

        Assert.Equal(200, (await server.MergeAsync(path, """{"metadata":{"labels":{"x":"y"} } }""")).Code);
        Assert.Equal(200, (await server.MergeAsync(path + "/status", """{"status":{"phase":"Running"} }""")).Code);
        var image = await server.SendAsync(
            HttpMethod.Patch, path, """[{"op":"replace","path":"/spec/containers/0/image","value":"other"}]""", "application/json-patch+json");
        Assert.Equal((403, true), (image.Code, image.Message.Contains("violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)", StringComparison.Ordinal)));
        var debug = await server.MergeAsync(path + "/ephemeralcontainers", """{"spec":{"ephemeralContainers":[{"name":"d","image":"i"}] } }""");
        Assert.Equal(403, debug.Code);
    }

    private async Task<string> NamespaceAsync(string labels)
    {
        var name = server.Name("secured");
        var made = await server.PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}}}}""");
        Assert.True(made.Code == 201, made.Text);
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{name}/serviceaccounts", """{"metadata":{"name":"default"}}""")).Code);
        return name;
    }

    private Task<Answer> LabelAsync(string ns, string labels) => server.MergeAsync($"/api/v1/namespaces/{ns}", $$$"""{"metadata":{"labels":{{{labels}}}}}""");

    private Task<Answer> PodAsync(string ns, string name, string spec) =>
        server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{ {{{spec}}} } }""");
}
