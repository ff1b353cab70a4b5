using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Node.Containers;
using Gantry.Node.Cri;
using Gantry.Node.Tests.Pods;

namespace Gantry.Node.Tests.Containers;

public sealed class Limits_and_rights
{
    [Fact]
    public void Requests_become_shares_and_limits_quotas()
    {
        var container = Sized("250m", "64Mi", "500m", "128Mi");
        var limits = ContainerLimits.Of(Make.Pod(container), container, 1L << 30, unified: false);
        Assert.Equal((256, 50_000, 100_000, 128L << 20), (limits.CpuShares, limits.CpuQuota, limits.CpuPeriod, limits.MemoryLimitInBytes));
        Assert.Equal(1000 - 62, limits.OomScoreAdj);
        Assert.Empty(limits.Unified);
    }

    [Fact]
    public void The_class_of_a_pod_follows_from_its_amounts()
    {
        Assert.Equal("Guaranteed", PodQos.Of(Make.Pod(Sized("1", "1Gi", "1", "1Gi"))));
        Assert.Equal("Burstable", PodQos.Of(Make.Pod(Sized("1", "1Gi", "2", "1Gi"))));
        Assert.Equal("BestEffort", PodQos.Of(Make.Pod(Make.Container("a"))));
        Assert.Equal("Burstable", PodQos.Of(Make.Pod(Sized("1", "1Gi", "1", "1Gi"), Make.Container("b"))));
    }

    [Fact]
    public void A_pod_is_limited_as_a_whole_only_where_all_its_containers_are()
    {
        var a = Sized("250m", "64Mi", "500m", "128Mi");
        Assert.Equal(new PodLimits(512, 100_000, 256L << 20), PodLimits.Of(Make.Pod(a, a with { Name = "b" })));
        Assert.Equal(new PodLimits(256, null, null), PodLimits.Of(Make.Pod(a, Make.Container("b"))));
        Assert.Equal(new PodLimits(2, null, null), PodLimits.Of(Make.Pod(Make.Container("b"))));
    }

    [Fact]
    public void A_container_without_any_goes_first_when_memory_is_short()
    {
        var container = Make.Container("a");
        Assert.Equal(1000, ContainerLimits.OomScore(Make.Pod(container), container, 1L << 30));
    }

    [Theory]
    [InlineData(0L, "", null, "container's runAsUser breaks non-root policy")]
    [InlineData(null, "nginx", null, "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root")]
    [InlineData(null, "", null, "container has runAsNonRoot and image will run as root")]
    [InlineData(null, "", 0L, "container has runAsNonRoot and image will run as root")]
    public void Root_is_refused_where_it_must_not_be(long? user, string imageName, long? imageUid, string words)
    {
        var container = Make.Container("a") with { SecurityContext = new V1SecurityContext { RunAsNonRoot = true, RunAsUser = user } };
        var failure = Assert.Throws<ConfigurationException>(() => ContainerSecurity.Of(Make.Pod(container), container, new ImageUser(imageUid, imageName), "/s"));
        Assert.StartsWith(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_containers_settings_win_over_the_pods()
    {
        var container = Make.Container("a") with
        {
            SecurityContext = new V1SecurityContext { RunAsUser = 7, AllowPrivilegeEscalation = false, ReadOnlyRootFilesystem = true, Capabilities = new V1Capabilities { Add = ["NET_ADMIN"], Drop = ["ALL"] } },
        };
        var pod = Make.Pod(container);
        pod = pod with { Spec = pod.Spec with { SecurityContext = new V1PodSecurityContext { RunAsUser = 5, RunAsGroup = 6, FsGroup = 9, SupplementalGroups = [8] } } };
        var rights = ContainerSecurity.Of(pod, container, ImageUser.Root, "/s");
        Assert.Equal((7, 6), (rights.RunAsUser.Value, rights.RunAsGroup.Value));
        Assert.Equal([8, 9], rights.SupplementalGroups);
        Assert.True(rights.NoNewPrivs && rights.ReadonlyRootfs);
        Assert.Equal(["ALL"], rights.Capabilities.DropCapabilities);
        Assert.Contains("/proc/kcore", rights.MaskedPaths);
        Assert.Equal(NamespaceMode.Container, rights.NamespaceOptions.Pid);
    }

    [Fact]
    public void A_privileged_container_has_nothing_masked()
    {
        var container = Make.Container("a") with { SecurityContext = new V1SecurityContext { Privileged = true, SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" } } };
        var rights = ContainerSecurity.Of(Make.Pod(container), container, ImageUser.Root, "/s");
        Assert.Empty(rights.MaskedPaths);
        Assert.Equal(SecurityProfile.Types.ProfileType.Unconfined, rights.Seccomp.ProfileType);
    }

    private static V1Container Sized(string cpu, string memory, string cpuLimit, string memoryLimit) => Make.Container("a") with
    {
        Resources = new V1ResourceRequirements
        {
            Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu), ["memory"] = Quantity.Parse(memory) },
            Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpuLimit), ["memory"] = Quantity.Parse(memoryLimit) },
        },
    };
}
