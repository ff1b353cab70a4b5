using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Filters;

public sealed class AffinityTests
{
    [Fact]
    public void A_pod_goes_where_its_friends_are_by_domain_not_by_node()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "1", cpu: 0), Make.Node("c", zone: "2"));
        cluster.SetPod(Make.Pod("db", app: "db", on: "b", cpu: 0));
        var pod = Make.Pod("web") with { Affinity = [Make.Term("db", NodeFact.ZoneKey)] };

        Assert.Equal("a", cluster.Chosen(pod));
    }

    [Fact]
    public void Without_friends_anywhere_the_rule_refuses_for_good()
    {
        var diagnosis = Make.Cluster(Make.Node("a")).Refused(Make.Pod("web") with { Affinity = [Make.Term("db")] });

        Assert.Equal("0/1 nodes are available: 1 node(s) didn't match pod affinity rules.", diagnosis.Summary);
        Assert.False(diagnosis.Verdicts["a"].Resolvable);
    }

    [Fact]
    public void The_first_pod_that_wants_its_own_kind_may_start_anywhere_with_the_label()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b", zone: "1"));
        var pod = Make.Pod("web-0", app: "web") with { Affinity = [Make.Term("web", NodeFact.ZoneKey)] };

        Assert.Equal("b", cluster.Chosen(pod));
        cluster.SetPod(pod with { NodeName = "b" });
        cluster.SetNode(Make.Node("c", zone: "2"));
        Assert.Equal("b", cluster.Chosen(pod with { Uid = "2", Name = "web-1" }));
    }

    [Fact]
    public void Anti_affinity_keeps_pods_of_a_kind_apart()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        var pod = Make.Pod("web-0", app: "web") with { AntiAffinity = [Make.Term("web")] };
        cluster.SetPod(pod with { NodeName = "a" });
        Assert.Equal("b", cluster.Chosen(pod with { Uid = "1" }));
        cluster.SetPod(pod with { Uid = "1", NodeName = "b" });

        Assert.Equal("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.", cluster.Refused(pod with { Uid = "2" }).Summary);
    }

    [Fact]
    public void Anti_affinity_of_a_placed_pod_binds_newcomers_that_have_none()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.SetPod(Make.Pod("lonely", on: "a") with { AntiAffinity = [Make.Term("web")] });
        var pod = Make.Pod("web", app: "web");

        Assert.Equal("0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.", cluster.Refused(pod).Summary);
        cluster.RemovePod("default/lonely");
        Assert.Equal("a", cluster.Chosen(pod));
    }

    [Fact]
    public void Terms_mean_the_namespaces_they_name()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("web", app: "web", on: "a", ns: "other"));

        Assert.NotNull(cluster.Refused(Make.Pod("p") with { Affinity = [Make.Term("web")] }));
        Assert.Equal("a", cluster.Chosen(Make.Pod("p") with { Affinity = [Make.Term("web", ns: "other")] }));
    }

    [Fact]
    public void A_namespace_selector_follows_the_labels_of_namespaces()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.SetPod(Make.Pod("web", app: "web", on: "a", ns: "other"));
        var term = new PodTerm(NodeFact.HostnameKey, Make.App("web"), [], Selector.OfLabels(new Dictionary<string, string> { ["team"] = "x" }));
        var pod = Make.Pod("p") with { Affinity = [term] };

        Assert.NotNull(cluster.Refused(pod));
        cluster.SetNamespace("other", new Dictionary<string, string> { ["team"] = "x" });
        Assert.Equal("a", cluster.Chosen(pod));
        cluster.SetNamespace("other", new Dictionary<string, string> { ["team"] = "y" });
        Assert.NotNull(cluster.Refused(pod));
    }

    [Fact]
    public void A_friend_must_match_every_term()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2"));
        cluster.SetPod(Make.Pod("web", app: "web", on: "a"));
        cluster.SetPod(Make.Pod("db", app: "db", on: "b"));

        Assert.NotNull(cluster.Refused(Make.Pod("p") with { Affinity = [Make.Term("web", NodeFact.ZoneKey), Make.Term("db", NodeFact.ZoneKey)] }));
    }
}
