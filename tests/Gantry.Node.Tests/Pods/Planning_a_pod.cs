using Gantry.Api.Models;
using Gantry.Node.Pods;
using Gantry.Node.Probes;

namespace Gantry.Node.Tests.Pods;

public sealed class Planning_a_pod
{
    private static readonly V1Container A = Make.Container("a");
    private static readonly V1Container B = Make.Container("b");
    private static readonly V1Container First = Make.Container("first");
    private static readonly V1Container Second = Make.Container("second");
    private static readonly V1Container Side = Make.Container("side", "Always");

    [Fact]
    public void A_new_pod_gets_volumes_and_a_sandbox_first()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A), null) with { VolumesReady = false });
        Assert.Collection(plan.Steps, s => Assert.IsType<PodStep.PrepareVolumes>(s), s => Assert.Equal(new PodStep.MakeSandbox(0, null), s));
    }

    [Fact]
    public void Containers_start_once_the_sandbox_is_ready()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A, B), Make.Sandbox()));
        Assert.Equal(["a", "b"], Starts(plan));
    }

    [Fact]
    public void Nothing_starts_before_the_volumes_are_in_place()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A), Make.Sandbox()) with { VolumesReady = false });
        Assert.IsType<PodStep.PrepareVolumes>(Assert.Single(plan.Steps));
    }

    [Fact]
    public void A_running_pod_needs_nothing() => Assert.Empty(PodPlanner.Plan(Make.View(Make.Pod(A), Make.Sandbox(), Make.Running(A))).Steps);

    [Fact]
    public void Init_containers_run_one_after_the_other()
    {
        var pod = Make.Pod(A).With(inits: [First, Second]);
        Assert.Equal(["first"], Starts(PodPlanner.Plan(Make.View(pod, Make.Sandbox()))));
        Assert.Empty(PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Running(First))).Steps);
        Assert.Equal(["second"], Starts(PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(First, 0)))));
        Assert.Equal(["a"], Starts(PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(First, 0), Make.Ended(Second, 0)))));
    }

    [Fact]
    public void A_sidecar_must_be_started_before_the_next_container()
    {
        var side = Side with { StartupProbe = new V1Probe() };
        var pod = Make.Pod(A).With(inits: [side]);
        var view = Make.View(pod, Make.Sandbox(), Make.Running(side));
        Assert.Empty(PodPlanner.Plan(view).Steps);
        var started = view with { Probes = new Dictionary<string, ProbeVerdict> { ["side-0"] = ProbeVerdict.Fine } };
        Assert.Equal(["a"], Starts(PodPlanner.Plan(started)));
    }

    [Fact]
    public void A_sidecar_that_ended_starts_again_while_the_others_run()
    {
        var pod = Make.Pod(A).With(inits: [Side]);
        Assert.Equal(["side"], Starts(PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(Side, 0), Make.Running(A)))));
    }

    [Fact]
    public void A_failed_init_container_ends_a_pod_that_is_never_restarted()
    {
        var pod = Make.Pod(A).With("Never", [First]);
        Assert.Equal("Failed", PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(First, 1))).End?.Phase);
    }

    [Theory]
    [InlineData("Always", 0, true)]
    [InlineData("Always", 1, true)]
    [InlineData("OnFailure", 1, true)]
    [InlineData("OnFailure", 0, false)]
    [InlineData("Never", 1, false)]
    public void An_ended_container_starts_again_as_the_policy_says(string policy, int code, bool again)
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A, B).With(policy), Make.Sandbox(), Make.Ended(A, code), Make.Running(B)));
        Assert.Equal(again ? ["a"] : [], Starts(plan));
    }

    [Fact]
    public void A_pod_is_over_when_all_have_ended_for_good()
    {
        var pod = Make.Pod(A, B).With("Never");
        Assert.Equal("Succeeded", PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(A, 0), Make.Ended(B, 0))).End?.Phase);
        Assert.Equal("Failed", PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(A, 0), Make.Ended(B, 2))).End?.Phase);
    }

    [Fact]
    public void Sidecars_do_not_keep_a_pod_from_being_over()
    {
        var pod = Make.Pod(A).With("OnFailure", [Side]);
        Assert.Equal("Succeeded", PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Ended(A, 0), Make.Running(Side))).End?.Phase);
    }

    [Fact]
    public void The_second_restart_waits()
    {
        var view = Make.View(Make.Pod(A), Make.Sandbox(), Make.Ended(A, 1, 1, at: Make.Now.AddSeconds(-4)));
        view.Backoff.Restarted("a", Make.Now.AddSeconds(-6), Make.Now.AddSeconds(-6));
        var plan = PodPlanner.Plan(view);
        Assert.Empty(plan.Steps);
        Assert.Equal(Make.Now.AddSeconds(6), plan.LookAgain);
    }

    [Fact]
    public void A_container_in_trouble_is_tried_again_when_it_is_time()
    {
        var view = Make.View(Make.Pod(A), Make.Sandbox()) with
        {
            Troubles = new Dictionary<string, ContainerTrouble> { ["a"] = new("ImagePullBackOff", "", Make.Now.AddSeconds(20)) },
        };
        Assert.Equal(Make.Now.AddSeconds(20), PodPlanner.Plan(view).LookAgain);
        Assert.Equal(["a"], Starts(PodPlanner.Plan(view with { Now = Make.Now.AddSeconds(20) })));
    }

    [Fact]
    public void A_container_with_another_image_is_stopped()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A with { Image = "gantry.local/shell:2" }), Make.Sandbox(), Make.Running(A)));
        Assert.Contains("definition changed", Assert.IsType<PodStep.StopContainer>(Assert.Single(plan.Steps)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_whose_probe_demands_it_is_stopped()
    {
        var verdict = new ProbeVerdict { Started = true, Kill = "Container a failed liveness probe, will be restarted", Grace = TimeSpan.FromSeconds(3) };
        var view = Make.View(Make.Pod(A), Make.Sandbox(), Make.Running(A)) with { Probes = new Dictionary<string, ProbeVerdict> { ["a-0"] = verdict } };
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<PodStep.StopContainer>(Assert.Single(PodPlanner.Plan(view).Steps)).Grace);
    }

    [Fact]
    public void A_lost_sandbox_is_replaced_and_what_ran_in_it_is_stopped()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A), Make.Sandbox(ready: false), Make.Running(A)));
        Assert.Collection(plan.Steps, s => Assert.IsType<PodStep.StopContainer>(s), s => Assert.Equal(new PodStep.MakeSandbox(1, "s0"), s));
    }

    [Fact]
    public void A_container_in_a_new_sandbox_counts_as_restarted()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A), Make.Sandbox(attempt: 1), Make.Ended(A, 137, 2)));
        Assert.Equal(3, Assert.IsType<PodStep.StartContainer>(Assert.Single(plan.Steps)).RestartCount);
    }

    [Fact]
    public void A_container_that_was_made_but_never_ran_is_removed()
    {
        var plan = PodPlanner.Plan(Make.View(Make.Pod(A), Make.Sandbox(), Make.Running(A) with { Phase = ContainerPhase.Created }));
        Assert.IsType<PodStep.RemoveContainer>(Assert.Single(plan.Steps));
    }

    [Fact]
    public void A_pod_past_its_deadline_fails()
    {
        var pod = Make.Pod(A);
        pod = pod with { Spec = pod.Spec with { ActiveDeadlineSeconds = 30 }, Status = new V1PodStatus { StartTime = Make.Now.AddSeconds(-30) } };
        Assert.Equal("DeadlineExceeded", PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Running(A))).End?.Reason);
        var earlier = PodPlanner.Plan(Make.View(pod, Make.Sandbox(), Make.Running(A)) with { Now = Make.Now.AddSeconds(-1) });
        Assert.Null(earlier.End);
        Assert.Equal(Make.Now, earlier.LookAgain);
    }

    [Fact]
    public void A_pod_that_is_over_stays_over()
    {
        var pod = Make.Pod(A) with { Status = new V1PodStatus { Phase = "Failed", Reason = "Evicted" } };
        Assert.Equal(new PodEnd("Failed", "Evicted"), PodPlanner.Plan(Make.View(pod, null)).End);
    }

    private static string[] Starts(PodPlan plan) => [.. plan.Steps.OfType<PodStep.StartContainer>().Select(s => s.Container.Name)];
}
