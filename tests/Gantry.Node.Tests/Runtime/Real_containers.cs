using System.Runtime.InteropServices;
using Gantry.Node.Cri;
using Gantry.Node.Images;

namespace Gantry.Node.Tests.Runtime;

public sealed class Real_containers
{
    [ContainerdFact]
    public async Task A_sandbox_runs_on_the_built_in_pause_image_and_a_loaded_image_runs_in_it()
    {
        await using var containerd = await ContainerdFixture.StartAsync();
        var pause = OciArchive.Pause(containerd.Options.PauseImage, RuntimeInformation.ProcessArchitecture);
        var names = await containerd.Importer.ImportAsync(new MemoryStream(pause), null, CancellationToken.None);
        Assert.Equal([containerd.Options.PauseImage], names);

        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = "p", Namespace = "default", Uid = "u1" },
            Hostname = "p",
            LogDirectory = Path.Combine(containerd.Root, "logs"),
            Linux = new LinuxPodSandboxConfig { CgroupParent = "/gantry-test", SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Container } } },
        };
        var sandbox = await containerd.Runtime.RunSandboxAsync(config, CancellationToken.None);
        var status = await containerd.Runtime.SandboxStatusAsync(sandbox, CancellationToken.None);
        Assert.Equal(PodSandboxState.SandboxReady, status!.State);
        Assert.NotEqual("", status.Network.Ip);
    }
}
