using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Decisions;

public sealed class PreemptionTests
{
    private static readonly PodFact Urgent = Make.Pod("urgent", cpu: 2000, priority: 100);

    [Fact]
    public void Only_as_many_pods_as_needed_go_and_the_least_important_first()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.SetPod(Make.Pod("low", cpu: 2000, priority: 1, on: "a"));
        cluster.SetPod(Make.Pod("mid", cpu: 1500, priority: 50, on: "a"));
        cluster.SetPod(Make.Pod("high", cpu: 500, priority: 200, on: "a"));

        var room = Assert.IsType<PreemptionResult.MakeRoom>(cluster.Preempt(Urgent));
        Assert.Equal(["low"], room.Victims.Select(v => v.Name));
        Assert.Equal(3, cluster.PodCount);
    }

    [Fact]
    public void The_node_whose_victims_matter_least_is_chosen()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"), Make.Node("c"));
        cluster.SetPod(Make.Pod("a", cpu: 3000, priority: 50, on: "a"));
        cluster.SetPod(Make.Pod("b", cpu: 3000, priority: 10, on: "b"));
        cluster.SetPod(Make.Pod("c1", cpu: 1500, priority: 9, on: "c"));
        cluster.SetPod(Make.Pod("c2", cpu: 1500, priority: 9, on: "c"));

        Assert.Equal("c", Assert.IsType<PreemptionResult.MakeRoom>(cluster.Preempt(Urgent)).Node);
        
        // When all of both nodes' pods must go, the lower top priority still decides, before the number of pods.
        Assert.Equal("c", Assert.IsType<PreemptionResult.MakeRoom>(cluster.Preempt(Urgent with { Requests = new Resources { MilliCpu = 3500 } })).Node);
    }

    [Fact]
    public void A_node_where_no_budget_is_broken_is_chosen_over_one_with_less_important_pods()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("guarded", cpu: 3000, priority: 1, on: "a", app: "db"));
        cluster.SetPod(Make.Pod("free", cpu: 3000, priority: 50, on: "b"));
        var budget = new BudgetFact("default", "db", Make.App("db"), 0, new HashSet<string>());

        Assert.Equal("b", Assert.IsType<PreemptionResult.MakeRoom>(cluster.Preempt(Urgent, budget)).Node);
        Assert.Equal("a", Assert.IsType<PreemptionResult.MakeRoom>(cluster.Preempt(Urgent)).Node);
    }

    [Fact]
    public void Without_less_important_pods_it_says_that_no_victims_were_found()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b", taints: new Taint("k", "v", TaintEffect.NoSchedule)));
        cluster.SetPod(Make.Pod("peer", cpu: 3000, priority: 100, on: "a"));

        var nothing = Assert.IsType<PreemptionResult.NoRoom>(cluster.Preempt(Urgent));
        Assert.Equal(
            "preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
            nothing.Message);
        Assert.Equal(
            "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {k: v}. preemption: 0/2 nodes are available: "
            + "1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
            (cluster.Refused(Urgent) with { Preemption = nothing.Message }).Summary);
    }

    [Fact]
    public void When_even_an_emptied_node_is_too_small_its_own_reason_is_given()
    {
        var cluster = Make.Cluster(Make.Node("a", cpu: 1000));
        cluster.SetPod(Make.Pod("low", on: "a"));

        Assert.Equal(
            "preemption: 0/1 nodes are available: 1 Insufficient cpu.",
            Assert.IsType<PreemptionResult.NoRoom>(cluster.Preempt(Urgent)).Message);
    }

    [Fact]
    public void A_pod_that_never_preempts_takes_nobodys_place()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.SetPod(Make.Pod("low", cpu: 3000, on: "a"));

        Assert.Equal(
            "preemption: not eligible due to preemptionPolicy=Never.",
            Assert.IsType<PreemptionResult.NoRoom>(cluster.Preempt(Urgent with { NeverPreempts = true })).Message);
    }

    [Fact]
    public void While_a_victim_is_leaving_the_promised_node_nobody_else_is_evicted()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("leaving", cpu: 3000, on: "a") with { Terminating = true });
        cluster.SetPod(Make.Pod("other", cpu: 3000, on: "b"));

        Assert.Equal(
            "preemption: not eligible due to a terminating pod on the nominated node.",
            Assert.IsType<PreemptionResult.NoRoom>(cluster.Preempt(Urgent with { NominatedNode = "a" })).Message);
    }

    [Fact]
    public void A_place_promised_to_a_more_important_pod_is_not_given_away()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.Nominations.Set(Make.Pod("vip", cpu: 3500, priority: 500) with { NominatedNode = "a" });

        Assert.NotNull(cluster.Refused(Make.Pod("p", cpu: 1000)));
        Assert.Equal("a", cluster.Chosen(Make.Pod("p", cpu: 1000, priority: 501)));
        cluster.Nominations.Clear("default/vip");
        Assert.Equal("a", cluster.Chosen(Make.Pod("p", cpu: 1000)));
    }

    [Fact]
    public void Anti_affinity_is_solved_by_evicting_the_pod_that_stands_in_the_way()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.SetPod(Make.Pod("foe", app: "foe", on: "a"));
        cluster.SetPod(Make.Pod("friend", app: "friend", on: "a"));

        var room = Assert.IsType<PreemptionResult.MakeRoom>(cluster.Preempt(Urgent with { AntiAffinity = [Make.Term("foe")] }));
        Assert.Equal(["foe"], room.Victims.Select(v => v.Name));
    }
}
