using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Controllers.DisruptionBudgets;
using Gantry.Controllers.Intents;

namespace Gantry.Controllers.Tests.DisruptionBudgets;

public sealed class BudgetPlannerTests
{
    [Theory]
    [InlineData(2, null, 3, 3, 1, 2)]
    [InlineData("50%", null, 3, 4, 1, 2)]
    [InlineData(null, 1, 4, 4, 1, 3)]
    [InlineData(null, "25%", 4, 5, 1, 3)]
    [InlineData(null, 0, 4, 4, 0, 4)]
    [InlineData("100%", null, 4, 4, 0, 4)]
    public void So_many_pods_may_go_as_leave_enough_healthy_ones(object? least, object? most, int healthy, int scale, int allowed, int desired)
    {
        var status = Plan(least, most, scale, Pods(healthy)).Status;
        Assert.Equal((allowed, healthy, desired), (status.DisruptionsAllowed, status.CurrentHealthy, status.DesiredHealthy));
        var condition = Assert.Single(status.Conditions);
        Assert.Equal(allowed > 0 ? ("True", "SufficientPods") : ("False", "InsufficientPods"), (condition.Status, condition.Reason));
    }

    [Fact]
    public void Unready_and_deleted_pods_are_not_healthy()
    {
        var status = Plan(1, null, 4, [.. Pods(2), Owned(Make.Pod("x", ready: false)), Owned(Make.Deleted(Make.Pod("y")))]).Status;
        Assert.Equal((2, 1, 4), (status.CurrentHealthy, status.DisruptionsAllowed, status.ExpectedPods));
    }

    [Fact]
    public void A_granted_eviction_counts_as_gone_for_two_minutes()
    {
        var before = new V1PodDisruptionBudgetStatus { DisruptedPods = new Dictionary<string, DateTimeOffset> { ["p0"] = Make.Now.AddSeconds(-30), ["p1"] = Make.Now.AddSeconds(-130), ["gone"] = Make.Now } };
        var plan = Plan(1, null, 3, Pods(3), before);
        Assert.Equal((2, 1, TimeSpan.FromSeconds(90)), (plan.Status.CurrentHealthy, plan.Status.DisruptionsAllowed, plan.Look));
        Assert.Equal(["p0"], plan.Status.DisruptedPods.Keys);
        Assert.Equal("NotDeleted", Assert.IsType<Tell>(Assert.Single(plan.Events)).Reason);
    }

    [Fact]
    public void Without_a_known_controller_no_share_can_be_worked_out_and_nothing_may_go()
    {
        var plan = Plan(null, 1, null, Pods(3));
        Assert.Equal((0, "SyncFailed"), (plan.Status.DisruptionsAllowed, plan.Status.Conditions[0].Reason));
        Assert.Equal("CalculateExpectedPodCountFailed", Assert.IsType<Tell>(Assert.Single(plan.Events)).Reason);
    }

    private static V1Pod[] Pods(int count) => [.. Enumerable.Range(0, count).Select(i => Owned(Make.Pod("p" + i)))];

    private static V1Pod Owned(V1Pod pod) => Make.OwnedBy(pod, "ReplicaSet", "web", "set-uid");

    private static IntOrString? Value(object? value) => value switch { int number => number, string text => text, _ => null };

    private static BudgetPlan Plan(object? least, object? most, int? scale, V1Pod[] pods, V1PodDisruptionBudgetStatus? status = null) => BudgetPlanner.Plan(new BudgetView
    {
        Budget = new V1PodDisruptionBudget
        {
            Metadata = new V1ObjectMeta { Namespace = "default", Name = "web" },
            Spec = new V1PodDisruptionBudgetSpec { MinAvailable = Value(least), MaxUnavailable = Value(most), Selector = Make.Selector },
            Status = status ?? new V1PodDisruptionBudgetStatus(),
        },
        Pods = pods,
        Scales = scale is { } known ? new Dictionary<string, int> { ["set-uid"] = known } : new Dictionary<string, int>(),
        Now = Make.Now,
    });
}
