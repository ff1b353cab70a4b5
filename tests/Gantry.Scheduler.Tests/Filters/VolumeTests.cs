using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;

namespace Gantry.Scheduler.Tests.Filters;

public sealed class VolumeTests
{
    private static readonly PodFact Pod = Make.Pod("p") with { Claims = ["data"] };

    [Fact]
    public void A_missing_claim_is_named()
    {
        var diagnosis = Make.Cluster(Make.Node("a"), Make.Node("b")).Refused(Pod);

        Assert.Equal("0/2 nodes are available: persistentvolumeclaim \"data\" not found.", diagnosis.Summary);
        Assert.All(diagnosis.Verdicts.Values, v => Assert.False(v.Resolvable));
    }

    [Fact]
    public void An_unbound_immediate_claim_is_waited_for()
    {
        var cluster = Make.Cluster(Make.Node("a"));
        cluster.Volumes.Set(Claim());

        Assert.Equal("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.", cluster.Refused(Pod).Summary);
    }

    [Fact]
    public void A_bound_claim_sends_the_pod_where_its_volume_is()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.Volumes.Set(Claim() with { VolumeName = "pv", BindingCompleted = true });
        Assert.Equal(
            "0/2 nodes are available: 2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s).", cluster.Refused(Pod).Summary);

        cluster.Volumes.Set(Volume("pv", on: "b"));
        Assert.Equal("b", cluster.Chosen(Pod));
        cluster.RemoveNode("b");
        Assert.Equal("0/1 nodes are available: 1 node(s) had volume node affinity conflict.", cluster.Refused(Pod).Summary);
    }

    [Fact]
    public void A_claim_waiting_for_its_consumer_takes_the_smallest_volume_that_suffices()
    {
        var cluster = Make.Cluster(Make.Node("a"), Make.Node("b"));
        cluster.Volumes.Set(new StorageClassFact("local", WaitsForConsumer: true, Provisions: false, null));
        cluster.Volumes.Set(Claim() with { ClassName = "local", Requested = 5 });
        Assert.Equal("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.", cluster.Refused(Pod).Summary);

        cluster.Volumes.Set(Volume("small", on: "a") with { ClassName = "local", Capacity = 1 });
        cluster.Volumes.Set(Volume("large", on: "b") with { ClassName = "local", Capacity = 50 });
        cluster.Volumes.Set(Volume("right", on: "b") with { ClassName = "local", Capacity = 5 });
        var place = Assert.IsType<Decision.Place>(cluster.Decide(Pod));
        Assert.Equal("b", place.Node);
        Assert.Equal(["right"], place.Claims.Select(c => c.Volume));
    }

    [Fact]
    public void A_class_that_provisions_lets_the_pod_go_where_it_may_make_volumes()
    {
        var cluster = Make.Cluster(Make.Node("a", zone: "1"), Make.Node("b", zone: "2"));
        NodeTerm[] topologies = [new NodeTerm([new Requirement(NodeFact.ZoneKey, Comparison.In, "2")], [])];
        cluster.Volumes.Set(new StorageClassFact("fast", WaitsForConsumer: true, Provisions: true, topologies));
        cluster.Volumes.Set(Claim() with { ClassName = "fast" });

        var place = Assert.IsType<Decision.Place>(cluster.Decide(Pod));
        Assert.Equal("b", place.Node);
        Assert.Equal([""], place.Claims.Select(c => c.Volume));
    }

    private static ClaimFact Claim() => new("default", "data", "", false, false, false, "", "", 1, ["ReadWriteOnce"], Selector.Everything);

    private static VolumeFact Volume(string name, string on) => new(
        name, "", "", true, 10, ["ReadWriteOnce"], new Dictionary<string, string>(),
        [new NodeTerm([new Requirement(NodeFact.HostnameKey, Comparison.In, on)], [])]);
}
