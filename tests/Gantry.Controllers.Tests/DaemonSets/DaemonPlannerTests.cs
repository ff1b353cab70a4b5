using Gantry.Api.Models;
using Gantry.Controllers.DaemonSets;
using Gantry.Controllers.Objects;

namespace Gantry.Controllers.Tests.DaemonSets;

public sealed class DaemonPlannerTests
{
    private readonly SetWorld _world = new();
    private readonly List<V1Node> _nodes = [Node("a"), Node("b"), Node("c"), Node("d")];
    private V1DaemonSet _set = new()
    {
        Metadata = new V1ObjectMeta { Namespace = "default", Name = "agent", Uid = "set-uid", Generation = 1 },
        Spec = new V1DaemonSetSpec
        {
            Selector = Make.Selector, Template = Make.Template("agent:1"),
            UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = 1, MaxSurge = 0 } },
        },
    };

    [Fact]
    public void Every_node_gets_one_pod_pinned_to_it_that_bears_its_troubles()
    {
        Finish();
        Assert.Equal(["a", "b", "c", "d"], OnNodes());
        var spec = _world.Pods.Values.First().Spec;
        Assert.Equal("metadata.name", spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms[0].MatchFields[0].Key);
        Assert.Contains(spec.Tolerations, t => t is { Key: "node.kubernetes.io/not-ready", Effect: "NoExecute", Operator: "Exists" });
        Assert.Contains(spec.Tolerations, t => t is { Key: "node.kubernetes.io/unschedulable", Effect: "NoSchedule" });
        var status = _set.Status;
        Assert.Equal((4, 4, 4, 4, 4, 0, 0), (
            status.DesiredNumberScheduled, status.CurrentNumberScheduled, status.NumberReady, status.NumberAvailable, status.UpdatedNumberScheduled, status.NumberUnavailable, status.NumberMisscheduled));
    }

    [Fact]
    public void Selectors_affinity_and_taints_keep_daemons_away_and_only_NoExecute_drives_them_out()
    {
        _nodes[0] = Node("a", ("disk", "ssd"));
        _nodes[1] = Node("b", ("disk", "ssd")) with { Spec = new V1NodeSpec { Taints = [new V1Taint { Key = "gpu", Effect = "NoSchedule" }] } };
        Change(s => s with { Template = s.Template with { Spec = s.Template.Spec with { NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" } } } });
        Finish();
        Assert.Equal(["a"], OnNodes());
        _nodes[0] = _nodes[0] with { Spec = new V1NodeSpec { Taints = [new V1Taint { Key = "gpu", Effect = "NoSchedule" }] } };
        Finish();
        Assert.Equal(["a"], OnNodes());
        Assert.Equal((0, 1), (_set.Status.DesiredNumberScheduled, _set.Status.NumberMisscheduled));
        _nodes[0] = _nodes[0] with { Spec = new V1NodeSpec { Taints = [new V1Taint { Key = "gpu", Effect = "NoExecute" }] } };
        Finish();
        Assert.Empty(OnNodes());
    }

    [Fact]
    public void Nodes_that_come_and_go_get_and_lose_their_pods()
    {
        Finish();
        _nodes.Add(Node("e"));
        Finish();
        Assert.Equal(["a", "b", "c", "d", "e"], OnNodes());
    }

    [Fact]
    public void An_update_replaces_so_many_at_a_time_as_may_be_missing()
    {
        Finish();
        Change(s => s with { Template = Make.Template("agent:2"), UpdateStrategy = s.UpdateStrategy with { RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = 2 } } });
        var least = 4;
        for (var i = 0; i < 30; i++)
        {
            Step();
            least = Math.Min(least, _world.Pods.Values.Count(p => PodFacts.IsReady(p) && p.Metadata.DeletionTimestamp is null));
            _world.Run();
        }

        Assert.Equal(2, least);
        Assert.All(_world.Pods.Values, p => Assert.Equal("agent:2", p.Spec.Containers[0].Image));
    }

    [Fact]
    public void With_surge_a_new_pod_serves_before_the_old_one_goes()
    {
        Finish();
        Change(s => s with { Template = Make.Template("agent:2"), UpdateStrategy = s.UpdateStrategy with { RollingUpdate = new V1RollingUpdateDaemonSet { MaxSurge = 1, MaxUnavailable = 0 } } });
        var (least, most) = (4, 4);
        for (var i = 0; i < 30; i++)
        {
            Step();
            least = Math.Min(least, _world.Pods.Values.Where(p => PodFacts.IsReady(p) && p.Metadata.DeletionTimestamp is null).DistinctBy(p => NodeMatching.PinnedTo(p.Spec)).Count());
            most = Math.Max(most, _world.Pods.Values.Count(p => p.Metadata.DeletionTimestamp is null));
            _world.Run();
        }

        Assert.Equal((4, 5), (least, most));
        Assert.Equal(4, _world.Pods.Count);
        Assert.All(_world.Pods.Values, p => Assert.Equal("agent:2", p.Spec.Containers[0].Image));
    }

    [Fact]
    public void With_OnDelete_old_pods_stay_until_users_delete_them()
    {
        Finish();
        Change(s => s with { Template = Make.Template("agent:2"), UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "OnDelete" } });
        Finish();
        Assert.Equal((4, 0), (_world.Pods.Count, _set.Status.UpdatedNumberScheduled));
        _world.Pods.Remove(_world.Pods.Keys.First());
        Finish();
        Assert.Equal(1, _set.Status.UpdatedNumberScheduled);
    }

    [Fact]
    public void A_failed_daemon_is_made_anew_when_its_pause_is_over()
    {
        Finish();
        var (name, pod) = _world.Pods.First();
        _world.Pods[name] = pod with { Status = pod.Status with { Phase = "Failed" } };
        var node = NodeMatching.PinnedTo(pod.Spec)!;
        var view = View() with { Patience = new Dictionary<string, DateTimeOffset> { [node] = Make.Now.AddSeconds(8) } };
        var plan = DaemonPlanner.Plan(view);
        Assert.Empty(plan.Intents);
        Assert.Equal(TimeSpan.FromSeconds(8), plan.Look);
        Assert.Equal([node], DaemonPlanner.Plan(View()).Failed);
        Finish();
        Assert.Equal(["a", "b", "c", "d"], OnNodes());
    }

    [Fact]
    public void A_rolled_back_template_is_the_newest_revision_again()
    {
        Finish();
        Change(s => s with { Template = Make.Template("agent:2") });
        Finish();
        Change(s => s with { Template = Make.Template("agent:1") });
        Finish();
        Assert.Equal([2L, 3L], _world.Revisions.Values.Select(r => r.Revision).Order());
    }

    private static V1Node Node(string name, params (string Key, string Value)[] labels) =>
        new() { Metadata = new V1ObjectMeta { Name = name, Uid = "uid-" + name, Labels = labels.ToDictionary(l => l.Key, l => l.Value) } };

    private IEnumerable<string?> OnNodes() => _world.Pods.Values.Where(p => p.Metadata.DeletionTimestamp is null).Select(p => NodeMatching.PinnedTo(p.Spec)).Order();

    private void Change(Func<V1DaemonSetSpec, V1DaemonSetSpec> change) => _set = _set with { Spec = change(_set.Spec) };

    private DaemonView View() => new() { Set = _set, Nodes = _nodes, Pods = [.. _world.Pods.Values], Revisions = [.. _world.Revisions.Values], Now = _world.Now };

    private bool Step()
    {
        var plan = DaemonPlanner.Plan(View());
        var changed = plan.Intents.Count > 0 || plan.Status != _set.Status;
        _world.Perform(plan.Intents);
        _set = _set with { Status = plan.Status };
        return changed;
    }

    private void Finish()
    {
        for (var i = 0; i < 100; i++)
        {
            var changed = Step();
            _world.Run();
            if (!changed && !Step())
            {
                return;
            }
        }

        Assert.Fail("the set does not come to rest");
    }
}
