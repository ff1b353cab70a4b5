using Gantry.Scheduler.Facts;
using Gantry.Scheduler.State;

namespace Gantry.Scheduler.Tests.Scores;

public sealed class ScoreTests
{
    [Fact]
    public void The_emptier_node_is_preferred()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("big", cpu: 2000, memory: 4 * Make.Gi, on: "a"));

        Assert.Equal("b", cluster.Chosen(Make.Pod("p", cpu: 100, memory: Make.Gi)));
    }

    [Fact]
    public void Balance_decides_between_nodes_that_are_equally_full()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("cpu", cpu: 2000, memory: 0, on: "a") with { ScoredMemory = 2 * Make.Gi });
        cluster.SetPod(Make.Pod("even", cpu: 2000, memory: 2 * Make.Gi, on: "b"));

        Assert.Equal("b", cluster.Chosen(Make.Pod("p", cpu: 1000, memory: Make.Gi)));
    }

    [Fact]
    public void A_preferred_node_wins_over_an_empty_one_when_its_weight_says_so()
    {
        var cluster = Make.Cluster(Make.Node("a").With("disk", "ssd"), Make.Node("b"));
        cluster.SetPod(Make.Pod("big", cpu: 2000, memory: 4 * Make.Gi, on: "a"));
        var wish = new NodeTerm([new Requirement("disk", Comparison.In, "ssd")], []);

        Assert.Equal("a", cluster.Chosen(Make.Pod("p") with { PreferredNodeTerms = [new PreferredNodeTerm(1, wish)] }));
    }

    [Fact]
    public void A_node_with_fewer_unwelcome_soft_taints_is_preferred()
    {
        var cluster = Make.Cluster(Make.Node("a", taints: new Taint("k", "v", TaintEffect.PreferNoSchedule)), Make.Node("b", cpu: 2000, memory: Make.Gi));

        Assert.Equal("b", cluster.Chosen(Make.Pod("p")));
    }

    [Fact]
    public void A_node_that_has_the_image_is_preferred_among_equals()
    {
        var holder = Make.Node("b") with { Images = new Dictionary<string, long> { ["registry.example/app:1"] = 900L << 20 } };
        var cluster = Make.Cluster(Make.Node("a"), holder);

        Assert.Equal("b", cluster.Chosen(Make.Pod("p") with { Images = ["registry.example/app:1"] }));
        Assert.Equal(1, cluster.Images.NodesWith("registry.example/app:1"));
        cluster.RemoveNode("b");
        Assert.Equal(0, cluster.Images.NodesWith("registry.example/app:1"));
    }

    [Fact]
    public void Preferred_affinity_draws_and_preferred_anti_affinity_repels()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("db", app: "db", on: "a"));

        Assert.Equal("a", cluster.Chosen(Make.Pod("p") with { PreferredAffinity = [new PreferredPodTerm(50, Make.Term("db"))] }));
        Assert.Equal("b", cluster.Chosen(Make.Pod("p") with { PreferredAntiAffinity = [new PreferredPodTerm(50, Make.Term("db"))] }));
    }

    [Fact]
    public void What_placed_pods_prefer_counts_for_newcomers()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("shy", on: "b") with { PreferredAntiAffinity = [new PreferredPodTerm(10, Make.Term("web"))] });
        cluster.SetPod(Make.Pod("plain", on: "a", cpu: 500));

        Assert.Equal("a", cluster.Chosen(Make.Pod("p", app: "web")));
    }

    [Fact]
    public void Pods_of_one_service_are_spread_without_being_told()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b", cpu: 3000));
        cluster.SetPod(Make.Pod("web-0", app: "web", on: "a"));
        cluster.SetPod(Make.Pod("web-1", app: "web", on: "a"));
        cluster.SetPod(Make.Pod("web-2", app: "web", on: "a"));
        cluster.SetPod(Make.Pod("filler", on: "b", cpu: 1500));
        Assert.Equal("a", cluster.Chosen(Make.Pod("web-3", app: "web")));

        cluster.Workloads.Set(new WorkloadFact("Service", "default", "web", Make.App("web")));
        Assert.Equal("b", cluster.Chosen(Make.Pod("web-3", app: "web")));
    }

    [Fact]
    public void Soft_constraints_prefer_the_emptier_domain_and_never_refuse()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2", cpu: 2000));
        cluster.SetPod(Make.Pod("p0", app: "web", on: "a"));
        var pod = Make.Pod("p1", app: "web") with { Spread = [Make.Spread("web", hard: false)] };

        Assert.Equal("b", cluster.Chosen(pod));
        cluster.RemoveNode("b");
        Assert.Equal("a", cluster.Chosen(pod));
    }

    [Fact]
    public void Equals_are_drawn_by_the_seed_and_all_get_a_turn()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"), Make.Node("c"));
        var drawn = Enumerable.Range(0, 50).Select(seed => cluster.Chosen(Make.Pod("p"), seed)).ToList();

        Assert.Equal(3, drawn.Distinct().Count());
        Assert.Equal(drawn, Enumerable.Range(0, 50).Select(seed => cluster.Chosen(Make.Pod("p"), seed)));
    }

    [Theory]
    [InlineData(0, 50, 50)]
    [InlineData(0, 99, 99)]
    [InlineData(0, 100, 100)]
    [InlineData(0, 1000, 420)]
    [InlineData(0, 6000, 300)]
    [InlineData(10, 5000, 500)]
    [InlineData(100, 5000, 5000)]
    public void Large_clusters_are_sampled(int percentage, int nodes, int wanted) =>
        Assert.Equal(wanted, new Scheduler.Decisions.Placement(new SchedulerOptions { PercentageOfNodesToScore = percentage }).Wanted(nodes));

    [Fact]
    public void Nodes_of_all_zones_take_turns()
    {
        var cluster = Make.Cluster(Make.Node("a1", zone: "a"), Make.Node("a2", zone: "a"), Make.Node("a3", zone: "a"), Make.Node("b1", zone: "b"));

        Assert.Equal(["a1", "b1", "a2", "a3"], cluster.Nodes.Select(n => n.Name));
    }
}
