using System.Text;
using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Reading;

namespace Gantry.Scheduler.Tests.Reading;

public sealed class PodReaderTests
{
    [Fact]
    public void Containers_add_up_and_init_containers_count_by_their_largest_moment()
    {
        var pod = Read("""
            { "initContainers": [
                { "name": "big", "image": "a", "resources": { "requests": { "cpu": "2", "memory": "10Mi" } } },
                { "name": "proxy", "image": "a", "restartPolicy": "Always", "resources": { "requests": { "cpu": "100m", "memory": "64Mi" } } },
                { "name": "migrate", "image": "a", "resources": { "requests": { "memory": "300Mi" } } } ],
              "containers": [
                { "name": "c", "image": "a", "resources": { "requests": { "cpu": "250m", "memory": "100Mi", "example.com/gpu": "2" } } },
                { "name": "d", "image": "a", "resources": { "requests": { "cpu": "0.5", "ephemeral-storage": "1Gi" } } } ],
              "overhead": { "cpu": "10m" } }
            """);

        Assert.Equal(2010, pod.Requests.MilliCpu);
        Assert.Equal(364L << 20, pod.Requests.Memory);
        Assert.Equal(1L << 30, pod.Requests.EphemeralStorage);
        Assert.Equal(2, pod.Requests.ExtendedAmount("example.com/gpu"));
    }

    [Fact]
    public void Scores_take_a_little_for_containers_that_request_nothing()
    {
        var pod = Read("""{ "containers": [ { "name": "a", "image": "a" }, { "name": "b", "image": "b", "resources": { "requests": { "cpu": "1" } } } ] }""");

        Assert.Equal(1000, pod.Requests.MilliCpu);
        Assert.Equal(1100, pod.ScoredMilliCpu);
        Assert.Equal(0, pod.Requests.Memory);
        Assert.Equal(400L << 20, pod.ScoredMemory);
    }

    [Fact]
    public void Terms_without_namespaces_mean_the_pods_own_and_label_keys_are_folded_in()
    {
        var pod = Read("""
            { "containers": [],
              "affinity": { "podAntiAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [
                { "topologyKey": "zone", "labelSelector": { "matchLabels": { "app": "web" } }, "matchLabelKeys": ["rev"] },
                { "topologyKey": "zone", "labelSelector": {}, "namespaceSelector": {}, "mismatchLabelKeys": ["rev"] } ] } } }
            """);
        var same = Make.Pod("x") with { Labels = new Dictionary<string, string> { ["app"] = "web", ["rev"] = "7" } };
        var namespaces = Make.Cluster();

        Assert.True(pod.AntiAffinity[0].Matches(same, namespaces));
        Assert.False(pod.AntiAffinity[0].Matches(same with { Namespace = "other" }, namespaces));
        Assert.False(pod.AntiAffinity[0].Matches(same with { Labels = new Dictionary<string, string> { ["app"] = "web", ["rev"] = "8" } }, namespaces));
        Assert.False(pod.AntiAffinity[1].Matches(same with { Namespace = "other" }, namespaces));
        Assert.True(pod.AntiAffinity[1].Matches(Make.Pod("y", ns: "other"), namespaces));
    }

    [Fact]
    public void Spread_policies_have_kubernetes_defaults()
    {
        var pod = Read("""
            { "containers": [], "topologySpreadConstraints": [
                { "maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": { "matchLabels": { "app": "web" } } },
                { "maxSkew": 1, "topologyKey": "host", "whenUnsatisfiable": "ScheduleAnyway", "nodeAffinityPolicy": "Ignore", "nodeTaintsPolicy": "Honor" } ] }
            """);

        Assert.Equal([(true, true, false, 2), (false, false, true, 1)], pod.Spread.Select(c => (c.Hard, c.HonorNodeAffinity, c.HonorTaints, c.MaxSkew)));
        Assert.False(pod.Spread[1].Selector.Matches(new Dictionary<string, string>()));
    }

    [Fact]
    public void Images_without_a_tag_mean_the_latest() =>
        Assert.Equal(
            ["nginx:latest", "registry.example:5000/app:latest", "app:1", "app@sha256:abc"],
            Read("""{ "containers": [ { "image": "nginx" }, { "image": "registry.example:5000/app" }, { "image": "app:1" }, { "image": "app@sha256:abc" } ] }""").Images);

    [Fact]
    public void Claims_ports_owner_and_tolerations_are_read()
    {
        var pod = Read("""
            { "volumes": [ { "name": "a", "persistentVolumeClaim": { "claimName": "data" } }, { "name": "tmp", "ephemeral": {} }, { "name": "c", "emptyDir": {} } ],
              "containers": [ { "name": "c", "ports": [ { "containerPort": 80, "hostPort": 8080, "protocol": "TCP" }, { "containerPort": 81 } ] } ],
              "tolerations": [ { "operator": "Exists" }, { "key": "k", "value": "v", "effect": "NoExecute" } ] }
            """);

        Assert.Equal(["data", "p-tmp"], pod.Claims);
        Assert.Equal([new HostPort("", "TCP", 8080)], pod.Ports);
        Assert.Equal("ReplicaSet/web", pod.Owner);
        Assert.Equal([new Toleration("", true, "", null), new Toleration("k", false, "v", TaintEffect.NoExecute)], pod.Tolerations);
    }

    private static PodFact Read(string spec) => PodReader.Read(ApiJson.Decode<V1Pod>(Encoding.UTF8.GetBytes($$"""
        { "metadata": { "name": "p", "namespace": "default", "uid": "u", "labels": { "app": "web", "rev": "7" },
            "ownerReferences": [ { "kind": "ReplicaSet", "name": "web", "controller": true } ] },
          "spec": {{spec}} }
        """)));
}
