using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Filters;

public sealed class SpreadTests
{
    [Fact]
    public void Pods_fill_domains_evenly()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2"), Make.Node("c", zone: "3"));
        var zones = new Dictionary<string, int>();
        for (var i = 0; i < 9; i++)
        {
            var pod = Make.Pod($"p{i}", app: "web") with { Spread = [Make.Spread("web")] };
            var node = cluster.Chosen(pod);
            zones[node] = zones.GetValueOrDefault(node) + 1;
            cluster.SetPod(pod with { NodeName = node });
        }

        Assert.Equal([3, 3, 3], zones.Values);
    }

    [Fact]
    public void The_emptiest_domain_holds_the_others_back_even_when_it_is_full()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2", cpu: 0));
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a"));

        Assert.Equal(
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints.",
            cluster.Refused(Make.Pod("p1", app: "web") with { Spread = [Make.Spread("web")] }).Summary);
    }

    [Fact]
    public void A_node_without_the_label_is_refused_for_good()
    {
        var diagnosis = Make.Cluster(Make.Node("a")).Refused(Make.Pod("p", app: "web") with { Spread = [Make.Spread("web")] });

        Assert.Equal("0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).", diagnosis.Summary);
        Assert.False(diagnosis.Verdicts["a"].Resolvable);
    }

    [Fact]
    public void Too_few_domains_count_as_an_empty_one()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2"));
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a"));
        cluster.SetPod(Make.Pod("p1", app: "web", on: "b"));
        var pod = Make.Pod("p2", app: "web") with { Spread = [Make.Spread("web") with { MinDomains = 3 }] };

        Assert.NotNull(cluster.Refused(pod));
        cluster.SetNode(Make.Node("c", zone: "3"));
        Assert.Equal("c", cluster.Chosen(pod));
    }

    [Fact]
    public void Nodes_the_pod_cannot_use_count_only_when_the_policy_ignores_that()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1").With("disk", "ssd"), Make.Node("b", zone: "2"));
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a"));
        var pod = Make.Pod("p1", app: "web") with
        {
            NodeSelector = Selector.OfLabels(new Dictionary<string, string> { ["disk"] = "ssd" }),
            Spread = [Make.Spread("web")],
        };

        Assert.Equal("a", cluster.Chosen(pod));
        Assert.NotNull(cluster.Refused(pod with { Spread = [Make.Spread("web") with { HonorNodeAffinity = false }] }));
    }

    [Fact]
    public void Tainted_nodes_count_unless_the_policy_honours_taints()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2", taints: new Taint("k", "v", TaintEffect.NoSchedule)));
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a"));
        var pod = Make.Pod("p1", app: "web") with { Spread = [Make.Spread("web")] };

        Assert.NotNull(cluster.Refused(pod));
        Assert.Equal("a", cluster.Chosen(pod with { Spread = [Make.Spread("web") with { HonorTaints = true }] }));
    }

    [Fact]
    public void Pods_being_deleted_and_pods_of_other_namespaces_do_not_count()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2", cpu: 0));
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a") with { Terminating = true });
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a", ns: "other"));

        Assert.Equal("a", cluster.Chosen(Make.Pod("p1", app: "web") with { Spread = [Make.Spread("web")] }));
    }

    [Fact]
    public void Match_label_keys_narrow_the_selector_to_the_pods_own_revision()
    {
        var labels = new Dictionary<string, string> { ["app"] = "web", ["rev"] = "2" };
        var selector = Make.App("web").WithSame(["rev", "absent"], labels, Comparison.In);

        Assert.True(selector.Matches(labels));
        Assert.False(selector.Matches(new Dictionary<string, string> { ["app"] = "web", ["rev"] = "1" }));
    }
}
