using Gantry.Api.Trees;
using Gantry.Server.Tests.Serving;

namespace Gantry.Server.Tests.Admission;

/// <summary>What the built-in plugins say when they refuse, word by word.</summary>
[Collection(SharedServer.Name)]
public sealed class AdmissionWordsTests(RunningServer server)
{
    [Theory]
    [InlineData("""{"type":"Container","min":{"cpu":"100m"}}""", """{"requests":{"cpu":"50m"},"limits":{"cpu":"1"}}""", "minimum cpu usage per Container is 100m, but request is 50m")]
    [InlineData("""{"type":"Container","min":{"memory":"1Gi"}}""", """{}""", null)]
    [InlineData("""{"type":"Container","max":{"memory":"1Gi"}}""", """{"limits":{"memory":"2Gi"}}""", "maximum memory usage per Container is 1Gi, but limit is 2Gi")]
    [InlineData("""{"type":"Container","max":{"cpu":"2"},"default":{"cpu":"3"}}""", null, null)]
    [InlineData("""{"type":"Container","maxLimitRequestRatio":{"cpu":"2"}}""", """{"requests":{"cpu":"100m"},"limits":{"cpu":"500m"}}""", "cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000")]
    [InlineData("""{"type":"Container","maxLimitRequestRatio":{"cpu":"2"}}""", """{"requests":{"cpu":"100m"}}""", "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0")]
    [InlineData("""{"type":"Container","maxLimitRequestRatio":{"cpu":"2"}}""", "{}", "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0")]
    [InlineData("""{"type":"Pod","max":{"memory":"1Gi"}}""", """{"requests":{"cpu":"1"}}""", "maximum memory usage per Pod is 1Gi.  No limit is specified")]
    [InlineData("""{"type":"Pod","min":{"memory":"1Gi"}}""", """{"limits":{"memory":"512Mi"}}""", "minimum memory usage per Pod is 1Gi, but request is 512Mi")]
    [InlineData("""{"type":"Pod","max":{"cpu":"1","memory":"1Gi"}}""", """{"limits":{"cpu":"2","memory":"2Gi"}}""", "[maximum cpu usage per Pod is 1, but limit is 2, maximum memory usage per Pod is 1Gi, but limit is 2Gi]")]
    public async Task Limits_of_pods(string limit, string? resources, string? why)
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/limitranges", $$$"""{"metadata":{"name":"l"},"spec":{"limits":[{{{limit}}}]} }""");
        if (resources is null)
        {
            Assert.Equal(422, made.Code);
            return;
        }

        Assert.True(made.Code == 201, made.Text);

        var pod = await server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{{{resources}}} }]} }""");

        // A minimum is the default of whatever asks for nothing.
        Assert.Equal(why is null ? (201, "") : (403, $"pods \"p\" is forbidden: {why}"), (pod.Code, pod.Message));
    }

    [Theory]
    [InlineData("""{"type":"PersistentVolumeClaim","min":{"storage":"2Gi"}}""", "minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi")]
    [InlineData("""{"type":"PersistentVolumeClaim","min":{"storage":"100Mi"},"max":{"storage":"500Mi"}}""", "maximum storage usage per PersistentVolumeClaim is 500Mi, but request is 1Gi")]
    public async Task Limits_of_claims(string limit, string why)
    {
        var ns = await server.NamespaceAsync();
        Assert.Equal(201, (await server.PostAsync($"/api/v1/namespaces/{ns}/limitranges", $$$"""{"metadata":{"name":"l"},"spec":{"limits":[{{{limit}}}]} }""")).Code);

        var made = await server.PostAsync($"/api/v1/namespaces/{ns}/persistentvolumeclaims", Claim("1Gi", "x"));

        Assert.Equal((403, $"persistentvolumeclaims \"c\" is forbidden: {why}"), (made.Code, made.Message));
    }

    [Fact]
    public async Task What_a_range_fills_in_is_noted_on_the_pod()
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await server.PostAsync($"/api/v1/namespaces/{ns}/limitranges",
            """{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","default":{"cpu":"2","memory":"1Gi"},"defaultRequest":{"cpu":"1"}}]} }""");

        var pod = await server.PostAsync($"/api/v1/namespaces/{ns}/pods",
            """{"metadata":{"name":"p"},"spec":{"initContainers":[{"name":"n","image":"i","resources":{"limits":{"cpu":"1","memory":"1Gi"}}}],"containers":[{"name":"c","image":"i"}]} }""");

        // Limits that a container states are its requests by default, before anybody fills in.
        Assert.Equal(
            "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c", pod.Metadata.Map("annotations")!.Text("kubernetes.io/limit-ranger"));
    }

    [Theory]
    [InlineData(""" "priorityClassName":"missing" """, "no PriorityClass with name missing was found")]
    [InlineData(""" "priorityClassName":"system-node-critical","priority":5 """, "the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 2000001000 from the given PriorityClass name")]
    [InlineData(""" "preemptionPolicy":"Never" """, "the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name")]
    [InlineData(""" "runtimeClassName":"missing" """, "pod rejected: RuntimeClass \"missing\" not found")]
    [InlineData(""" "overhead":{"cpu":"1"} """, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")]
    [InlineData(""" "serviceAccountName":"missing" """, "error looking up service account {ns}/missing: serviceaccount \"missing\" not found")]
    public async Task Pods_that_name_what_is_not_there(string field, string why)
    {
        var ns = await server.NamespaceAsync();
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");

        var pod = await server.PostAsync($"/api/v1/namespaces/{ns}/pods", $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}],{{{field}}} } }""");

        Assert.Equal((403, "pods \"p\" is forbidden: " + why.Replace("{ns}", ns, StringComparison.Ordinal)), (pod.Code, pod.Message));
    }

    [Fact]
    public async Task A_runtime_class_and_its_pod_must_agree()
    {
        var (ns, name) = (await server.NamespaceAsync(), server.Name("runtime"));
        await server.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        Assert.Equal(201, (await server.PostAsync("/apis/node.k8s.io/v1/runtimeclasses",
            $$$"""{"metadata":{"name":"{{{name}}}"},"handler":"h","overhead":{"podFixed":{"cpu":"250m"}},"scheduling":{"nodeSelector":{"a":"b"},"tolerations":[{"key":"k","operator":"Exists"}]} }""")).Code);
        Task<Answer> Pod(string pod, string more) => server.PostAsync($"/api/v1/namespaces/{ns}/pods",
            $$$"""{"metadata":{"name":"{{{pod}}}"},"spec":{"runtimeClassName":"{{{name}}}","containers":[{"name":"c","image":"i"}]{{{more}}} } }""");

        // An overhead without a class is told after what is not valid.
        Assert.Equal(422, (await server.PostAsync($"/api/v1/namespaces/{ns}/pods", """{"metadata":{"name":"o"},"spec":{"overhead":{"cpu":"1"},"containers":[]} }""")).Code);
        Assert.Equal("pods \"o\" is forbidden: pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead", (await Pod("o", ""","overhead":{"cpu":"1"}""")).Message);
        Assert.Equal(
            "pods \"s\" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[a] = b; pod.spec.nodeSelector[a] = c", (await Pod("s", ""","nodeSelector":{"a":"c"}""")).Message);
        var made = (await Pod("p", "")).Body.Map("spec")!;
        Assert.Equal(("250m", "b"), (made.Map("overhead")!.Text("cpu"), made.Map("nodeSelector")!.Text("a")));
        Assert.Contains(made.List("tolerations")!.OfType<TreeMap>(), t => t.Text("key") == "k");
    }

    [Fact]
    public async Task Claims_grow_only_when_bound_and_where_their_class_allows_it()
    {
        var (ns, name) = (await server.NamespaceAsync(), server.Name("class"));
        var path = $"/api/v1/namespaces/{ns}/persistentvolumeclaims";
        await server.PostAsync("/apis/storage.k8s.io/v1/storageclasses", $$$"""{"metadata":{"name":"{{{name}}}"},"provisioner":"p"}""");
        Assert.Equal(201, (await server.PostAsync(path, Claim("1Gi", name))).Code);
        const string Grown = """{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}""";

        // Validation comes first, and says the same of the spec as long as the claim is not bound.
        Assert.Equal(422, (await server.MergeAsync(path + "/c", Grown)).Code);
        Assert.Equal(200, (await server.MergeAsync(path + "/c/status", """{"status":{"phase":"Bound","capacity":{"storage":"1Gi"}}}""")).Code);
        Assert.Equal(
            (403, "persistentvolumeclaims \"c\" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"),
            await AnswerAsync(server.MergeAsync(path + "/c", Grown)));
        Assert.Equal(200, (await server.MergeAsync($"/apis/storage.k8s.io/v1/storageclasses/{name}", """{"allowVolumeExpansion":true}""")).Code);
        Assert.Equal(200, (await server.MergeAsync(path + "/c", Grown)).Code);
    }

    [Fact]
    public async Task There_is_one_default_priority()
    {
        var (first, second) = (server.Name("default"), server.Name("default"));
        const string Path = "/apis/scheduling.k8s.io/v1/priorityclasses";
        Assert.Equal(201, (await server.PostAsync(Path, $$$"""{"metadata":{"name":"{{{first}}}"},"value":1,"globalDefault":true}""")).Code);
        var refused = await server.PostAsync(Path, $$$"""{"metadata":{"name":"{{{second}}}"},"value":2,"globalDefault":true}""");
        var again = await server.PostAsync(Path, $$$"""{"metadata":{"name":"{{{first}}}"},"value":1,"globalDefault":true}""");
        Assert.Equal(
            (403, $"priorityclasses.scheduling.k8s.io \"{first}\" is forbidden: PriorityClass {first} is already marked as default. Only one default can exist"),
            (again.Code, again.Message));
        Assert.Equal(200, (await server.DeleteAsync($"{Path}/{first}")).Code);

        Assert.Equal(
            (403, $"priorityclasses.scheduling.k8s.io \"{second}\" is forbidden: PriorityClass {first} is already marked as default. Only one default can exist"),
            (refused.Code, refused.Message));
    }

    private static string Claim(string size, string storageClass) =>
        $$$"""{"metadata":{"name":"c"},"spec":{"storageClassName":"{{{storageClass}}}","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"{{{size}}}"} } } }""";

    private static async Task<(int Code, string Message)> AnswerAsync(Task<Answer> sent)
    {
        var answer = await sent;
        return (answer.Code, answer.Message);
    }
}
