using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Filters;

public sealed class NodeFilterTests
{
    [Fact]
    public void The_summary_counts_reasons_in_the_order_of_their_text()
    {
        var cluster = Make.Cluster(
            Make.Node("a", cpu: 50),
            Make.Node("b", taints: new Taint("key", "value", TaintEffect.NoSchedule)),
            Make.Node("c", taints: new Taint("key", "value", TaintEffect.NoExecute)));

        Assert.Equal(
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {key: value}.",
            cluster.Refused(Make.Pod("p")).Summary);
    }

    [Fact]
    public void Without_nodes_the_summary_says_so() =>
        Assert.Equal("no nodes available to schedule pods", Make.Cluster().Refused(Make.Pod("p")).Summary);

    [Fact]
    public void Every_shortage_of_a_node_is_named()
    {
        var pod = Make.Pod("p", cpu: 5000, memory: 9 * Make.Gi) with
        {
            Requests = new Resources
            {
                MilliCpu = 5000, Memory = 9 * Make.Gi, EphemeralStorage = 200 * Make.Gi, Extended = [new ExtendedResource("example.com/gpu", 1)],
            },
        };

        Assert.Equal(
            "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient ephemeral-storage, 1 Insufficient example.com/gpu, 1 Insufficient memory, 1 Too many pods.",
            Make.Cluster(Make.Node("a", pods: 0)).Refused(pod).Summary);
    }

    [Fact]
    public void A_pod_that_requests_nothing_fits_a_node_whose_cpu_is_overcommitted()
    {
        var cluster = Make.Cluster(Make.Node("a", cpu: 100));
        cluster.SetPod(Make.Pod("big", cpu: 500, on: "a"));

        Assert.Equal("a", cluster.Chosen(Make.Pod("p", cpu: 0)));
    }

    [Fact]
    public void An_extended_resource_is_shared_out_once()
    {
        var node = Make.Node("a");
        node = node with { Allocatable = node.Allocatable with { Extended = [new ExtendedResource("example.com/gpu", 1)] } };
        var gpu = Make.Pod("p") with { Requests = new Resources { Extended = [new ExtendedResource("example.com/gpu", 1)] } };
        var cluster = Make.Cluster(node);

        Assert.Equal("a", cluster.Chosen(gpu));
        cluster.SetPod(gpu with { NodeName = "a", Uid = "other" });
        Assert.Equal("0/1 nodes are available: 1 Insufficient example.com/gpu.", cluster.Refused(gpu).Summary);
    }

    [Fact]
    public void A_cordoned_node_takes_only_pods_that_tolerate_it()
    {
        var cluster = Make.Cluster(Make.Node("a") with { Unschedulable = true, Taints = [Taint.Unschedulable] });
        var daemon = Make.Pod("d") with { Tolerations = [new Toleration(Taint.Unschedulable.Key, AnyValue: true, "", TaintEffect.NoSchedule)] };

        Assert.Equal("0/1 nodes are available: 1 node(s) were unschedulable.", cluster.Refused(Make.Pod("p")).Summary);
        Assert.Equal("a", cluster.Chosen(daemon));
    }

    [Fact]
    public void A_toleration_matches_by_key_value_and_effect_and_an_empty_key_with_exists_tolerates_all()
    {
        var taint = new Taint("dedicated", "db", TaintEffect.NoSchedule);

        Assert.True(new Toleration("dedicated", AnyValue: false, "db", null).Tolerates(taint));
        Assert.True(new Toleration("dedicated", AnyValue: true, "", TaintEffect.NoSchedule).Tolerates(taint));
        Assert.True(new Toleration("", AnyValue: true, "", null).Tolerates(taint));
        Assert.False(new Toleration("dedicated", AnyValue: false, "web", null).Tolerates(taint));
        Assert.False(new Toleration("dedicated", AnyValue: true, "", TaintEffect.NoExecute).Tolerates(taint));
        Assert.False(new Toleration("other", AnyValue: true, "", null).Tolerates(taint));
    }

    [Fact]
    public void Node_selector_and_node_affinity_must_both_hold()
    {
        var cluster = Make.Cluster(Make.Node("a").With("disk", "ssd"), Make.Node("b").With("disk", "ssd").With("gen", "5"), Make.Node("c").With("gen", "7"));
        var pod = Make.Pod("p") with
        {
            NodeSelector = Selector.OfLabels(new Dictionary<string, string> { ["disk"] = "ssd" }),
            NodeTerms = [new NodeTerm([new Requirement("gen", Comparison.GreaterThan, "4")], [])],
        };

        Assert.Equal("b", cluster.Chosen(pod));
        cluster.RemoveNode("b");
        Assert.Equal("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", cluster.Refused(pod).Summary);
    }

    [Fact]
    public void An_empty_list_of_node_terms_and_an_empty_term_match_no_node()
    {
        var cluster = Make.Cluster(Make.Node("a"));

        Assert.NotNull(cluster.Refused(Make.Pod("p") with { NodeTerms = [] }));
        Assert.NotNull(cluster.Refused(Make.Pod("p") with { NodeTerms = [new NodeTerm([], [])] }));
    }

    [Fact]
    public void A_pod_bound_to_a_node_by_field_looks_at_that_node_only()
    {
        var cluster = Make.Cluster(Make.Node("a", cpu: 10), Make.Node("b"), Make.Node("c"));
        var pod = Make.Pod("p") with { NodeTerms = [new NodeTerm([], [new Requirement("metadata.name", Comparison.In, "a")])] };
        var diagnosis = cluster.Refused(pod);

        Assert.Equal(["a"], diagnosis.Verdicts.Keys);
        Assert.Equal(
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].", diagnosis.Summary);
    }

    [Fact]
    public void Host_ports_clash_by_number_protocol_and_overlapping_address()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.SetPod(Make.Pod("web", on: "a") with { Ports = [new HostPort("127.0.0.1", "TCP", 80)] });
        PodFact Wants(string address, string protocol, int port) => Make.Pod("p") with { Ports = [new HostPort(address, protocol, port)] };

        Assert.Equal(
            "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
            cluster.Refused(Wants("", "TCP", 80)).Summary);
        Assert.NotNull(cluster.Refused(Wants("127.0.0.1", "TCP", 80)));
        Assert.Equal("a", cluster.Chosen(Wants("127.0.0.2", "TCP", 80)));
        Assert.Equal("a", cluster.Chosen(Wants("", "UDP", 80)));
        Assert.Equal("a", cluster.Chosen(Wants("0.0.0.0", "TCP", 81)));
        cluster.RemovePod("default/web");
        Assert.Equal("a", cluster.Chosen(Wants("", "TCP", 80)));
    }
}
