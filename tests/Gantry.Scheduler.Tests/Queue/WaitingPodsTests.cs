using Gantry.Scheduler.Decisions;
using Gantry.Scheduler.Facts;
using Gantry.Scheduler.Queue;
using Gantry.Testing;

namespace Gantry.Scheduler.Tests.Queue;

public sealed class WaitingPodsTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly WaitingPods _queue;

    public WaitingPodsTests() => _queue = new WaitingPods(_clock, new SchedulerOptions());

    [Fact]
    public void Pods_come_out_by_priority_then_by_age()
    {
        _queue.Set(Make.Pod("first"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        _queue.Set(Make.Pod("second"));
        _queue.Set(Make.Pod("urgent", priority: 5));

        Assert.Equal(["urgent", "first", "second"], Drain());
    }

    [Fact]
    public void A_refused_pod_waits_for_a_change_that_concerns_it()
    {
        Refuse(Make.Pod("p"), NodeTests.NodeResourcesFit);
        _clock.Advance(TimeSpan.FromSeconds(2));

        _queue.Wake(ClusterChange.NodeTaints | ClusterChange.PodPlaced);
        Assert.Empty(Drain());
        _queue.Wake(ClusterChange.PodRemoved);
        Assert.Equal(["p"], Drain());
    }

    [Fact]
    public void The_caller_can_tell_that_this_very_change_does_not_help()
    {
        Refuse(Make.Pod("p"), NodeTests.InterPodAffinity);
        _clock.Advance(TimeSpan.FromSeconds(2));

        _queue.Wake(ClusterChange.PodPlaced, _ => false);
        Assert.Empty(Drain());
    }

    [Fact]
    public void Backoff_doubles_from_one_second_to_ten()
    {
        var waits = new List<double>();
        _queue.Set(Make.Pod("p"));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(["p"], Drain());
            _queue.Retry("default/p");
            Assert.Empty(Drain());
            waits.Add((_queue.NextDue!.Value - _clock.GetUtcNow()).TotalSeconds);
            _clock.Advance(_queue.NextDue.Value - _clock.GetUtcNow());
        }

        Assert.Equal([1, 2, 4, 8, 10, 10], waits);
    }

    [Fact]
    public void A_woken_pod_still_waits_out_its_backoff()
    {
        Refuse(Make.Pod("p"), NodeTests.NodeResourcesFit);
        _queue.Wake(ClusterChange.NodeAdded);

        Assert.Empty(Drain());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["p"], Drain());
    }

    [Fact]
    public void A_pod_no_change_has_woken_is_tried_again_after_five_minutes()
    {
        Refuse(Make.Pod("p"), NodeTests.NodeAffinity);
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Empty(Drain());
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["p"], Drain());
    }

    [Fact]
    public void A_gated_pod_comes_out_when_its_last_gate_is_lifted()
    {
        var pod = Make.Pod("p") with { Gates = ["quota"] };
        _queue.Set(pod);
        _queue.Wake(ClusterChange.NodeAdded);
        Assert.Empty(Drain());

        _queue.Set(pod with { Gates = [] });
        Assert.Equal(["p"], Drain());
    }

    [Fact]
    public void A_change_of_status_does_not_wake_a_pod_but_a_change_of_spec_does()
    {
        Refuse(Make.Pod("p"), NodeTests.TaintToleration);
        _clock.Advance(TimeSpan.FromSeconds(2));

        _queue.Set(Make.Pod("p"), mayHelp: false);
        Assert.Empty(Drain());
        _queue.Set(Make.Pod("p"), mayHelp: true);
        Assert.Equal(["p"], Drain());
    }

    [Fact]
    public void A_removed_pod_does_not_come_out()
    {
        _queue.Set(Make.Pod("p"));
        _queue.Remove("default/p");

        Assert.Empty(Drain());
        Assert.Equal(0, _queue.Count);
        Assert.Null(_queue.NextDue);
    }

    private List<string> Drain()
    {
        var names = new List<string>();
        while (_queue.TryPop() is { } pod)
        {
            names.Add(pod.Name);
        }

        return names;
    }

    private void Refuse(PodFact pod, NodeTests by)
    {
        _queue.Set(pod);
        Assert.Equal([pod.Name], Drain());
        _queue.Park(pod.Uid, by);
    }
}
