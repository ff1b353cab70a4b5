using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Client;

namespace Gantry.Controllers.Tests.Live;

/// <summary>What users see of the controllers through the real API.</summary>
public sealed class WorkloadTests(LiveCluster cluster) : IClassFixture<LiveCluster>
{
    [Fact]
    public async Task A_deployment_becomes_available_rolls_rolls_back_and_goes_with_everything_it_made()
    {
        var ns = await cluster.NamespaceAsync("rollout");
        (await cluster.Api.CreateAsync(Deployment(ns, "web", "web:1"))).Require();
        await Complete(ns, "web", "web:1");

        await cluster.ChangeAsync<V1Deployment>(ns, "web", d => d with { Spec = d.Spec with { Template = Make.Template("web:2") } });
        await Complete(ns, "web", "web:2");
        Assert.Equal("2", (await cluster.GetAsync<V1Deployment>(ns, "web")).Metadata.Annotations["deployment.kubernetes.io/revision"]);

        await cluster.ChangeAsync<V1Deployment>(ns, "web", d => d with { Spec = d.Spec with { Template = Make.Template("web:1") } });
        await Complete(ns, "web", "web:1");
        Assert.Equal(2, (await cluster.ListAsync<V1ReplicaSet>(ns)).Count);

        // A loop that answers its own writes would count on and on.
        Assert.InRange((await cluster.GetAsync<V1Deployment>(ns, "web")).Metadata.Generation, 3, 6);

        await cluster.Api.DeleteAsync<V1Deployment>(ns, "web", new V1DeleteOptions { PropagationPolicy = "Foreground" });
        await cluster.UntilAsync("the deployment is gone", async () => await cluster.Api.GetAsync<V1Deployment>(ns, "web") is null);
        Assert.Empty(await cluster.ListAsync<V1ReplicaSet>(ns));
        Assert.Empty(await cluster.ListAsync<V1Pod>(ns));
    }

    [Fact]
    public async Task What_a_deployment_made_goes_after_it_in_the_background_and_stays_when_it_is_orphaned()
    {
        var ns = await cluster.NamespaceAsync("propagation");
        foreach (var name in new[] { "gone", "kept" })
        {
            (await cluster.Api.CreateAsync(Deployment(ns, name, "web:1", name))).Require();
            await Complete(ns, name, "web:1");
        }

        await cluster.Api.DeleteAsync<V1Deployment>(ns, "gone", new V1DeleteOptions { PropagationPolicy = "Background" });
        await cluster.Api.DeleteAsync<V1Deployment>(ns, "kept", new V1DeleteOptions { PropagationPolicy = "Orphan" });
        await cluster.UntilAsync("both deployments are gone", async () => (await cluster.ListAsync<V1Deployment>(ns)).Count == 0);
        await cluster.UntilAsync("the pods of the first are gone", async () => (await cluster.ListAsync<V1Pod>(ns)).Count == 3);
        var set = Assert.Single(await cluster.ListAsync<V1ReplicaSet>(ns));
        Assert.StartsWith("kept-", set.Metadata.Name, StringComparison.Ordinal);
        Assert.Empty(set.Metadata.OwnerReferences);
    }

    [Fact]
    public async Task A_job_runs_to_its_end_and_is_removed_when_its_time_is_up()
    {
        var ns = await cluster.NamespaceAsync("jobs");
        cluster.Nodes.Ends = p => p.Metadata.Namespace == "jobs" ? 0 : null;
        var template = Make.Template("work:1");
        var spec = new V1JobSpec
        {
            Completions = 4, Parallelism = 2, CompletionMode = "Indexed", Template = new V1PodTemplateSpec { Spec = template.Spec with { RestartPolicy = "Never" } },
        };
        (await cluster.Api.CreateAsync(new V1Job { Metadata = new V1ObjectMeta { Namespace = ns, Name = "work" }, Spec = spec })).Require();
        await cluster.UntilAsync("the job is complete", async () => (await cluster.GetAsync<V1Job>(ns, "work")).Status.Conditions.Any(c => c is { Type: "Complete", Status: "True" }));
        var status = (await cluster.GetAsync<V1Job>(ns, "work")).Status;
        Assert.Equal((4, "0-3", 0), (status.Succeeded, status.CompletedIndexes, status.Active));
        Assert.All(await cluster.ListAsync<V1Pod>(ns), p => Assert.Empty(p.Metadata.Finalizers));

        await cluster.ChangeAsync<V1Job>(ns, "work", j => j with { Spec = j.Spec with { TtlSecondsAfterFinished = 0 } });
        await cluster.UntilAsync("the job and its pods are gone", async () => (await cluster.ListAsync<V1Job>(ns)).Count + (await cluster.ListAsync<V1Pod>(ns)).Count == 0);
    }

    [Fact]
    public async Task A_stateful_set_gets_its_numbered_pods_and_updates_them()
    {
        var ns = await cluster.NamespaceAsync("stateful");
        var spec = new V1StatefulSetSpec { Replicas = 3, ServiceName = "db", Selector = Make.Selector, Template = Make.Template("db:1") };
        (await cluster.Api.CreateAsync(new V1StatefulSet { Metadata = new V1ObjectMeta { Namespace = ns, Name = "db" }, Spec = spec })).Require();
        await cluster.UntilAsync("three pods are ready", async () => (await cluster.GetAsync<V1StatefulSet>(ns, "db")).Status.ReadyReplicas == 3);
        await cluster.ChangeAsync<V1StatefulSet>(ns, "db", s => s with { Spec = s.Spec with { Template = Make.Template("db:2") } });
        await cluster.UntilAsync("all three are updated", async () =>
        {
            var set = await cluster.GetAsync<V1StatefulSet>(ns, "db");
            return set.Status.ObservedGeneration == set.Metadata.Generation && set.Status is { ReadyReplicas: 3, UpdatedReplicas: 3 } && set.Status.CurrentRevision == set.Status.UpdateRevision;
        });
        Assert.Equal(["db-0 db:2", "db-1 db:2", "db-2 db:2"], (await cluster.ListAsync<V1Pod>(ns)).Select(p => $"{p.Metadata.Name} {p.Spec.Containers[0].Image}").Order());
    }

    [Fact]
    public async Task Pods_of_a_stateful_set_mount_the_volumes_of_their_claims()
    {
        var ns = await cluster.NamespaceAsync("claims");
        var template = Make.Template("db:1");
        var mounting = template with { Spec = template.Spec with { Containers = [template.Spec.Containers[0] with { VolumeMounts = [new V1VolumeMount { Name = "data", MountPath = "/data" }] }] } };
        var claim = new V1PersistentVolumeClaim
        {
            Metadata = new V1ObjectMeta { Name = "data" },
            Spec = new V1PersistentVolumeClaimSpec
            {
                AccessModes = ["ReadWriteOnce"], Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, Quantity> { ["storage"] = Quantity.Parse("1Gi") } },
            },
        };
        var spec = new V1StatefulSetSpec { Replicas = 2, ServiceName = "db", Selector = Make.Selector, Template = mounting, VolumeClaimTemplates = [claim] };
        (await cluster.Api.CreateAsync(new V1StatefulSet { Metadata = new V1ObjectMeta { Namespace = ns, Name = "db" }, Spec = spec })).Require();
        await cluster.UntilAsync("both pods are ready", async () => (await cluster.GetAsync<V1StatefulSet>(ns, "db")).Status.ReadyReplicas == 2);
        Assert.Equal(["data-db-0", "data-db-1"], (await cluster.ListAsync<V1PersistentVolumeClaim>(ns)).Select(c => c.Metadata.Name).Order());
    }

    [Fact]
    public async Task A_daemon_set_has_a_pod_on_every_node()
    {
        var ns = await cluster.NamespaceAsync("daemons");
        (await cluster.Api.CreateAsync(new V1DaemonSet
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = "agent" }, Spec = new V1DaemonSetSpec { Selector = Make.Selector, Template = Make.Template("agent:1") },
        })).Require();
        await cluster.UntilAsync("all daemons are available", async () => (await cluster.GetAsync<V1DaemonSet>(ns, "agent")).Status is { NumberAvailable: 3, DesiredNumberScheduled: 3 });
        Assert.Equal(["n1", "n2", "n3"], (await cluster.ListAsync<V1Pod>(ns)).Select(p => p.Spec.NodeName).Order());
        await cluster.ChangeAsync<V1DaemonSet>(ns, "agent", d => d with { Spec = d.Spec with { Template = Make.Template("agent:2") } });
        await cluster.UntilAsync("all daemons are updated", async () => (await cluster.GetAsync<V1DaemonSet>(ns, "agent")).Status is { NumberAvailable: 3, UpdatedNumberScheduled: 3, ObservedGeneration: 2 });
    }

    [Fact]
    public async Task A_service_has_the_endpoints_of_its_ready_pods_and_a_budget_knows_how_many_may_go()
    {
        var ns = await cluster.NamespaceAsync("serving");
        (await cluster.Api.CreateAsync(new V1Service
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = "web" },
            Spec = new V1ServiceSpec { Selector = Make.Selector.MatchLabels, Ports = [new V1ServicePort { Port = 80, TargetPort = 8080 }] },
        })).Require();
        (await cluster.Api.CreateAsync(new V1PodDisruptionBudget
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = "web" }, Spec = new V1PodDisruptionBudgetSpec { MaxUnavailable = 1, Selector = Make.Selector },
        })).Require();
        (await cluster.Api.CreateAsync(Deployment(ns, "web", "web:1"))).Require();
        await Complete(ns, "web", "web:1");
        await cluster.UntilAsync("three endpoints are ready", async () =>
            (await cluster.ListAsync<V1EndpointSlice>(ns)).SelectMany(s => s.Endpoints).Count(e => e.Conditions.Ready == true) == 3
            && (await cluster.Api.GetAsync<V1Endpoints>(ns, "web"))?.Subsets.Sum(s => s.Addresses.Count) is 3);
        await cluster.UntilAsync("one pod may go", async () => (await cluster.GetAsync<V1PodDisruptionBudget>(ns, "web")).Status is { DisruptionsAllowed: 1, CurrentHealthy: 3, DesiredHealthy: 2 });
    }

    [Fact]
    public async Task A_namespace_with_everything_in_it_vanishes()
    {
        var ns = await cluster.NamespaceAsync("doomed");
        (await cluster.Api.CreateAsync(Deployment(ns, "web", "web:1"))).Require();
        (await cluster.Api.CreateAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Namespace = ns, Name = "settings" } })).Require();
        (await cluster.Api.CreateAsync(new V1Secret { Metadata = new V1ObjectMeta { Namespace = ns, Name = "secret" } })).Require();
        await Complete(ns, "web", "web:1");
        await cluster.Api.DeleteAsync<V1Namespace>("", ns);
        await cluster.UntilAsync("the namespace is gone", async () => await cluster.Api.GetAsync<V1Namespace>("", ns) is null);
        Assert.Empty(await cluster.ListAsync<V1Pod>(ns));
        Assert.Empty(await cluster.ListAsync<V1ConfigMap>(ns));
        Assert.Empty(await cluster.ListAsync<V1ReplicaSet>(ns));
    }

    [Fact]
    public async Task Every_node_has_a_pod_range_of_its_own()
    {
        await cluster.UntilAsync("all nodes have ranges", async () => (await cluster.ListAsync<V1Node>("")).All(n => n.Spec.PodCIDR.Length > 0));
        Assert.Equal(["10.42.0.0/24", "10.42.1.0/24", "10.42.2.0/24"], (await cluster.ListAsync<V1Node>("")).Select(n => n.Spec.PodCIDR).Order());
    }

    private static V1Deployment Deployment(string ns, string name, string image, string app = "web")
    {
        var labels = new Dictionary<string, string> { ["app"] = app };
        var template = Make.Template(image);
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Namespace = ns, Name = name },
            Spec = new V1DeploymentSpec
            {
                Replicas = 3, Selector = new V1LabelSelector { MatchLabels = labels }, Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }

    private Task Complete(string ns, string name, string image) => cluster.UntilAsync($"{name} serves {image}", async () =>
    {
        var deployment = await cluster.GetAsync<V1Deployment>(ns, name);
        return deployment.Status.ObservedGeneration == deployment.Metadata.Generation
            && deployment.Status is { Replicas: 3, UpdatedReplicas: 3, AvailableReplicas: 3 }
            && deployment.Status.Conditions.Any(c => c is { Type: "Available", Status: "True" })
            && (await cluster.ListAsync<V1Pod>(ns)).Where(p => p.Metadata.DeletionTimestamp is null && p.Metadata.Name.StartsWith(name + "-", StringComparison.Ordinal)).All(p => p.Spec.Containers[0].Image == image);
    });
}
