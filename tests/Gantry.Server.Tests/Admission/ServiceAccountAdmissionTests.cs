using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

[Collection(SharedServer.Name)]
public sealed class ServiceAccountAdmissionTests(RunningServer server)
{
    [Fact]
    public async Task A_pod_of_a_new_namespace_waits_for_the_account_that_comes_after_it()
    {
        var ns = await server.NamespaceAsync();
        var pod = server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""")).Code);

        Assert.Equal(201, (await pod).Code);
    }

    [Theory]
    [InlineData("""{"volumes":[{"name":"v","secret":{"secretName":"s"}}],"containers":[{"name":"c","image":"i"}]}""",
        "volume with secret.secretName=\"s\" is not allowed because service account strict does not reference that secret")]
    [InlineData("""{"initContainers":[{"name":"n","image":"i","env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}],"containers":[{"name":"c","image":"i"}]}""",
        "init container n with envVar E referencing secret.secretName=\"s\" is not allowed because service account strict does not reference that secret")]
    [InlineData("""{"containers":[{"name":"c","image":"i","env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}""",
        "container c with envVar E referencing secret.secretName=\"s\" is not allowed because service account strict does not reference that secret")]
    [InlineData("""{"imagePullSecrets":[{"name":"pull"},{"name":"s"}],"containers":[{"name":"c","image":"i"}]}""",
        "imagePullSecrets[1].name=\"s\" is not allowed because service account strict does not reference that imagePullSecret")]
    public async Task An_account_may_be_held_to_its_secrets(string spec, string why)
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts",
            """{"metadata":{"name":"strict","annotations":{"kubernetes.io/enforce-mountable-secrets":"true"}},"secrets":[{"name":"own"}],"imagePullSecrets":[{"name":"pull"}]}""");

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""{"metadata":{"name":"p"},"spec":{{{spec.Insert(1, "\"serviceAccountName\":\"strict\",")}}} }""");

        Assert.Equal((403, $"pods \"p\" is forbidden: {why}"), (made.Code, made.Message));
    }

    [Fact]
    public async Task A_debugger_is_held_to_the_secrets_of_the_account_too()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"strict","annotations":{"kubernetes.io/enforce-mountable-secrets":"true"}}}""");
        await server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"p"},"spec":{"serviceAccountName":"strict","containers":[{"name":"c","image":"i"}]}}""");

        var added = await server.MergeAsync($"/api/v1/namespaces/{ns}/pods/p/ephemeralcontainers",
            """{"spec":{"ephemeralContainers":[{"name":"d","image":"i","env":[{"name":"E","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}}""");

        Assert.Equal(
            (403, "pods \"p\" is forbidden: ephemeral container d with envVar E referencing secret.secretName=\"s\" is not allowed because service account strict does not reference that secret"),
            (added.Code, added.Message));
    }

    [Theory]
    [InlineData(""" "serviceAccountName":"x" """, "a mirror pod may not reference service accounts")]
    [InlineData(""" "volumes":[{"name":"v","secret":{"secretName":"s"}}] """, "a mirror pod may not reference secrets")]
    [InlineData(""" "volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"p"}}]}}] """, "a mirror pod may not use ServiceAccountToken volume projections")]
    public async Task A_mirror_pod_has_nothing_of_the_api(string spec, string why)
    {
        var ns = await server.NamespaceAsync();

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/pods",
            $$$"""{"metadata":{"name":"p","annotations":{"kubernetes.io/config.mirror":"x"}},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}],{{{spec}}}}}""");

        Assert.Equal((403, $"pods \"p\" is forbidden: {why}"), (made.Code, made.Message));
    }
}
