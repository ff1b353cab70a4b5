using System.Text.Json.Nodes;

namespace Gantry.Conformance.Tests.Behaviours;

/// <summary>What happens to dependents when their owner goes.</summary>
[Collection(SharedCluster.Name)]
public sealed class GarbageCollectorTests(SimulatedCluster cluster)
{
    private const string Template = """{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"none"}]}}""";

    [Fact]
    [Trait("Conformance", "Garbage collector should delete pods created by rc when not orphaning")]
    public async Task Pods_go_with_their_controller()
    {
        var (ns, path) = await ControllerAsync(2);
        await cluster.DeleteAsync(path, "Background");
        await cluster.GoneAsync(path);
        await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 0);
    }

    [Fact]
    [Trait("Conformance", "Garbage collector should orphan pods created by rc if delete options say so")]
    public async Task Orphaned_pods_stay_and_name_no_owner()
    {
        var (ns, path) = await ControllerAsync(3);
        await cluster.DeleteAsync(path, "Orphan");
        await cluster.GoneAsync(path);
        var pods = await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 3);
        Assert.All(pods, p => Assert.Null(p.At("metadata.ownerReferences")));
        Assert.All(pods, p => Assert.Null(p.At("metadata.deletionTimestamp")));
    }

    [Fact]
    [Trait("Conformance", "Garbage collector should keep the rc around until all its pods are deleted if the deleteOptions says so")]
    public async Task A_controller_deleted_in_the_foreground_outlives_its_pods()
    {
        var (ns, path) = await ControllerAsync(2);

        // A finalizer of the test's own holds one pod.
        var held = (await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 2))[0].Name();
        await cluster.MergeAsync($"/api/v1/namespaces/{ns}/pods/{held}", """{"metadata":{"finalizers":["example.com/hold"]}}""");
        await cluster.DeleteAsync(path, "Foreground");
        await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 1);
        var waiting = await cluster.GetAsync(path);
        Assert.NotNull(waiting.At("metadata.deletionTimestamp"));
        Assert.Equal("foregroundDeletion", waiting.Text("metadata.finalizers.0"));
        await cluster.MergeAsync($"/api/v1/namespaces/{ns}/pods/{held}", """{"metadata":{"finalizers":null}}""");
        await cluster.GoneAsync(path);
        await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 0);
    }

    [Fact]
    [Trait("Conformance", "Garbage collector should delete RS created by deployment when not orphaning")]
    public async Task Replica_sets_go_with_their_deployment()
    {
        var (ns, path) = await DeploymentAsync();
        await cluster.DeleteAsync(path, "Background");
        await cluster.ItemsAsync($"/apis/apps/v1/namespaces/{ns}/replicasets", 0);
        await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 0);
    }

    [Fact]
    [Trait("Conformance", "Garbage collector should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan")]
    public async Task Orphaned_replica_sets_stay()
    {
        var (ns, path) = await DeploymentAsync();
        await cluster.DeleteAsync(path, "Orphan");
        await cluster.GoneAsync(path);
        var sets = await cluster.ItemsAsync($"/apis/apps/v1/namespaces/{ns}/replicasets", 1);
        Assert.Null(sets[0].At("metadata.ownerReferences"));
        Assert.Null(sets[0].At("metadata.deletionTimestamp"));
    }

    [Fact]
    [Trait("Conformance", "Garbage collector should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted")]
    public async Task A_pod_with_another_owner_stays()
    {
        var (ns, first) = await ControllerAsync(3);
        var second = await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/replicationcontrollers", Controller("other", 0, "b"));
        var pods = (await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 3)).Select(p => p.Name()).ToList();
        var shared = $"/api/v1/namespaces/{ns}/pods/{pods[0]}";
        await cluster.DoAsync("PATCH", shared,
            $$$"""[{"op":"add","path":"/metadata/ownerReferences/-","value":{"apiVersion":"v1","kind":"ReplicationController","name":"other","uid":"{{{second.Uid()}}}"}}]""",
            "application/json-patch+json");
        await cluster.DeleteAsync(first, "Foreground");
        await cluster.GoneAsync(first);
        var left = await cluster.ItemsAsync($"/api/v1/namespaces/{ns}/pods", 1);
        Assert.Equal(pods[0], left[0].Name());
        Assert.Equal(["other"], left[0].At("metadata.ownerReferences")!.AsArray().Select(o => (string)o!["name"]!));
    }

    [Fact]
    [Trait("Conformance", "Garbage collector should not be blocked by dependency circle")]
    public async Task Objects_that_own_each_other_in_a_circle_go()
    {
        var ns = await cluster.NamespaceAsync();
        var uids = new List<string>();
        foreach (var name in (string[])["one", "two", "three"])
        {
            uids.Add((await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/configmaps", $$$"""{"metadata":{"name":"{{{name}}}"}}""")).Uid());
        }

        foreach (var (name, owner, uid) in (IEnumerable<(string, string, string)>)[("one", "three", uids[2]), ("two", "one", uids[0]), ("three", "two", uids[1])])
        {
            await cluster.MergeAsync($"/api/v1/namespaces/{ns}/configmaps/{name}",
                $$$"""{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"{{{owner}}}","uid":"{{{uid}}}","controller":true,"blockOwnerDeletion":true}]}}""");
        }

        await cluster.DeleteAsync($"/api/v1/namespaces/{ns}/configmaps/one", "Foreground");
        await cluster.UntilAsync($"/api/v1/namespaces/{ns}/configmaps", list => list.Names().All(n => n == "kube-root-ca.crt"));
    }

    private static string Controller(string name, int replicas, string app = "a") => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = new JsonObject { ["app"] = app }, ["template"] = JsonNode.Parse(Template.Replace("\"a\"", $"\"{app}\"", StringComparison.Ordinal)) },
    }.ToJsonString();

    private async Task<(string Namespace, string Path)> ControllerAsync(int replicas)
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.DoAsync("POST", $"/api/v1/namespaces/{ns}/replicationcontrollers", Controller("rc", replicas));
        await cluster.UntilAsync($"/api/v1/namespaces/{ns}/replicationcontrollers/rc", rc => rc.Number("status.readyReplicas") == replicas);
        return (ns, $"/api/v1/namespaces/{ns}/replicationcontrollers/rc");
    }

    private async Task<(string Namespace, string Path)> DeploymentAsync()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.DoAsync("POST", $"/apis/apps/v1/namespaces/{ns}/deployments",
            $$$"""{"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"a"}},"template":{{{Template}}}}}""");
        await cluster.UntilAsync($"/apis/apps/v1/namespaces/{ns}/deployments/web", d => d.Number("status.availableReplicas") == 2);
        return (ns, $"/apis/apps/v1/namespaces/{ns}/deployments/web");
    }
}
