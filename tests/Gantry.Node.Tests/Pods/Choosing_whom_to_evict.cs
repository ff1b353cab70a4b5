using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

public sealed class Choosing_whom_to_evict
{
    private const long Mi = 1 << 20;

    [Fact]
    public void Those_above_what_they_asked_for_go_first()
    {
        var modest = Use("modest", 500, "600Mi");
        var greedy = Use("greedy", 200, "100Mi", priority: 10);
        Assert.Same(greedy, EvictionChoice.First([modest, greedy]));
    }

    [Fact]
    public void Then_the_least_important_then_the_one_furthest_above()
    {
        var important = Use("a", 900, "0", priority: 5);
        var small = Use("b", 100, "0");
        var large = Use("c", 300, "0");
        Assert.Same(large, EvictionChoice.First([important, small, large]));
        Assert.Same(important, EvictionChoice.First([important]));
    }

    [Fact]
    public void The_systems_own_pods_never_go() => Assert.Null(EvictionChoice.First([Use("a", 900, "0", priority: 2_000_001_000)]));

    [Fact]
    public void The_users_are_told_why()
    {
        var end = EvictionChoice.End(Use("a", 200, "100Mi"), 100 * Mi, 50 * Mi);
        Assert.Equal(("Failed", "Evicted"), (end.Phase, end.Reason));
        Assert.Equal(
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container a was using 200Mi, request is 100Mi, has larger consumption of memory. ",
            end.Message);
        var view = Make.View(Make.Pod(Make.Container("a")), Make.Sandbox(false), Make.Ended(Make.Container("a"), 137));
        var status = PodStatuses.Of(view, end, false, ["192.0.2.1"]);
        Assert.Equal(("Failed", "Evicted"), (status.Phase, status.Reason));
        Assert.Equal("TerminationByKubelet", Assert.Single(status.Conditions, c => c.Type == "DisruptionTarget").Reason);
    }

    private static MemoryUse Use(string uid, long mebibytes, string asked, int priority = 0)
    {
        var pod = Make.Pod(Make.Container("a") with
        {
            Resources = new V1ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["memory"] = Quantity.Parse(asked) } },
        });
        return new MemoryUse(
            pod with { Metadata = pod.Metadata with { Uid = uid }, Spec = pod.Spec with { Priority = priority } }, new Dictionary<string, long> { ["a"] = mebibytes * Mi });
    }
}
