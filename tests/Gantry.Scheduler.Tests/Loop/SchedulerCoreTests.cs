using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Scheduler.Loop;
using Gantry.Testing;

namespace Gantry.Scheduler.Tests.Loop;

public sealed class SchedulerCoreTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly SchedulerCore _core;

    public SchedulerCoreTests() => _core = new SchedulerCore(new SchedulerOptions(), _clock, () => []);

    [Fact]
    public void A_placed_pod_counts_before_its_binding_is_written()
    {
        Add(Node("a", cpu: "1"));
        Add(Pod("first", cpu: "1"));
        Add(Pod("second", cpu: "1"));

        Assert.Equal("a", Assert.IsType<Intent.Bind>(_core.Step()).Node);
        Assert.Equal(
            "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
            Assert.IsType<Intent.Refuse>(_core.Step()).Message);
        Assert.Null(_core.Step());
    }

    [Fact]
    public void A_binding_that_failed_frees_the_place_and_is_tried_again_after_the_backoff()
    {
        Add(Node("a", cpu: "1"));
        Add(Pod("p", cpu: "1"));
        var bind = Assert.IsType<Intent.Bind>(_core.Step());
        _core.NotBound(bind.Pod);

        Assert.Equal(0, _core.Cluster.PodCount);
        Assert.Null(_core.Step());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<Intent.Bind>(_core.Step());
    }

    [Fact]
    public void A_pod_deleted_while_it_is_being_bound_leaves_nothing_behind()
    {
        Add(Node("a"));
        var pod = Pod("p");
        Add(pod);
        var bind = Assert.IsType<Intent.Bind>(_core.Step());
        Remove(pod);
        _core.Bound(bind.Pod);

        Assert.Equal(0, _core.Cluster.PodCount);
        Assert.Equal(0, _core.Waiting.Count);
    }

    [Fact]
    public void The_change_a_binding_makes_does_not_count_the_pod_twice()
    {
        Add(Node("a"));
        var pod = Pod("p", cpu: "1");
        Add(pod);
        var bind = Assert.IsType<Intent.Bind>(_core.Step());
        _core.Apply(pod, pod with { Spec = pod.Spec with { NodeName = "a" } });
        _core.Bound(bind.Pod);

        Assert.Equal(1000, _core.Cluster.FindNode("a")!.UsedMilliCpu);
        Assert.Equal(0, _core.Waiting.Count);
    }

    [Fact]
    public void A_finished_pod_frees_its_place_and_wakes_those_who_wait_for_it()
    {
        Add(Node("a", cpu: "1"));
        var running = Pod("job", cpu: "1") with { };
        running = running with { Spec = running.Spec with { NodeName = "a" } };
        Add(running);
        Add(Pod("p", cpu: "1"));
        Assert.IsType<Intent.Refuse>(_core.Step());
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(_core.Step());

        _core.Apply(running, running with { Status = new V1PodStatus { Phase = "Succeeded" } });
        Assert.IsType<Intent.Bind>(_core.Step());
    }

    [Fact]
    public void A_heartbeat_wakes_nobody_but_more_room_does()
    {
        var node = Node("a", cpu: "1");
        Add(node);
        Add(Pod("p", cpu: "2"));
        Assert.IsType<Intent.Refuse>(_core.Step());
        _clock.Advance(TimeSpan.FromSeconds(5));

        var beat = node with { Status = node.Status with { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }] } };
        _core.Apply(node, beat);
        Assert.Null(_core.Step());
        _core.Apply(beat, Node("a", cpu: "4"));
        Assert.IsType<Intent.Bind>(_core.Step());
    }

    [Fact]
    public void The_same_refusal_is_written_to_the_pod_once()
    {
        var node = Node("a", cpu: "1");
        Add(node);
        Add(Pod("p", cpu: "2"));
        Assert.True(Assert.IsType<Intent.Refuse>(_core.Step()).Report);
        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.False(Assert.IsType<Intent.Refuse>(_core.Step()).Report);
    }

    [Fact]
    public void Pods_of_other_schedulers_are_counted_but_not_placed()
    {
        Add(Node("a"));
        var pod = Pod("p", cpu: "1");
        pod = pod with { Spec = pod.Spec with { SchedulerName = "other" } };
        Add(pod);
        Assert.Null(_core.Step());

        _core.Apply(pod, pod with { Spec = pod.Spec with { NodeName = "a" } });
        Assert.Equal(1000, _core.Cluster.FindNode("a")!.UsedMilliCpu);
    }

    [Fact]
    public void Preemption_names_its_victims_and_keeps_the_room_for_the_preemptor()
    {
        Add(Node("a", cpu: "1"));
        var low = Pod("low", cpu: "1");
        low = low with { Spec = low.Spec with { NodeName = "a" } };
        Add(low);
        var high = Pod("high", cpu: "1");
        Add(high with { Spec = high.Spec with { Priority = 10 } });
        var refusal = Assert.IsType<Intent.Refuse>(_core.Step());
        Assert.Equal("a", refusal.Nominate);
        Assert.Equal(["low"], refusal.Victims.Select(v => v.Name));

        // The victim goes; a newcomer of lower priority must not slip in.
        Remove(low);
        Add(Pod("newcomer", cpu: "1"));
        Assert.Equal("newcomer", Assert.IsType<Intent.Refuse>(_core.Step()).Pod.Name);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("high", Assert.IsType<Intent.Bind>(_core.Step()).Pod.Name);
    }

    [Fact]
    public void A_claim_that_waits_for_its_consumer_is_prepared_first_and_the_pod_comes_again()
    {
        Add(Node("a"));
        Add(new V1StorageClass { Metadata = Meta("local", ""), Provisioner = "example.com/disk", VolumeBindingMode = "WaitForFirstConsumer" });
        var claim = new V1PersistentVolumeClaim { Metadata = Meta("data"), Spec = new V1PersistentVolumeClaimSpec { StorageClassName = "local" } };
        Add(claim);
        var pod = Pod("p");
        var volume = new V1Volume { Name = "v", PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = "data" } };
        Add(pod with { Spec = pod.Spec with { Volumes = [volume] } });
        Assert.Equal("a", Assert.IsType<Intent.Prepare>(_core.Step()).Node);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(_core.Step());

        Add(new V1PersistentVolume { Metadata = Meta("pv", "") });
        _core.Apply(claim, claim with
        {
            Spec = claim.Spec with { VolumeName = "pv" }, Status = new V1PersistentVolumeClaimStatus { Phase = "Bound" },
        });
        Assert.IsType<Intent.Bind>(_core.Step());
    }

    private static V1ObjectMeta Meta(string name, string ns = "default") => new() { Name = name, Namespace = ns, Uid = "uid-" + name };

    private static V1Node Node(string name, string cpu = "4") => new()
    {
        Metadata = Meta(name, "") with { Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name } },
        Status = new V1NodeStatus
        {
            Allocatable = new Dictionary<string, Quantity>
            {
                ["cpu"] = Quantity.Parse(cpu), ["memory"] = Quantity.Parse("8Gi"), ["pods"] = Quantity.Parse("110"),
            },
        },
    };

    private static V1Pod Pod(string name, string cpu = "100m") => new()
    {
        Metadata = Meta(name),
        Spec = new V1PodSpec
        {
            SchedulerName = "default-scheduler",
            Containers =
            [
                new V1Container
                {
                    Name = "c", Image = "app:1", Resources = new V1ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu) } },
                },
            ],
        },
    };

    private void Add<T>(T obj)
        where T : class, IApiObject => _core.Apply(null, obj);

    private void Remove<T>(T obj)
        where T : class, IApiObject => _core.Apply(obj, null);
}
