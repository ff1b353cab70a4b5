using Gantry.Api.Models;
using Gantry.Controllers.Intents;
using Gantry.Controllers.NodeLifecycle;

namespace Gantry.Controllers.Tests.NodeLifecycle;

public sealed class NodePlannerTests
{
    [Fact]
    public void A_node_that_reports_in_time_is_left_alone_until_it_could_be_late()
    {
        var plan = NodePlanner.Plan(View(Node("True"), silentFor: 10));
        Assert.Empty(plan.Intents);
        Assert.InRange(plan.Look!.Value.TotalSeconds, 30, 31);
    }

    [Fact]
    public void A_silent_node_becomes_unknown_and_its_pods_stop_serving()
    {
        var plan = NodePlanner.Plan(View(Node("True"), silentFor: 41, Make.Pod("web")));
        var node = plan.Intents.OfType<Update<V1Node>>().Single().Object;
        Assert.All(node.Status.Conditions, c => Assert.Equal(("Unknown", "NodeStatusUnknown"), (c.Status, c.Reason == "NodeStatusNeverUpdated" ? "NodeStatusUnknown" : c.Reason)));
        Assert.Equal("NodeNotReady", plan.Intents.OfType<Tell>().Single().Reason);
        Assert.Equal("False", plan.Intents.OfType<Update<V1Pod>>().Single().Object.Status.Conditions.Single(c => c.Type == "Ready").Status);
        Assert.Null(plan.Look);
    }

    [Theory]
    [InlineData("Unknown", "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute")]
    [InlineData("False", "node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute")]
    [InlineData("True", "")]
    public void Readiness_becomes_taints(string ready, string taints) => Assert.Equal(taints, Taints(Node(ready)));

    [Fact]
    public void Pressure_and_cordoning_keep_new_pods_away_without_driving_out_the_old()
    {
        var node = Node("True", new V1NodeCondition { Type = "MemoryPressure", Status = "True" });
        Assert.Equal("node.kubernetes.io/memory-pressure:NoSchedule", Taints(node));
        Assert.Equal("node.kubernetes.io/unschedulable:NoSchedule", Taints(Node("True") with { Spec = new V1NodeSpec { Unschedulable = true } }));
    }

    [Fact]
    public void Taints_of_others_stay_and_outdated_ones_go()
    {
        var node = Node("True") with
        {
            Spec = new V1NodeSpec
            {
                Taints = [new V1Taint { Key = "dedicated", Value = "db", Effect = "NoSchedule" }, new V1Taint { Key = NodePlanner.NotReady, Effect = "NoExecute" }],
            },
        };
        Assert.Equal("dedicated:NoSchedule", Taints(node));
    }

    [Fact]
    public void A_taint_keeps_the_time_it_was_added()
    {
        var taint = new V1Taint { Key = NodePlanner.Unreachable, Effect = "NoExecute", TimeAdded = Make.Now.AddMinutes(-9) };
        var node = Node("Unknown") with { Spec = new V1NodeSpec { Taints = [taint] } };
        Assert.Contains(taint, NodePlanner.Taints(node, Make.Now));
    }

    private static string Taints(V1Node node) => string.Join(' ', NodePlanner.Taints(node, Make.Now).Select(t => $"{t.Key}:{t.Effect}"));

    private static V1Node Node(string ready, params V1NodeCondition[] others) => new()
    {
        Metadata = new V1ObjectMeta { Name = "n1", Uid = "node-uid" },
        Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = ready }, .. others] },
    };

    private static NodeView View(V1Node node, int silentFor, params V1Pod[] pods) => new()
    {
        Node = node, LastSeen = Make.Now.AddSeconds(-silentFor), Grace = TimeSpan.FromSeconds(40), Pods = pods, Now = Make.Now,
    };
}
