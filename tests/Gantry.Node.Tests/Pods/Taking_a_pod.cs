using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Machine;
using Gantry.Node.Pods;

namespace Gantry.Node.Tests.Pods;

public sealed class Taking_a_pod
{
    private static readonly MachineResources Machine = new() { Processors = 2, Memory = 1L << 30, Disk = 100L << 30, Pods = 3, UnifiedCgroups = true };

    private static readonly NodeOptions Options = new() { Name = "n", PodDirectory = "/p", LogDirectory = "/l", Addresses = ["192.0.2.1"], UnsafeSysctls = ["kernel.msg*"] };

    [Fact]
    public void Is_the_rule() => Assert.Null(Refusal(Sized("new", "1"), Sized("old", "1")));

    [Fact]
    public void Is_refused_when_it_asks_for_more_than_is_left() =>
        Assert.Equal(
            new PodEnd("Failed", "OutOfcpu", "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000"),
            Refusal(Sized("new", "1500m"), Sized("old", "1")));

    [Fact]
    public void Does_not_count_pods_that_are_over() => Assert.Null(Refusal(Sized("new", "1500m"), Sized("old", "1") with { Status = new V1PodStatus { Phase = "Succeeded" } }));

    [Fact]
    public void Is_refused_when_there_are_enough_pods() =>
        Assert.Equal("OutOfpods", Refusal(Sized("new", "0"), Sized("a", "0"), Sized("b", "0"), Sized("c", "0"))?.Reason);

    [Theory]
    [InlineData("net.ipv4.tcp_syncookies", false, null)]
    [InlineData("net.ipv4.tcp_syncookies", true, "SysctlForbidden")]
    [InlineData("kernel.msgmax", false, null)]
    [InlineData("kernel.sem", false, "SysctlForbidden")]
    public void Depends_on_the_kernel_parameters_it_sets(string name, bool hostNetwork, string? reason)
    {
        var pod = Sized("new", "0");
        pod = pod with { Spec = pod.Spec with { HostNetwork = hostNetwork, SecurityContext = new V1PodSecurityContext { Sysctls = [new V1Sysctl { Name = name, Value = "1" }] } } };
        Assert.Equal(reason, Refusal(pod)?.Reason);
    }

    [Fact]
    public void Is_refused_for_another_system()
    {
        var pod = Sized("new", "0");
        Assert.Equal("PodOSNotSupported", Refusal(pod with { Spec = pod.Spec with { Os = new V1PodOS { Name = "windows" } } })?.Reason);
    }

    [Fact]
    public void Counts_the_most_demanding_moment()
    {
        var pod = Sized("new", "1");
        var big = Make.Container("init") with { Resources = Of("3") };
        var side = Make.Container("side", "Always") with { Resources = Of("2") };
        Assert.Equal(Quantity.Parse("3"), PodAdmission.Asked(pod with { Spec = pod.Spec with { InitContainers = [big] } }, "cpu"));
        Assert.Equal(Quantity.Parse("5"), PodAdmission.Asked(pod with { Spec = pod.Spec with { InitContainers = [side, big] } }, "cpu"));
        Assert.Equal(Quantity.Parse("3"), PodAdmission.Asked(pod with { Spec = pod.Spec with { InitContainers = [side] } }, "cpu"));
    }

    private static PodEnd? Refusal(V1Pod pod, params V1Pod[] others) => PodAdmission.Refusal(pod, others.Append(pod), Machine, Options);

    private static V1Pod Sized(string uid, string cpu)
    {
        var pod = Make.Pod(Make.Container("a") with { Resources = Of(cpu) });
        return pod with { Metadata = pod.Metadata with { Uid = uid } };
    }

    private static V1ResourceRequirements Of(string cpu) => new() { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu) } };
}
