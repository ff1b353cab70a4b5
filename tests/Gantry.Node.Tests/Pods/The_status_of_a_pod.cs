using System.Text;
using Gantry.Api.Models;
using Gantry.Node.Pods;
using Gantry.Node.Probes;

namespace Gantry.Node.Tests.Pods;

public sealed class The_status_of_a_pod
{
    private static readonly V1Container A = Make.Container("a");
    private static readonly V1Container First = Make.Container("first");
    private static readonly string[] Host = ["192.0.2.1"];

    [Fact]
    public void Is_pending_and_creating_at_first()
    {
        var status = Of(Make.View(Make.Pod(A), null));
        Assert.Equal("Pending", status.Phase);
        Assert.Equal("ContainerCreating", status.ContainerStatuses[0].State.Waiting?.Reason);
        Assert.Equal("False", Condition(status, "Ready").Status);
        Assert.Equal("containers with unready status: [a]", Condition(status, "Ready").Message);
        Assert.Equal("True", Condition(status, "Initialized").Status);
        Assert.Equal("BestEffort", status.QosClass);
    }

    [Fact]
    public void Tells_of_init_containers_that_are_not_done()
    {
        var status = Of(Make.View(Make.Pod(A).With(inits: [First]), Make.Sandbox(), Make.Running(First)));
        Assert.Equal("PodInitializing", status.ContainerStatuses[0].State.Waiting?.Reason);
        Assert.Equal("containers with incomplete status: [first]", Condition(status, "Initialized").Message);
        Assert.Equal("Pending", status.Phase);
    }

    [Fact]
    public void Is_running_and_ready_with_its_address()
    {
        var status = Of(Make.View(Make.Pod(A), Make.Sandbox(), Make.Running(A)));
        Assert.Equal("Running", status.Phase);
        Assert.Equal("True", Condition(status, "Ready").Status);
        Assert.Equal("10.0.0.2", status.PodIP);
        Assert.Equal("192.0.2.1", status.HostIP);
        Assert.Equal("containerd://a-0", status.ContainerStatuses[0].ContainerID);
        Assert.True(status.ContainerStatuses[0].Started);
    }

    [Fact]
    public void Is_not_ready_before_its_probe_says_so()
    {
        var probed = A with { ReadinessProbe = new V1Probe() };
        var view = Make.View(Make.Pod(probed), Make.Sandbox(), Make.Running(probed));
        Assert.False(Of(view).ContainerStatuses[0].Ready);
        Assert.True(Of(view with { Probes = new Dictionary<string, ProbeVerdict> { ["a-0"] = ProbeVerdict.Fine } }).ContainerStatuses[0].Ready);
    }

    [Fact]
    public void Waits_for_readiness_gates()
    {
        var pod = Make.Pod(A);
        pod = pod with { Spec = pod.Spec with { ReadinessGates = [new V1PodReadinessGate { ConditionType = "example.org/up" }] } };
        var ready = Condition(Of(Make.View(pod, Make.Sandbox(), Make.Running(A))), "Ready");
        Assert.Equal(("False", "ReadinessGatesNotReady"), (ready.Status, ready.Reason));
        Assert.Equal("corresponding condition of pod readiness gate \"example.org/up\" does not exist.", ready.Message);
        var open = pod with { Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "example.org/up", Status = "True" }] } };
        Assert.Equal("True", Condition(Of(Make.View(open, Make.Sandbox(), Make.Running(A))), "Ready").Status);
    }

    [Fact]
    public void Shows_a_crash_loop()
    {
        var view = Make.View(Make.Pod(A), Make.Sandbox(), Make.Ended(A, 1, 1, at: Make.Now.AddSeconds(-4)), Make.Ended(A, 1));
        view.Backoff.Restarted("a", Make.Now.AddSeconds(-6), Make.Now.AddSeconds(-6));
        var status = Of(view);
        var container = status.ContainerStatuses[0];
        Assert.Equal("CrashLoopBackOff", container.State.Waiting?.Reason);
        Assert.Equal("back-off 10s restarting failed container=a pod=p_default(u1)", container.State.Waiting?.Message);
        Assert.Equal(1, container.LastState.Terminated?.ExitCode);
        Assert.Equal(1, container.RestartCount);
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public void Shows_why_a_container_cannot_start()
    {
        var view = Make.View(Make.Pod(A), Make.Sandbox()) with { Troubles = new Dictionary<string, ContainerTrouble> { ["a"] = new("ErrImageNeverPull", "not here", Make.Now) } };
        Assert.Equal(new V1ContainerStateWaiting { Reason = "ErrImageNeverPull", Message = "not here" }, Of(view).ContainerStatuses[0].State.Waiting);
    }

    [Fact]
    public void Becomes_terminal_only_when_nothing_runs_any_more()
    {
        var pod = Make.Pod(A).With("Never");
        var end = new PodEnd("Failed", "DeadlineExceeded", "too long");
        Assert.Equal("Running", PodStatuses.Of(Make.View(pod, Make.Sandbox(), Make.Running(A)), end, false, Host).Phase);
        var over = PodStatuses.Of(Make.View(pod, Make.Sandbox(false), Make.Ended(A, 137)), end, false, Host);
        Assert.Equal(("Failed", "DeadlineExceeded"), (over.Phase, over.Reason));
        Assert.Equal("PodFailed", Condition(over, "Ready").Reason);
    }

    [Fact]
    public void Keeps_the_time_of_a_condition_that_did_not_change()
    {
        var first = Of(Make.View(Make.Pod(A), Make.Sandbox(), Make.Running(A)));
        var pod = Make.Pod(A) with { Status = first };
        Assert.Equal(first, Of(Make.View(pod, Make.Sandbox(), Make.Running(A)) with { Now = Make.Now.AddHours(1) }));
    }

    [Fact]
    public void Counts_a_container_that_was_lost_with_the_runtime()
    {
        var before = Of(Make.View(Make.Pod(A), Make.Sandbox(), Make.Running(A)));
        var pod = Make.Pod(A) with { Status = before };
        var lost = Of(Make.View(pod, null));
        Assert.Equal(1, lost.ContainerStatuses[0].RestartCount);
        Assert.Equal("ContainerStatusUnknown", lost.ContainerStatuses[0].LastState.Terminated?.Reason);
        var next = PodPlanner.Plan(Make.View(pod with { Status = lost }, Make.Sandbox()));
        Assert.Equal(1, Assert.IsType<PodStep.StartContainer>(Assert.Single(next.Steps)).RestartCount);
    }

    [Fact]
    public void Is_patched_only_where_it_differs()
    {
        var pending = Of(Make.View(Make.Pod(A), null));
        var running = Of(Make.View(Make.Pod(A) with { Status = pending }, Make.Sandbox(), Make.Running(A)));
        Assert.Null(PodStatusPatch.Between("u1", running, running));
        var patch = PodStatusPatch.Between("u1", pending, running);
        var text = Encoding.UTF8.GetString(patch!.Content.Span);
        Assert.Contains("\"uid\":\"u1\"", text, StringComparison.Ordinal);
        Assert.Contains("\"podIPs\":[{\"$patch\":\"replace\"},{\"ip\":\"10.0.0.2\"}]", text, StringComparison.Ordinal);
        Assert.Contains("\"reason\":null", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hostIP", text, StringComparison.Ordinal);
        Assert.DoesNotContain("PodScheduled", text, StringComparison.Ordinal);
    }

    private static V1PodStatus Of(PodView view) => PodStatuses.Of(view, null, false, Host);

    private static V1PodCondition Condition(V1PodStatus status, string type) => status.Conditions.Single(c => c.Type == type);
}
